/* SPDX-License-Identifier: MIT
 * The drivers of this build, in the order in which an open asks them.
 */
#include "dispatch/driver.h"
#include "drivers/test/test.h"

const struct driver *const drivers[] = { &test_driver, NULL };

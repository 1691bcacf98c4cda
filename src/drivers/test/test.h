/* SPDX-License-Identifier: MIT
 * The `test` driver: a pretend host that lives in the memory of this process. Every connection to test:///default
 * shares one host; it is made by the first open and forgotten with the last close.
 */
#pragma once
#include "dispatch/driver.h"

extern const struct driver test_driver;

/* SPDX-License-Identifier: MIT
 * Names of error domains, as virDefaultErrorFunc() prints them.
 */
#pragma once

/* "Test Driver" for VIR_FROM_TEST; never NULL. */
const char *error_domain_name(int domain);

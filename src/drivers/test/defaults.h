/* SPDX-License-Identifier: MIT
 * What the pretend host consists of: fixed documents, the same as stock's test driver answers.
 */
#pragma once

extern const char test_default_domain[];
extern const char test_capabilities[];
extern const char test_sysinfo[];

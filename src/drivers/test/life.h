/* SPDX-License-Identifier: MIT
 * The way out of running, for every call that ends a domain.
 */
#pragma once
struct test_domain;

/* Ends a running domain for `reason` (virDomainShutoffReason) and raises STOPPED with `detail`; its configuration takes
 * over, a transient domain is gone. Under the domain's lock. */
void test_life_stop(struct test_domain *domain, int reason, int detail);

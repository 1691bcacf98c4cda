/* SPDX-License-Identifier: MIT
 * A histogram of durations in nanoseconds with a relative error below 1/64: every power of two is cut into 64 equal
 * steps. Fixed size, no allocation, one writer; the threads' histograms are added up at the end.
 */
#pragma once
#include <stdint.h>

#define HISTOGRAM_STEPS 64
#define HISTOGRAM_SIZE (HISTOGRAM_STEPS * 59)

struct histogram {
    uint64_t count;
    uint64_t buckets[HISTOGRAM_SIZE];
};

void histogram_add(struct histogram *histogram, uint64_t nanoseconds);
void histogram_merge(struct histogram *into, const struct histogram *from);

/* The duration in nanoseconds that the given share (0..1) of all entries does not exceed; 0 when there are none. */
uint64_t histogram_quantile(const struct histogram *histogram, double share);

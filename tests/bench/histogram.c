/* SPDX-License-Identifier: MIT
 * The bucket arithmetic of struct histogram. Values below 64 have a bucket each; above, the 6 bits that follow the
 * leading one choose the step within its power of two.
 */
#include "histogram.h"

static unsigned bucket_of(uint64_t value)
{
    if (value < HISTOGRAM_STEPS)
        return (unsigned)value;
    unsigned shift = 57 - (unsigned)__builtin_clzll(value);
    return HISTOGRAM_STEPS * shift + (unsigned)(value >> shift);
}

/* The largest value that falls into the bucket. */
static uint64_t bucket_end(unsigned bucket)
{
    if (bucket < 2 * HISTOGRAM_STEPS)
        return bucket;
    unsigned shift = bucket / HISTOGRAM_STEPS - 1;
    uint64_t step = bucket % HISTOGRAM_STEPS + HISTOGRAM_STEPS;
    return ((step + 1) << shift) - 1;
}

void histogram_add(struct histogram *histogram, uint64_t nanoseconds)
{
    histogram->count++;
    histogram->buckets[bucket_of(nanoseconds)]++;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    into->count += from->count;
    for (unsigned i = 0; i < HISTOGRAM_SIZE; i++)
        into->buckets[i] += from->buckets[i];
}

uint64_t histogram_quantile(const struct histogram *histogram, double share)
{
    uint64_t seen = 0;

    for (unsigned i = 0; i < HISTOGRAM_SIZE; i++) {
        seen += histogram->buckets[i];
        if (seen > 0 && (double)seen >= share * (double)histogram->count)
            return bucket_end(i);
    }
    return 0;
}

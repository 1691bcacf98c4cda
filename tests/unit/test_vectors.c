/* SPDX-License-Identifier: MIT
 * Every packet recorded from the stock programs (tests/golden/wire/packets.tsv): our codec reads it to its end and
 * writes the same bytes. Needs SOURCE_ROOT.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "golden.h"
#include "wire/calls.h"
#include "wire/frame.h"
#include "wire/messages.h"

#include <cmocka.h>

struct counts {
    unsigned int packets, streams;
    bool procs[PROC_COUNT];
};

static const struct xdr_type *payload_type(const struct frame_header *header, const struct call_row *row)
{
    if (header->status == FRAME_ERROR)
        return &wire_error_type;
    return header->type == FRAME_REPLY ? row->ret : row->args;
}

static void check_packet(const unsigned char *packet, size_t length, int line, struct counts *counts)
{
    struct frame_header header = frame_parse(packet);
    const struct call_row *row = call_row_find(header.program, header.proc);
    auto_buf struct buf out = BUF_INIT;
    struct arena arena;
    size_t used;
    if (header.length != length)
        fail_msg("packets.tsv:%d: the length word is %u, there are %zu bytes", line, header.length, length);
    if (!row)
        fail_msg("packets.tsv:%d: procedure %d of program %#x is not in the call table", line, header.proc,
                 header.program);
    counts->packets++;
    counts->procs[call_row_proc(row)] = true;
    if (header.type == FRAME_STREAM && header.status != FRAME_ERROR) {
        counts->streams++;
        return;
    }
    const struct xdr_type *type = payload_type(&header, row);
    arena_init(&arena, 0);
    void *value = type ? arena_alloc(&arena, type->size) : NULL;
    if (xdr_decode(type, packet + FRAME_HEADER_SIZE, length - FRAME_HEADER_SIZE, &arena, value, &used) < 0)
        fail_msg("packets.tsv:%d: %s does not decode", line, row->name);
    if (used != length - FRAME_HEADER_SIZE)
        fail_msg("packets.tsv:%d: %zu bytes of %s are left over", line, length - FRAME_HEADER_SIZE - used, row->name);
    assert_int_equal(frame_append(&out, &header, type, value), 0);
    if (buf_length(&out) != length || memcmp(buf_bytes(&out), packet, length) != 0)
        fail_msg("packets.tsv:%d: %s is encoded to other bytes", line, row->name);
    arena_clear(&arena);
}

static void test_recorded_packets(void **unused)
{
    struct counts counts = { 0 };
    FILE *file = golden_open("wire/packets.tsv");
    char *text = NULL;
    size_t size = 0;
    (void)unused;
    for (int line = 1; getline(&text, &size, file) > 0; line++) {
        const char *hex = strrchr(text, '\t');
        assert_non_null(hex);
        if (line == 1)
            continue;
        size_t length;
        unsigned char *packet = golden_bytes(hex + 1, &length);
        check_packet(packet, length, line, &counts);
        free(packet);
    }
    free(text);
    fclose(file);
    unsigned int procs = 0;
    for (int proc = 0; proc < PROC_COUNT; proc++)
        procs += counts.procs[proc];
    assert_true(counts.packets - counts.streams >= 400);
    assert_true(procs >= 100); /* the recording reaches as many procedures and events */
}

int main(void)
{
    static const struct CMUnitTest tests[] = { cmocka_unit_test(test_recorded_packets) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

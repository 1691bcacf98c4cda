/* SPDX-License-Identifier: MIT
 * What every public function that ends in a call does: reset the error, check handle, permission and arguments, call,
 * convert, report. Used by the generated stubs and by the hand-written ones; each step returns 0, or -1 with the error
 * set.
 *
 *   stub_begin -> checks -> stub_call -> conversions -> stub_end, which is always called
 */
#pragma once
#include <libvirt/libvirt.h>
#include <stdbool.h>

#include "base/arena.h"
#include "lib/handle.h"
#include "wire/procs.h"
#include "wire/xdr.h"

struct wire_domain;

struct stub {
    virConnectPtr conn; /* borrowed from the handle; NULL until it is known to be valid */
    const char *function;
    int domain; /* VIR_FROM_* of errors about arguments */
    enum proc proc;
    struct arena arena; /* what the result points to; ends in stub_end() */
};

/* Starts the public function; refuses a bad handle, and a call that needs write access on a read-only connection. */
int stub_begin(struct stub *stub, const char *function, int domain, enum proc proc, enum handle_kind kind,
               const void *handle);
/* Makes the call. Refuses it first when these args need write access that the connection does not have. */
int stub_call(struct stub *stub, const void *args, void *ret);
/* The same for another procedure than stub_begin() named. */
int stub_call_other(struct stub *stub, enum proc proc, const void *args, void *ret);
/* Publishes the error if there is one, and frees what the result pointed to. */
void stub_end(struct stub *stub);
/* The whole of a function that this build does not have. kind may be HANDLE_NONE. */
void stub_later(const char *function, int domain, enum handle_kind kind, const void *handle);

/* Checks of one argument: stock's texts. */
int stub_nonnull(const struct stub *stub, const void *value, const char *argument);
int stub_null(const struct stub *stub, const void *value, const char *argument);
int stub_nonzero(const struct stub *stub, bool holds, const char *argument);
int stub_positive(const struct stub *stub, bool holds, const char *argument);
int stub_nonnegative(const struct stub *stub, bool holds, const char *argument);
/* An amount of KiB: its bytes fit 64 bits. */
int stub_kib(const struct stub *stub, unsigned long long value);
int stub_oneline(const struct stub *stub, const char *text, const char *argument);
int stub_exclusive(const struct stub *stub, unsigned int flags, unsigned int a, const char *a_name, unsigned int b,
                   const char *b_name);

/* A peer that reports failure in its reply, without an error. Always -1. */
int stub_fail_unknown(void);

/* Conversions of results. The caller of the public function owns what they return. NULL or -1 with the error set. */
char *stub_string(const struct stub *stub, const char *text);
int stub_names(const struct stub *stub, char *const *items, uint32_t count, char **ret_names, int max);
int stub_ids(const struct stub *stub, const int *items, uint32_t count, int *ret_ids, int max);
/* An array of handles ending in NULL; ret_handles NULL = the caller only counts. */
int stub_objects(const struct stub *stub, enum handle_kind kind, const void *items, uint32_t count,
                 void ***ret_handles);
/* Parameters of a reply into the caller's array of *nparams; with *nparams 0 only their total goes there. */
int stub_params(const struct typed_param *items, uint32_t count, int total, virTypedParameterPtr params, int *nparams);
/* Parameters of the caller as they travel, in the stub's arena; texts are borrowed. */
int stub_typed(struct stub *stub, virTypedParameterPtr params, int count, struct xdr_array *ret_array);
/* A further handle among the arguments: alive and of this kind. */
int stub_handle(const struct stub *stub, enum handle_kind kind, const void *handle);

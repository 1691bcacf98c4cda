/* SPDX-License-Identifier: MIT
 * The thread's error slot. A failing function fills it with fail() and returns -1; the first error wins, so a
 * cleanup path cannot hide the cause. base does not know what the codes mean: it stores numbers and the detail text;
 * wire/error_text.h turns code and detail into the full message that users see.
 */
#pragma once
#include <stdarg.h>
#include <stdbool.h>

struct error {
    int code;     /* VIR_ERR_*; 0 = no error */
    int domain;   /* VIR_FROM_* */
    int level;    /* VIR_ERR_ERROR (2) or VIR_ERR_WARNING (1) */
    char *detail; /* owned; what failed, on which object, why, what to do. NULL = the code says all */
    char *message; /* owned; the full text when it is not composed of code and detail, with str1..str3 as they are */
    char *str1, *str2, *str3; /* owned; only with message */
    int int1;     /* errno of system errors, -1 = none */
    int int2;     /* -1 = none */
};

/* The calling thread's slot; never NULL. */
struct error *error_slot(void);
/* Empties the slot. Called at the start of every public API call and every dispatched call. */
void error_reset(void);
/* True when the slot holds an error. */
bool error_is_set(void);
/* Moves the slot's error to *ret_error (which the caller clears with error_clear) and empties the slot. */
void error_take(struct error *ret_error);
/* Puts *error back into the slot, replacing what is there; *error becomes empty. */
void error_restore(struct error *error);
void error_clear(struct error *error);

/* Fills the slot unless it is filled. Always -1. With errnum the text of the errno is appended ("...: No such file").
 */
int error_set(int domain, int code, int errnum, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Refuses an argument of a public or driver function: the text stands alone, function and argument (NULL = none) travel
 * beside it. Always -1. */
int error_set_argument(int domain, int code, const char *function, const char *argument, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Each source file that fails defines ERROR_DOMAIN (a VIR_FROM_* constant) before its first use of these. */
#define fail(code, ...) error_set(ERROR_DOMAIN, (code), 0, __VA_ARGS__)
#define fail_errno(errnum, ...) error_set(ERROR_DOMAIN, 38 /* VIR_ERR_SYSTEM_ERROR */, (errnum), __VA_ARGS__)
#define fail_no_memory() error_set(ERROR_DOMAIN, 2 /* VIR_ERR_NO_MEMORY */, 0, NULL)

/* SPDX-License-Identifier: MIT
 * The slot behind fail(). Out of memory while storing the detail keeps the code: an error is never lost.
 */
#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pthread.h>

#define LEVEL_ERROR 2

static __thread struct error slot;
static pthread_key_t exit_key;
static pthread_once_t exit_once = PTHREAD_ONCE_INIT;

static void slot_destroy(void *value)
{
    error_clear(value);
}

static void exit_key_make(void)
{
    pthread_key_create(&exit_key, slot_destroy);
}

/* Makes sure that the slot is freed when the thread ends. */
static void register_exit(void)
{
    pthread_once(&exit_once, exit_key_make);
    pthread_setspecific(exit_key, &slot);
}

struct error *error_slot(void)
{
    return &slot;
}

void error_clear(struct error *error)
{
    free(error->detail);
    free(error->message);
    free(error->str1);
    free(error->str2);
    free(error->str3);
    *error = (struct error){ 0 };
}

void error_reset(void)
{
    if (slot.code || slot.detail || slot.message)
        error_clear(&slot);
}

bool error_is_set(void)
{
    return slot.code != 0;
}

void error_take(struct error *ret_error)
{
    *ret_error = slot;
    slot = (struct error){ 0 };
}

void error_restore(struct error *error)
{
    error_clear(&slot);
    register_exit();
    slot = *error;
    *error = (struct error){ 0 };
}

int error_set(int domain, int code, int errnum, const char *format, ...)
{
    if (slot.code)
        return -1;
    register_exit();
    slot = (struct error){ .code = code, .domain = domain, .level = LEVEL_ERROR, .int1 = -1, .int2 = -1 };
    char *detail = NULL;
    if (format) {
        va_list args;
        va_start(args, format);
        if (vasprintf(&detail, format, args) < 0)
            detail = NULL;
        va_end(args);
    }
    if (errnum) {
        char reason[256], *full = NULL;
        slot.int1 = errnum;
        if (detail && asprintf(&full, "%s: %s", detail, strerror_r(errnum, reason, sizeof reason)) >= 0) {
            free(detail);
            detail = full;
        }
    }
    slot.detail = detail;
    return -1;
}

int error_set_argument(int domain, int code, const char *function, const char *argument, const char *format, ...)
{
    if (slot.code)
        return -1;
    register_exit();
    slot = (struct error){ .code = code, .domain = domain, .level = LEVEL_ERROR };
    va_list args;
    va_start(args, format);
    if (vasprintf(&slot.message, format, args) < 0)
        slot.message = NULL;
    va_end(args);
    slot.str1 = function ? strdup(function) : NULL;
    slot.str2 = argument ? strdup(argument) : NULL;
    return -1;
}

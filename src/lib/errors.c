/* SPDX-License-Identifier: MIT
 * The error functions of the public API and the path of an error to them. An error is composed once, in the thread that
 * made it; the connection gets a copy, because old programs look there.
 */
#include "lib/errors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "lib/connect.h"
#include "lib/error_names.h"
#include "wire/error_text.h"

static __thread virError last;
static pthread_key_t exit_key;
static pthread_once_t exit_once = PTHREAD_ONCE_INIT;

/* The process-wide handler. */
static pthread_mutex_t handler_lock = PTHREAD_MUTEX_INITIALIZER;
static virErrorFunc global_handler;
static void *global_data;

static void exit_clear(void *value)
{
    virResetError(value);
}

static void exit_key_make(void)
{
    pthread_key_create(&exit_key, exit_clear);
}

static char *copy_text(const char *text)
{
    return text ? strdup(text) : NULL;
}

/* to must be empty or initialised. */
static void copy_error(const virError *from, virErrorPtr to)
{
    virResetError(to);
    *to = *from;
    to->message = copy_text(from->message);
    to->str1 = copy_text(from->str1);
    to->str2 = copy_text(from->str2);
    to->str3 = copy_text(from->str3);
}

void conn_errors_init(struct conn_errors *errors)
{
    *errors = (struct conn_errors) { .handler = NULL };
    pthread_mutex_init(&errors->lock, NULL);
}

void conn_errors_clear(struct conn_errors *errors)
{
    virResetError(&errors->last);
    pthread_mutex_destroy(&errors->lock);
}

void errors_reset(void)
{
    error_reset();
    if (last.code || last.message)
        virResetError(&last);
}

/* Moves the slot's error into `last`, its message composed. */
static void take_slot(void)
{
    struct error error;
    struct arena arena;
    error_take(&error);
    arena_init(&arena, 0);
    virResetError(&last);
    last = (virError) { .code = error.code,
                        .domain = error.domain,
                        .level = (virErrorLevel)error.level,
                        .int1 = error.int1,
                        .int2 = error.int2 };
    last.message = copy_text(error_message(&error, &arena));
    arena_clear(&arena);
    if (error.message) {
        last.str1 = copy_text(error.str1);
        last.str2 = copy_text(error.str2);
        last.str3 = copy_text(error.str3);
    } else {
        const struct error_text *text = error_text_find(error.code);
        last.str1 = copy_text(error.detail ? text->detailed : text->bare);
        last.str2 = copy_text(error.detail);
    }
    error_clear(&error);
    pthread_once(&exit_once, exit_key_make);
    pthread_setspecific(exit_key, &last);
}

void errors_dispatch(virConnectPtr conn)
{
    if (!error_is_set())
        return;
    take_slot();
    virErrorFunc handler = NULL;
    void *data = NULL;
    if (conn) {
        struct conn_errors *errors = &conn->errors;
        pthread_mutex_lock(&errors->lock);
        copy_error(&last, &errors->last);
        handler = errors->handler;
        data = errors->handler_data;
        pthread_mutex_unlock(&errors->lock);
    }
    if (!handler) {
        pthread_mutex_lock(&handler_lock);
        handler = global_handler;
        data = global_data;
        pthread_mutex_unlock(&handler_lock);
    }
    if (handler)
        handler(data, &last);
    else
        virDefaultErrorFunc(&last);
}

virErrorPtr virGetLastError(void)
{
    return last.code ? &last : NULL;
}

int virGetLastErrorCode(void)
{
    return last.code;
}

int virGetLastErrorDomain(void)
{
    return last.code ? last.domain : VIR_FROM_NONE;
}

const char *virGetLastErrorMessage(void)
{
    if (!last.code)
        return "no error";
    return last.message ? last.message : "unknown error";
}

void virResetLastError(void)
{
    errors_reset();
}

void virResetError(virErrorPtr err)
{
    if (!err)
        return;
    free(err->message);
    free(err->str1);
    free(err->str2);
    free(err->str3);
    memset(err, 0, sizeof *err);
}

virErrorPtr virSaveLastError(void)
{
    virErrorPtr saved = calloc(1, sizeof *saved);
    if (saved)
        copy_error(&last, saved);
    return saved;
}

void virFreeError(virErrorPtr err)
{
    virResetError(err);
    free(err);
}

int virCopyLastError(virErrorPtr to)
{
    if (!to)
        return -1;
    memset(to, 0, sizeof *to);
    copy_error(&last, to);
    return to->code;
}

void virSetErrorFunc(void *userData, virErrorFunc handler)
{
    pthread_mutex_lock(&handler_lock);
    global_handler = handler;
    global_data = userData;
    pthread_mutex_unlock(&handler_lock);
}

void virDefaultErrorFunc(virErrorPtr err)
{
    if (!err || err->code == VIR_ERR_OK)
        return;
    const char *level = err->level == VIR_ERR_ERROR ? "error" : err->level == VIR_ERR_WARNING ? "warning" : "";
    fprintf(stderr, "libvirt: %s %s : %s\n", error_domain_name(err->domain), level,
            err->message ? err->message : "No error message provided");
}

/* The error state of a connection, NULL when it is none. */
static struct conn_errors *errors_of(virConnectPtr conn)
{
    return conn && conn->base.magic == handle_magic(HANDLE_CONNECT) ? &conn->errors : NULL;
}

virErrorPtr virConnGetLastError(virConnectPtr conn)
{
    struct conn_errors *errors = errors_of(conn);
    return errors && errors->last.code ? &errors->last : NULL;
}

int virConnCopyLastError(virConnectPtr conn, virErrorPtr to)
{
    struct conn_errors *errors = errors_of(conn);
    if (!errors || !to)
        return -1;
    memset(to, 0, sizeof *to);
    pthread_mutex_lock(&errors->lock);
    copy_error(&errors->last, to);
    pthread_mutex_unlock(&errors->lock);
    return to->code;
}

void virConnResetLastError(virConnectPtr conn)
{
    struct conn_errors *errors = errors_of(conn);
    if (!errors)
        return;
    pthread_mutex_lock(&errors->lock);
    virResetError(&errors->last);
    pthread_mutex_unlock(&errors->lock);
}

void virConnSetErrorFunc(virConnectPtr conn, void *userData, virErrorFunc handler)
{
    struct conn_errors *errors = errors_of(conn);
    if (!errors)
        return;
    pthread_mutex_lock(&errors->lock);
    errors->handler = handler;
    errors->handler_data = userData;
    pthread_mutex_unlock(&errors->lock);
}

/* SPDX-License-Identifier: MIT
 * Files: whole-file read with a bound, and durable atomic replace (write, fsync, rename, fsync the directory).
 */
#pragma once
#include <stddef.h>
#include <sys/types.h>

/* The content with a NUL behind it, which the caller frees. -1 with errno set; EFBIG above max bytes. */
int file_read(const char *path, size_t max, char **ret_content, size_t *ret_length);
/* Replaces path by length bytes, all or nothing, on disk when it returns 0. -1 with errno set; the old file stays. */
int file_replace(const char *path, mode_t mode, const void *data, size_t length);
/* Makes path and its missing parents. -1 with errno set. */
int file_make_dirs(const char *path, mode_t mode);

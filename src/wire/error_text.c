/* SPDX-License-Identifier: MIT
 * Composes messages from code and detail.
 */
#include "wire/error_text.h"

#include <stdio.h>
#include <string.h>

#include "wire/messages.h"

const struct error_text *error_text_find(int code)
{
    static const struct error_text unknown = { "unknown error", "%s" };
    if (code <= 0 || code >= error_texts_count || !error_texts[code].bare)
        return &unknown;
    return &error_texts[code];
}

char *error_message(const struct error *error, struct arena *arena)
{
    const struct error_text *text = error_text_find(error->code);
    if (error->message)
        return arena_strdup(arena, error->message);
    if (!error->detail)
        return arena_strdup(arena, text->bare);
    const char *mark = strstr(text->detailed, "%s");
    return arena_printf(arena, "%.*s%s%s", (int)(mark - text->detailed), text->detailed, error->detail, mark + 2);
}

void error_to_wire(const struct error *error, struct arena *arena, struct wire_error *ret_wire)
{
    const struct error_text *text = error_text_find(error->code);
    *ret_wire = (struct wire_error){ .code = error->code, .domain = error->domain, .level = error->level,
                                     .int1 = error->int1, .int2 = error->int2 };
    ret_wire->message = error_message(error, arena);
    if (error->message) {
        ret_wire->str1 = error->str1;
        ret_wire->str2 = error->str2;
        ret_wire->str3 = error->str3;
        return;
    }
    ret_wire->str1 = (char *)(error->detail ? text->detailed : text->bare);
    ret_wire->str2 = error->detail;
}

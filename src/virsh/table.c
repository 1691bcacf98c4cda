/* SPDX-License-Identifier: MIT
 * Cell widths follow wcwidth(); what the terminal cannot show becomes \xNN, so that a row stays one line.
 */
#include "virsh/table.h"

#include <stdarg.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "virsh/shell.h"

#define GAP 3 /* blanks between two columns */

/* The cell as it is printed, and its width in terminal columns. */
static char *printable(const char *cell, size_t *ret_width)
{
    auto_buf struct buf text = BUF_INIT;
    mbstate_t state = { 0 };
    size_t width = 0, left = strlen(cell);

    while (left > 0) {
        wchar_t wide;
        size_t length = mbrtowc(&wide, cell, left, &state);
        bool valid = length != (size_t)-1 && length != (size_t)-2;
        if (!valid) {
            state = (mbstate_t){ 0 };
            length = 1;
        }
        bool ambiguous = cell[0] == '\\' && left > 1 && cell[1] == 'x';
        if (valid && iswprint((wint_t)wide) && !ambiguous) {
            int columns = wcwidth(wide);
            buf_add(&text, cell, length);
            width += columns > 0 ? (size_t)columns : 0;
        } else {
            for (size_t i = 0; i < length; i++)
                buf_addf(&text, "\\x%02x", (unsigned char)cell[i]);
            width += 4 * length;
        }
        cell += length;
        left -= length;
    }
    *ret_width = width;
    return keep(buf_take(&text));
}

void table_init(struct table *table, const char *title, ...)
{
    va_list titles;
    *table = (struct table){ 0 };
    va_start(titles, title);
    for (const char *each = title; each; each = va_arg(titles, const char *)) {
        table_add(table, each);
        table->columns++;
    }
    va_end(titles);
}

void table_add(struct table *table, const char *cell)
{
    words_add(&table->cells, copy_text(cell));
}

void table_clear(struct table *table)
{
    words_clear(&table->cells);
}

void table_print(struct shell *shell, const struct table *table)
{
    size_t columns = table->columns, rows = table->cells.count / columns;
    size_t first_row = shell->quiet ? 1 : 0;
    auto_free size_t *widths = keep(calloc(columns, sizeof *widths));
    size_t ruler = 2 + 1 + GAP * (columns - 1);

    for (size_t row = first_row; row < rows; row++) {
        for (size_t column = 0; column < columns; column++) {
            size_t width;
            free(printable(table->cells.items[row * columns + column], &width));
            if (width > widths[column])
                widths[column] = width;
        }
    }
    for (size_t column = 0; column < columns; column++)
        ruler += widths[column];
    for (size_t row = first_row; row < rows; row++) {
        for (size_t column = 0; column < columns; column++) {
            size_t width;
            auto_free char *text = printable(table->cells.items[row * columns + column], &width);
            int fill = column + 1 < columns ? (int)(widths[column] - width) + GAP : 0;
            shell_print(shell, "%s%s%*s", column == 0 ? " " : "", text, fill, "");
        }
        shell_print(shell, "\n");
        if (row == 0) {
            for (size_t i = 0; i < ruler; i++)
                shell_print(shell, "-");
            shell_print(shell, "\n");
        }
    }
}

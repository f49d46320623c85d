/* SPDX-License-Identifier: Apache-2.0 */
/* Writes manual pages; see groff_man(7) and mandoc's man(7). */
#include "ys_roff.h"

#include <stdbool.h>
#include <string.h>

#define LINE_BYTES 66u /* a line is told to be long from 80 bytes on; escapes need some */

/* A backslash begins an escape, a '-' would become a hyphen that cannot be copied, and a '.' or
 * an apostrophe at the beginning of a line a macro. */
static void put(FILE *file, const char *text, size_t length, bool begins)
{
    if (begins && length && (text[0] == '.' || text[0] == '\'')) {
        fputs("\\&", file);
    }
    for (size_t i = 0; i < length; i++) {
        switch (text[i]) {
        case '\\':
            fputs("\\e", file);
            break;
        case '-':
            fputs("\\-", file);
            break;
        case '\'':
            fputs("\\(aq", file);
            break;
        case '"':
            fputs("\\(dq", file);
            break;
        case '^':
            fputs("\\(ha", file);
            break;
        case '~':
            fputs("\\(ti", file);
            break;
        case '`':
            fputs("\\(ga", file);
            break;
        default:
            fputc(text[i], file);
            break;
        }
    }
}

/* Running text in lines of LINE_BYTES, broken at blanks. */
static void put_wrapped(FILE *file, const char *text, size_t length)
{
    size_t begin = 0;
    while (length - begin > LINE_BYTES) {
        size_t end = begin + LINE_BYTES;
        while (end > begin && text[end] != ' ') {
            end--;
        }
        if (end == begin) {
            break; /* one long word */
        }
        put(file, text + begin, end - begin, true);
        fputc('\n', file);
        begin = end + 1;
    }
    put(file, text + begin, length - begin, true);
    fputc('\n', file);
}

void ys_roff_title(FILE *file, const char *name, int section, const char *day, const char *version)
{
    fprintf(file, ".TH ");
    for (const char *p = name; *p; p++) {
        fputc(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p, file);
    }
    fprintf(file, " %d \"%s\" \"yanshou %s\"\n", section, day, version);
}

void ys_roff_line(FILE *file, const char *text)
{
    put_wrapped(file, text, strlen(text));
}

void ys_roff_bold(FILE *file, const char *text)
{
    fputs("\\fB", file);
    put(file, text, strlen(text), false);
    fputs("\\fR", file);
}

void ys_roff_italic(FILE *file, const char *text)
{
    fputs("\\fI", file);
    put(file, text, strlen(text), false);
    fputs("\\fR", file);
}

void ys_roff_lines(FILE *file, const char *text)
{
    bool shown = false;
    bool paragraph = false;
    while (*text) {
        size_t length = strcspn(text, "\n");
        bool indented = text[0] == ' ';
        if (shown && length && !indented) {
            fputs(".EE\n", file);
            shown = false;
        }
        if (length == 0) {
            paragraph = true;
        } else {
            if (paragraph && !shown) {
                fputs(".PP\n", file);
            }
            if (indented && !shown) {
                fputs(".EX\n", file);
                shown = true;
            }
            paragraph = false;
            if (shown) {
                put(file, text, length, true);
                fputc('\n', file);
            } else {
                put_wrapped(file, text, length);
            }
        }
        text += length + (text[length] == '\n');
    }
    if (shown) {
        fputs(".EE\n", file);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_regex.h"

#include <libxml/xmlregexp.h>
#include <string.h>

#include "ys_mem.h"

/* The last pattern of each thread, since loops match the same one again and again. */
struct cache {
    char *pattern;
    xmlRegexpPtr compiled;
};
static _Thread_local struct cache last;

static xmlRegexpPtr compile(const char *pattern)
{
    if (last.pattern && strcmp(last.pattern, pattern) == 0) {
        return last.compiled;
    }
    xmlRegexpPtr compiled = xmlRegexpCompile((const xmlChar *)pattern);
    if (compiled) {
        ys_free(last.pattern);
        xmlRegFreeRegexp(last.compiled);
        last.pattern = ys_strdup(pattern);
        last.compiled = compiled;
    }
    return compiled;
}

static enum ys_status match_whole(const char *pattern, const char *text, bool *ret_matches,
                                  struct ys_err *reterr)
{
    xmlRegexpPtr compiled = compile(pattern);
    if (!compiled) {
        return ys_err_set(reterr, YS_ERR_SYNTAX, "'%s' is not a regular expression", pattern);
    }
    *ret_matches = xmlRegexpExec(compiled, (const xmlChar *)text) == 1;
    return YS_OK;
}

enum ys_status ys_regex_check(const char *pattern, struct ys_err *reterr)
{
    bool ignored = false;
    return match_whole(pattern, "", &ignored, reterr);
}

enum ys_status ys_regex_match(const char *pattern, const char *text, bool whole, bool *ret_matches,
                              struct ys_err *reterr)
{
    if (whole) {
        return match_whole(pattern, text, ret_matches, reterr);
    }
    /* '.' leaves line ends out, so any part is written with a class that has no gap. */
    size_t size = strlen(pattern) + 32;
    char *wrapped = ys_alloc(size);
    snprintf(wrapped, size, "(.|\\n|\\r)*(%s)(.|\\n|\\r)*", pattern);
    enum ys_status status = match_whole(wrapped, text, ret_matches, reterr);
    ys_free(wrapped);
    return status;
}

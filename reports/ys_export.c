/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_export.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "ys_clock.h"
#include "ys_crypto.h"
#include "ys_report_file.h"
#include "ys_report_words.h"

/* RFC 9562, 6.6: the name space of URLs; our names are URNs below it. */
static const uint8_t url_space[16] = {0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1,
                                      0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};

static void uuid_of(const char *name, char ret_uuid[YS_UUID_TEXT])
{
    size_t length = strlen(name);
    uint8_t digest[YS_SHA1_BYTES];
    char hex[2 * YS_SHA1_BYTES + 1];
    uint8_t *bytes = ys_alloc(sizeof url_space + length);
    memcpy(bytes, url_space, sizeof url_space);
    memcpy(bytes + sizeof url_space, name, length);
    ys_sha1_digest(bytes, sizeof url_space + length, digest);
    ys_free(bytes);
    digest[6] = (uint8_t)((digest[6] & 0x0F) | 0x50); /* version 5 */
    digest[8] = (uint8_t)((digest[8] & 0x3F) | 0x80); /* variant of RFC 9562 */
    ys_hex_encode_lower(digest, sizeof digest, hex);
    snprintf(ret_uuid, YS_UUID_TEXT, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
             hex + 20);
}

static void write_file(void *to, const char *bytes, size_t length)
{
    ys_report_file_write(to, bytes, length);
}

enum ys_status ys_export_open(struct ys_export *export, struct ys_json_stream *cases,
                              enum ys_lang lang, const char *path, struct ys_err *reterr)
{
    assert(cases);
    assert(path);
    const struct ys_value *result = ys_json_stream_rest(cases);
    struct ys_report_file *file = NULL;
    enum ys_status status = ys_report_file_open(path, &file, reterr);
    if (status != YS_OK) {
        return status;
    }
    *export = (struct ys_export){.result = result,
                                 .cases = cases,
                                 .lang = lang,
                                 .file = file,
                                 .jw = ys_jw_new(write_file, file)};
    ys_arena_init(&export->arena);
    const struct ys_value *candidate = ys_value_get(result, "candidate");
    const struct ys_value *regulation = ys_value_get(result, "regulation");
    uuid_of(ys_arena_printf(&export->arena, "urn:yanshou:%s:%s:%s",
                            ys_export_text(candidate, "id"), ys_export_text(regulation, "id"),
                            ys_export_text(result, "started")),
            export->run);
    return YS_OK;
}

enum ys_status ys_export_close(struct ys_export *export, struct ys_err *reterr)
{
    enum ys_status status = ys_jw_finish(export->jw, reterr);
    if (status == YS_OK) {
        status = ys_json_stream_status(export->cases, reterr);
    }
    if (status == YS_OK) {
        status = ys_report_file_close(export->file, reterr);
    } else {
        ys_report_file_abandon(export->file);
    }
    ys_arena_clear(&export->arena);
    return status;
}

void ys_export_uuid(const struct ys_export *export, const char *kind, const char *name,
                    char ret_uuid[YS_UUID_TEXT])
{
    size_t size = strlen(kind) + strlen(name) + sizeof "urn:uuid:::" + YS_UUID_TEXT;
    char *whole = ys_alloc(size);
    snprintf(whole, size, "urn:uuid:%s:%s:%s", export->run, kind, name);
    uuid_of(whole, ret_uuid);
    ys_free(whole);
}

const char *ys_export_text(const struct ys_value *map, const char *name)
{
    const char *text = ys_value_get_text(map, name);
    return text ? text : "";
}

bool ys_export_is(const struct ys_value *map, const char *name, const char *text)
{
    return strcmp(ys_export_text(map, name), text) == 0;
}

int64_t ys_export_ms(const struct ys_value *map, const char *name)
{
    int64_t wall_us = 0;
    return ys_time_parse(ys_export_text(map, name), &wall_us, NULL) == YS_OK ? wall_us / 1000 : 0;
}

const char *ys_export_uri(struct ys_export *export, const char *path)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "-._~/";
    static const char digits[] = "0123456789ABCDEF";
    const char *scheme = path[0] == '/' ? "file://" : "";
    char *uri = ys_arena_alloc(&export->arena, strlen(scheme) + 3 * strlen(path) + 1);
    memcpy(uri, scheme, strlen(scheme));
    char *at = uri + strlen(scheme);
    for (; *path != '\0'; path++) {
        unsigned byte = (unsigned char)*path;
        if (strchr(plain, *path)) {
            *at++ = *path;
        } else {
            *at++ = '%';
            *at++ = digits[byte >> 4];
            *at++ = digits[byte & 0x0F];
        }
    }
    *at = '\0';
    return uri;
}

const char *ys_export_records(struct ys_export *export, const struct ys_value *evidence)
{
    struct ys_buf text;
    ys_buf_init(&text, SIZE_MAX);
    enum ys_status status = YS_OK;
    for (size_t i = 0; i < ys_value_count(evidence) && status == YS_OK; i++) {
        const struct ys_value *item = ys_value_at(evidence, i);
        int64_t number = 0;
        if (item->kind == YS_KIND_NUMBER &&
            ys_decimal_to_int(item->as.number, &number) == YS_OK) {
            status = ys_buf_printf(&text, "%s%lld", text.length > 0 ? ", " : "",
                                   (long long)number);
        }
    }
    const char *records = ys_arena_strndup(&export->arena, text.bytes, text.length);
    ys_buf_clear(&text);
    return records;
}

const char *ys_export_reason(struct ys_export *export, const struct ys_value *map)
{
    const char *reason = ys_export_text(map, "reason");
    return reason[0] != '\0' ? ys_reason_in(&export->arena, export->lang, reason)
                             : ys_word_verdict(export->lang, ys_value_get_text(map, "verdict"));
}

const char *ys_export_finding(struct ys_export *export, const struct ys_value *finding)
{
    static const char *const names[] = {"step", "target", "expected", "observed"};
    struct ys_buf text;
    ys_buf_init(&text, SIZE_MAX);
    enum ys_status status = YS_OK;
    if (ys_value_get(finding, "file")) {
        status = ys_buf_printf(&text, "%s:%lld\n", ys_export_text(finding, "file"),
                               (long long)ys_value_get_int(finding, "line", 0));
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0] && status == YS_OK; i++) {
        const char *value = ys_export_text(finding, names[i]);
        if (value[0] != '\0') {
            status = ys_buf_printf(&text, "%s: %s\n", names[i], value);
        }
    }
    if (status == YS_OK) {
        status = ys_buf_printf(&text, "reason: %s\n", ys_export_reason(export, finding));
    }
    const char *reproduce = ys_export_text(finding, "reproduce");
    if (status == YS_OK && reproduce[0] != '\0') {
        status = ys_buf_printf(&text, "reproduce: %s\n", reproduce);
    }
    const char *told = ys_arena_strndup(&export->arena, text.bytes, text.length);
    ys_buf_clear(&text);
    return told;
}

void ys_export_members(struct ys_export *export, const struct ys_value *map,
                       const char *const *names)
{
    for (; *names; names++) {
        ys_jw_value(export->jw, *names, ys_value_get(map, *names));
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who signed the run (signature.json) with which certificates, and the places for signatures on
 * paper. A report shows what verifies, and says what does not.
 */
#include <string.h>

#include "ys_clock.h"
#include "ys_file.h"
#include "ys_html.h"
#include "ys_json.h"

enum ys_status ys_html_signatures_read(struct ys_page *page, const char *run_dir,
                                       struct ys_err *reterr)
{
    const char *path = ys_path_join(&page->kept, run_dir, YS_SIGNATURE_FILE);
    struct ys_buf text;
    if (!ys_file_exists(path)) {
        return YS_OK;
    }
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    page->is_signed = true;
    enum ys_status status =
        ys_run_verify(&page->kept, run_dir, NULL, &page->verification, &page->signatures, reterr);
    if (status == YS_OK && page->verification.fault == YS_FAULT_NONE) {
        status = ys_file_read(path, &text, reterr);
        if (status == YS_OK) {
            status =
                ys_json_parse(&page->kept, text.bytes, text.length, &page->signed_entries, reterr);
        }
    }
    ys_buf_clear(&text);
    return status;
}

static const char *day_of(struct ys_page *page, int64_t wall_us)
{
    struct ys_civil day = ys_civil_from_wall(wall_us, YS_BEIJING_OFFSET_S);
    return ys_arena_printf(&page->arena, "%04d-%02d-%02d", day.year, day.month, day.day);
}

/* The certificates of one signature, the signer's first. */
static void write_chain(struct ys_page *page, const struct ys_value *pems)
{
    ys_xw_start(page->xw, "ol");
    ys_xw_attr(page->xw, "class", "plain");
    for (size_t i = 0; i < ys_value_count(pems); i++) {
        struct ys_certificate certificate;
        const char *pem = ys_value_text(ys_value_at(pems, i));
        if (!pem || ys_certificate_read(&page->arena, pem, &certificate, NULL) != YS_OK) {
            continue;
        }
        ys_xw_start(page->xw, "li");
        ys_xw_element(page->xw, "div", NULL, certificate.subject);
        ys_xw_start(page->xw, "div");
        ys_xw_attr(page->xw, "class", "soft");
        ys_xw_printf(page->xw, "%s %s · %s · %s → %s", ys_page_word(page, YS_WORD_ISSUER),
                     certificate.issuer, certificate.key, day_of(page, certificate.not_before_us),
                     day_of(page, certificate.not_after_us));
        ys_xw_end_full(page->xw);
        ys_xw_start(page->xw, "div");
        ys_xw_attr(page->xw, "class", "id");
        ys_xw_printf(page->xw, "SM3 %s", certificate.fingerprint);
        ys_xw_end_full(page->xw);
        ys_xw_end_full(page->xw);
    }
    ys_xw_end_full(page->xw);
}

static void write_signed(struct ys_page *page)
{
    static const enum ys_word heads[] = {YS_WORD_SIGNED_NUMBER, YS_WORD_SIGNED_ROLE,
                                         YS_WORD_SIGNED_AT, YS_WORD_SIGNED_CHAIN};
    const struct ys_value *entries = ys_value_get(page->signed_entries, "signatures");
    ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_SIGNED_HOLDS));
    ys_page_table_start(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < page->signatures.count; i++) {
        const struct ys_signature *one = &page->signatures.items[i];
        ys_xw_start(page->xw, "tr");
        ys_xw_start(page->xw, "th");
        ys_xw_attr(page->xw, "scope", "row");
        ys_xw_printf(page->xw, "%zu", i + 1u);
        ys_xw_end_full(page->xw);
        ys_xw_element(page->xw, "td", NULL, ys_page_role(page, one->role));
        ys_xw_element(page->xw, "td", NULL, ys_word_time(&page->arena, one->time));
        ys_xw_start(page->xw, "td");
        write_chain(page, ys_value_get(ys_value_at(entries, i), "certificates"));
        ys_xw_end_full(page->xw);
        ys_xw_end_full(page->xw);
    }
    ys_page_table_end(page);
    ys_xw_element(page->xw, "p", "soft", ys_page_word(page, YS_WORD_SIGNED_ROOT));
}

static void write_fault(struct ys_page *page)
{
    const struct ys_verification *found = &page->verification;
    ys_xw_start(page->xw, "p");
    ys_xw_attr(page->xw, "class", "notice");
    ys_xw_printf(page->xw, "%s %s: %s: %s", ys_page_word(page, YS_WORD_SIGNED_BROKEN), found->file,
                 ys_fault_name(found->fault), found->text);
    ys_xw_end_full(page->xw);
}

const char *ys_page_role(const struct ys_page *page, const char *role)
{
    static const struct {
        const char *role;
        enum ys_word word;
    } known[] = {{"inspector", YS_WORD_SIGN_INSPECTOR},
                 {"operator", YS_WORD_SIGN_OPERATOR},
                 {"bank", YS_WORD_SIGN_BANK},
                 {"witness", YS_WORD_ROLE_WITNESS}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].role, role) == 0) {
            return ys_page_word(page, known[i].word);
        }
    }
    return role;
}

/* Places on paper; the inspector of the run is named beside his. */
static void write_places(struct ys_page *page)
{
    static const enum ys_word signers[] = {YS_WORD_SIGN_OPERATOR, YS_WORD_SIGN_INSPECTOR,
                                           YS_WORD_SIGN_BANK};
    const char *inspector = ys_page_text(page->result, "inspector");
    ys_xw_start(page->xw, "div");
    ys_xw_attr(page->xw, "class", "signatures");
    for (size_t i = 0; i < sizeof signers / sizeof signers[0]; i++) {
        bool is_named = signers[i] == YS_WORD_SIGN_INSPECTOR && inspector[0] != '\0';
        ys_xw_start(page->xw, "div");
        ys_xw_start(page->xw, "h3");
        ys_xw_printf(page->xw, "%s%s%s", ys_page_word(page, signers[i]),
                     !is_named                  ? ""
                     : page->lang == YS_LANG_EN ? ": "
                                                : "：",
                     is_named ? inspector : "");
        ys_xw_end_full(page->xw);
        ys_xw_start(page->xw, "p");
        ys_xw_element(page->xw, "span", NULL, ys_page_word(page, YS_WORD_SIGN_NAME));
        ys_xw_element(page->xw, "span", NULL, ys_page_word(page, YS_WORD_SIGN_DATE));
        ys_xw_end_full(page->xw);
        ys_xw_end_full(page->xw);
    }
    ys_xw_end_full(page->xw);
}

void ys_html_signatures(struct ys_page *page)
{
    ys_page_section_start(page, "signatures", YS_WORD_SIGNATURES);
    if (!page->is_signed) {
        ys_xw_element(page->xw, "p", NULL, ys_page_word(page, YS_WORD_SIGNED_NOT));
    } else if (page->verification.fault != YS_FAULT_NONE) {
        write_fault(page);
    } else {
        write_signed(page);
    }
    write_places(page);
    ys_page_section_end(page);
}

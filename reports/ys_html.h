/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the HTML report. Private to the reports. */
#ifndef YS_HTML_H
#define YS_HTML_H

#include "ys_report.h"
#include "ys_report_words.h"
#include "ys_signature.h"
#include "ys_xml_writer.h"

struct ys_address;
struct ys_ledger;
struct ys_tally;

struct ys_page {
    struct ys_xw *xw;
    const struct ys_value *result; /* but for its cases */
    struct ys_json_stream *cases;
    const char *run_dir;       /* NULL: none */
    const char *evidence_path; /* NULL: none */
    size_t thumbnails;         /* shown so far */
    const struct ys_value *manifest; /* of the run; NULL: none */
    const struct ys_value *previous; /* compared with the previous signed run; NULL: none given */
    const struct ys_value *gate;     /* the gate's decision on this run; NULL: none */
    struct ys_tally *tally;          /* of the log; NULL: none */
    char root[65];                   /* SM3 of seal.json; "" where there is none */
    bool is_signed;                  /* there is a signature.json */
    struct ys_verification verification; /* of a signed run */
    struct ys_signatures signatures;     /* where it verifies */
    const struct ys_value *signed_entries; /* signature.json then */
    struct ys_arena kept;            /* of what several sections use */
    struct ys_sequence *sequences;   /* of open cases, in the order of the result */
    size_t sequence_count;
    enum ys_lang lang;
    struct ys_arena arena; /* of small texts; reset between sections */
    int64_t *cited;        /* sequence numbers that findings cite, ascending, each once */
    size_t cited_count;    /* of those that the annex shows */
    size_t cited_more;     /* beyond them */
    const char **open_cases; /* ids of the cases that the findings section shows, sorted */
    size_t *open_places;     /* where they stand among the cases, worst first */
    size_t open_count;
    size_t open_more; /* open cases beyond those */
    struct ys_address *addresses; /* of the cases that the table of clauses names, by id */
    size_t address_count;
};

const char *ys_page_word(const struct ys_page *page, enum ys_word word);
/* "" where there is none. */
const char *ys_page_text(const struct ys_value *map, const char *name);
/* `expected` or `observed` of a map in the language of the page. */
const char *ys_page_side(struct ys_page *page, const struct ys_value *map, const char *side);
/* The `reason` of a map in the language of the page. */
const char *ys_page_reason(struct ys_page *page, const struct ys_value *map);
void ys_page_section_start(struct ys_page *page, const char *id, enum ys_word title);
void ys_page_section_end(struct ys_page *page);
void ys_page_verdict(struct ys_page *page, const char *name); /* shape and word */
void ys_page_table_start(struct ys_page *page, const enum ys_word *heads, size_t count);
void ys_page_table_end(struct ys_page *page);
void ys_page_fact(struct ys_page *page, enum ys_word name, const char *text); /* dt and dd */
bool ys_page_is(const struct ys_value *map, const char *name, const char *value);
/* Whether a case belongs to the findings: neither passed nor not applicable. */
bool ys_page_is_open(const struct ys_value *map);
/* Whether the findings section has this case. */
bool ys_page_shows(const struct ys_page *page, const char *case_id);
/* Links to the cited records. */
void ys_page_citations(struct ys_page *page, const struct ys_value *list);
/* An int64 item of a list, `otherwise` where it is none. */
int64_t ys_page_int_at(const struct ys_value *list, size_t index, int64_t otherwise);

/* The sections as a list of links, from `first` on (0: the conclusion, 1: the annexes). */
void ys_page_contents(struct ys_page *page, size_t first);
void ys_page_clause_link(struct ys_page *page, const char *id);

/* Whether the annex has this record. */
bool ys_page_has_record(const struct ys_page *page, int64_t seq);
/* Where the records of the cases stand that the table of clauses names: begun, then told each case
 * of the result. */
#define YS_CASES_SHOWN_MAX 12u /* of one clause in the table; the rest is counted */
void ys_addresses_start(struct ys_page *page);
void ys_addresses_note(struct ys_page *page, const struct ys_value *test);
void ys_html_address(struct ys_page *page, const char *case_id); /* nothing where there are none */

/* The exchanges of the cases that did not pass, as far as evidence.jsonl shows them. */
YS_NODISCARD enum ys_status ys_sequences_collect(struct ys_page *page, struct ys_err *reterr);
void ys_html_sequence(struct ys_page *page, const struct ys_value *test);
/* The statement that a failed check saw; NULL where it saw none. Kept with the page. */
struct ys_ledger *ys_ledger_take(struct ys_page *page, const struct ys_value *check);
void ys_html_ledger(struct ys_page *page, const struct ys_ledger *ledger);
/* A QR code (ISO/IEC 18004) as an inline SVG; nothing where the text is too long. */
void ys_html_qr(struct ys_xw *xw, const char *text, const char *label);

/* Who must act, in words: with the name where one is known (of the bank's office, of the inspector,
 * or who owns the gate's known failure of the case). `case_id` may be NULL. Arena-owned. */
const char *ys_page_owner(struct ys_page *page, const char *who, const char *case_id);
const char *ys_page_who_by_cause(const char *cause); /* "bank", "operator" …; "" for none */
/* Until when: the statutory term that runs, or the end of the known failure. Arena-owned. */
const char *ys_page_due(struct ys_page *page, const char *case_id);
/* Until when findings and documents that the statement rests on hold. Arena-owned. */
const char *ys_page_holds_until(struct ys_page *page);
const char *ys_page_role(const struct ys_page *page, const char *role);

void ys_html_declared(struct ys_page *page); /* nothing where the manifest does not tell */
/* How the candidate file reads the bank's codes: an inspector sees that they hide nothing. Nothing
 * where the manifest does not tell. */
void ys_html_translated(struct ys_page *page);
YS_NODISCARD enum ys_status ys_html_signatures_read(struct ys_page *page, const char *run_dir,
                                                    struct ys_err *reterr);
void ys_html_signatures(struct ys_page *page);
void ys_html_coverage(struct ys_page *page); /* nothing where the result has none */
void ys_html_documents(struct ys_page *page);
void ys_html_cover(struct ys_page *page);
void ys_html_blocking(struct ys_page *page);
void ys_html_clauses(struct ys_page *page);
void ys_html_findings(struct ys_page *page);
void ys_html_undecided(struct ys_page *page);
void ys_html_attempts(struct ys_page *page);
void ys_html_previous(struct ys_page *page);
void ys_html_gate(struct ys_page *page); /* nothing where no gate decided on the run */
void ys_html_scope(struct ys_page *page);
void ys_html_timing(struct ys_page *page);
void ys_html_peers(struct ys_page *page);     /* within the environment */
void ys_html_cleanup(struct ys_page *page);   /* these two: nothing without the log */
void ys_html_redaction(struct ys_page *page);
/* A sentence with {more} in it. */
void ys_page_more(struct ys_page *page, const char *class_name, enum ys_word word, size_t more);
void ys_html_environment(struct ys_page *page);
/* The cited records, the digests and how to verify. */
YS_NODISCARD enum ys_status ys_html_evidence(struct ys_page *page, struct ys_err *reterr);
/* What a record of a card exchange or of a judged card step says; nothing for others. */
void ys_html_card_record(struct ys_page *page, const struct ys_value *record);
/* A side of a finding ("expected" or "observed") about a card in words, what the other side has
 * not marked; nothing where it is about something else. */
void ys_html_card_side(struct ys_page *page, const struct ys_value *finding, const char *side,
                       const char *other_side);
void ys_html_closing(struct ys_page *page); /* limits, legend, signatures */

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports read a result (result.json, see docs/result-format.md) and never a run. Its cases are
 * read one at a time (list "cases" of the stream) and each report is written as it is made; XML and
 * HTML are escaped by libxml2's writer.
 */
#ifndef YS_REPORT_H
#define YS_REPORT_H

#include "ys_json_stream.h"
#include "ys_value.h"

enum ys_lang { YS_LANG_ZH, YS_LANG_EN };

/* The number of a report: candidate and start in UTC, "refbank-20261123T091231Z". Arena-owned. */
const char *ys_report_number(struct ys_arena *arena, const struct ys_value *result);
/* A file name that says the purpose: "acceptance-report-refbank-20261123T091231Z.pdf"; what is
 * not called an acceptance or a gate is a self-test. Arena-owned. */
const char *ys_report_name(struct ys_arena *arena, const struct ys_value *result,
                           const char *extension);

/* JUnit XML: a suite a testsuite, a case a testcase; fail → failure, inconclusive → error,
 * pending and not-applicable → skipped; clauses and evidence as properties. */
YS_NODISCARD enum ys_status ys_report_junit(struct ys_json_stream *result, const char *path,
                                            struct ys_err *reterr);
/* The decision of a gate (gate.json) for a CI server's page: reasons → failure, known failures that
 * stand → skipped, undecided cases → error. `result` (may be NULL) has the cases that passed. */
YS_NODISCARD enum ys_status ys_report_gate_junit(const struct ys_value *gate,
                                                 const struct ys_value *result, const char *path,
                                                 struct ys_err *reterr);
/* One self-contained HTML file. `run_dir` may be NULL; with it, the records that findings cite,
 * time lines, inputs and the root digest (SM3 of seal.json) are shown. `previous` is what changed
 * since the previous signed run (ys_previous.h of the command line); NULL: none was given. */
YS_NODISCARD enum ys_status ys_report_html(struct ys_json_stream *result, const char *run_dir,
                                           const struct ys_value *previous, enum ys_lang lang,
                                           const char *path, struct ys_err *reterr);
/* The same content as PDF/A-3b, with the run's result.json attached. YS_ERR_NOT_FOUND where
 * WeasyPrint is not installed. */
YS_NODISCARD enum ys_status ys_report_pdf(struct ys_json_stream *result, const char *run_dir,
                                          const struct ys_value *previous, enum ys_lang lang,
                                          const char *path, struct ys_err *reterr);
/* A table of clauses. */
YS_NODISCARD enum ys_status ys_report_csv(struct ys_json_stream *result, enum ys_lang lang,
                                          const char *path, struct ys_err *reterr);

/* The whole result as it is, for pipes: what result.json holds. */
YS_NODISCARD enum ys_status ys_report_json(struct ys_json_stream *result, const char *path,
                                           struct ys_err *reterr);
/* For other tools; docs/reports.md has what each cannot say. Common Test Report Format; SARIF 2.1.0
 * (OASIS); OSCAL assessment results 1.0.4 (NIST). Identifiers are made of the run, so that the same
 * record gives the same bytes. */
YS_NODISCARD enum ys_status ys_report_ctrf(struct ys_json_stream *result, enum ys_lang lang,
                                           const char *path, struct ys_err *reterr);
YS_NODISCARD enum ys_status ys_report_sarif(struct ys_json_stream *result, enum ys_lang lang,
                                            const char *path, struct ys_err *reterr);
YS_NODISCARD enum ys_status ys_report_oscal(struct ys_json_stream *result, enum ys_lang lang,
                                            const char *path, struct ys_err *reterr);

/* A reason of a result in the reader's language (reasons.def); one that is not known stays as it
 * is. Arena-owned. */
const char *ys_reason_in(struct ys_arena *arena, enum ys_lang lang, const char *reason);

/* What a check expected or saw, `expected` or `observed` of a finding, in the reader's language
 * (expectations.def). Arena-owned; NULL stays NULL. */
const char *ys_side_in(struct ys_arena *arena, enum ys_lang lang, const char *side);

/* How a verdict and a cause of a result are called, "通过"; a word that is none stays as it is. */
const char *ys_word_verdict(enum ys_lang lang, const char *name);
const char *ys_word_cause(enum ys_lang lang, const char *name);

/* The page of a candidate's history (yanshou-history-1): one self-contained HTML file with inline
 * SVG, without scripts. */
YS_NODISCARD enum ys_status ys_report_history(const struct ys_value *history, enum ys_lang lang,
                                              const char *path, struct ys_err *reterr);
/* A word of the history (history.def), the name itself where it is none; and what its forecast says
 * in one sentence (arena-owned). */
const char *ys_history_word(enum ys_lang lang, const char *name);
const char *ys_history_forecast(struct ys_arena *arena, enum ys_lang lang,
                                const struct ys_value *forecast);

#endif

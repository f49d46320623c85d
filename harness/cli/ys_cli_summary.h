/* SPDX-License-Identifier: Apache-2.0 */
/* What a result says, for the terminal; and the reports of a run directory. */
#ifndef YS_CLI_SUMMARY_H
#define YS_CLI_SUMMARY_H

#include "ys_cli.h"
#include "ys_json_stream.h"

/* Reads RUNDIR/result.json. */
YS_NODISCARD enum ys_status ys_summary_load(struct ys_arena *arena, const char *run_dir,
                                            const struct ys_value **ret_result,
                                            struct ys_err *reterr);
/* The same, but for its cases, which are read one at a time. */
YS_NODISCARD enum ys_status ys_summary_open(struct ys_arena *arena, const char *run_dir,
                                            struct ys_json_stream **ret_result,
                                            struct ys_err *reterr);
/* Reads a result.json by its own path. */
YS_NODISCARD enum ys_status ys_summary_load_file(struct ys_arena *arena, const char *path,
                                                 const struct ys_value **ret_result,
                                                 struct ys_err *reterr);
/* {case: duration_ms} of an earlier run: its run directory or its result.json. Arena-owned. */
YS_NODISCARD enum ys_status ys_summary_durations(struct ys_arena *arena, const char *run,
                                                 const struct ys_value **ret_durations,
                                                 struct ys_err *reterr);
/* Conclusion, counts, what fails, what is undecided and who must act, where the report is; with
 * --json as one object. The exit status that the result asks for. */
enum ys_exit ys_summary_tell(const struct ys_arguments *arguments, const char *run_dir,
                             struct ys_json_stream *result);
/* Writes one report ("html", "pdf", "junit", "csv", "json"); `path` NULL: its place in the run
 * directory, where html and pdf also have a name that says their purpose (ys_report_name).
 * `previous` is what ys_previous_compare() gives, or NULL. */
YS_NODISCARD enum ys_status ys_summary_report(const struct ys_arguments *arguments,
                                              const char *run_dir, struct ys_json_stream *result,
                                              const struct ys_value *previous, const char *kind,
                                              const char *path, const char **ret_path,
                                              struct ys_err *reterr);
/* Writes the reports that every run directory has. */
YS_NODISCARD enum ys_status ys_summary_reports(const struct ys_arguments *arguments,
                                               const char *run_dir, struct ys_json_stream *result,
                                               const struct ys_value *previous,
                                               struct ys_err *reterr);
/* Both, for a run that has ended: reads its result, compares it with the previous run (NULL: with
 * the one that was kept, if any; else it is kept), writes the reports and tells. */
enum ys_exit ys_summary_conclude(const struct ys_arguments *arguments, const char *run_dir,
                                 const char *previous_dir);
/* How a conclusion of a result is called, "合格"; a word that is none stays as it is. */
const char *ys_summary_conclusion(const char *conclusion, const char *lang);
/* The exit status that a result asks for. */
enum ys_exit ys_summary_exit(const struct ys_value *result);

#endif

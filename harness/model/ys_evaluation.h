/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The yearly evaluation of a bank after its acceptance (9.2), and what may end the agreement
 * (10.1). The factors, their figures and thresholds are data: evaluation.yaml of the regulation's
 * folder. The figures of a bank are a file of their own, each with its source.
 *
 * Whole numbers and decimals only. A figure that is missing, or whose source was written before the
 * year was over, leaves its factor undecided, never passed. What is computed are facts; the
 * decision stays with the bureau.
 */
#ifndef YS_EVALUATION_H
#define YS_EVALUATION_H

#include "ys_diag.h"
#include "ys_regulation.h"

enum ys_figure_kind {
    YS_FIGURE_COUNT,   /* a whole number, 0 or more */
    YS_FIGURE_DECIMAL, /* 0 or more */
    YS_FIGURE_FLAG     /* true or false */
};

struct ys_figure_spec {
    const char *id;
    int kind; /* enum ys_figure_kind */
    struct ys_text title;
    const struct ys_value *at;
};

/* A bound: a decimal for a figure alone, a fraction for a figure per another. */
struct ys_threshold {
    struct ys_decimal number;
    int64_t numerator;
    int64_t denominator; /* 0: no fraction */
    const char *text;    /* as written, or NULL: no such bound */
};

struct ys_factor_rule {
    const char *figure;
    const char *per; /* a second count, or NULL */
    struct ys_threshold at_least;
    struct ys_threshold at_most;
    bool is_true; /* of a flag */
    bool within;  /* the figure is a part of `per` */
    bool none_passes; /* `per` of 0 keeps the rule: no complaint, none settled late */
    const struct ys_value *at;
};

struct ys_factor {
    const char *id;
    struct ys_text title;
    const struct ys_figure_spec *figures;
    size_t figure_count;
    const struct ys_factor_rule *rules;
    size_t rule_count;
    const struct ys_value *at;
};

struct ys_trigger { /* an event that may end the agreement by itself */
    const char *id;
    struct ys_text title;
};

struct ys_ending {
    const char *clause;
    int64_t failed_years; /* in a row */
    const struct ys_trigger *events;
    size_t event_count;
};

struct ys_evaluation {
    const struct ys_document *document;
    const char *regulation;
    const char *clause; /* of the yearly evaluation */
    const char *due;    /* "03-31" of the year after, or NULL */
    int64_t fails_at;   /* so many failed factors make a failed year; at least 1 */
    const struct ys_factor *factors;
    size_t factor_count;
    struct ys_ending ending;
};

struct ys_source {
    const char *document;
    const char *date;
    int64_t day;
    const char *by; /* who supplied it */
};

struct ys_figure {
    const char *id;
    const struct ys_value *value;
    struct ys_source source;
    const struct ys_value *at;
};

struct ys_figure_year {
    int64_t year;
    const char *evaluated; /* the day, or NULL */
    int64_t evaluated_day;
    const struct ys_figure *figures;
    size_t figure_count;
    const struct ys_value *at;
};

struct ys_event {
    const char *kind;
    const char *date;
    int64_t day;
    const char *what;
    struct ys_source source;
    const struct ys_value *at;
};

struct ys_figures {
    const struct ys_document *document;
    const char *bank;
    const char *regulation;
    const struct ys_figure_year *years; /* in order, each once */
    size_t year_count;
    const struct ys_event *events; /* an empty list says that there were none */
    size_t event_count;
};

/* The profile of a document; complaints go to the diags. The regulation knows its clauses. */
const struct ys_evaluation *ys_evaluation_load(struct ys_arena *arena,
                                               const struct ys_document *document,
                                               const struct ys_regulation *regulation,
                                               struct ys_diags *diags);
const struct ys_figure_spec *ys_evaluation_figure(const struct ys_evaluation *evaluation,
                                                  const char *id);
/* The figures of a document, checked against a profile. YS_ERR_INVALID after complaints. */
YS_NODISCARD enum ys_status ys_figures_read(struct ys_arena *arena,
                                            const struct ys_document *document,
                                            const struct ys_evaluation *evaluation,
                                            struct ys_diags *diags,
                                            const struct ys_figures **ret_figures);
YS_NODISCARD enum ys_status ys_figures_load(struct ys_arena *arena, const char *path,
                                            const struct ys_evaluation *evaluation,
                                            struct ys_diags *diags,
                                            const struct ys_figures **ret_figures);

/* The object of docs/result-format.md ("A yearly evaluation"). Arena-owned. */
const struct ys_value *ys_evaluation_judge(struct ys_arena *arena,
                                           const struct ys_evaluation *evaluation,
                                           const struct ys_figures *figures);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A regulation as data (regulation.yaml): its clauses, how each is judged and whether it is
 * mandatory. No C code knows a clause number; another city is another folder.
 */
#ifndef YS_REGULATION_H
#define YS_REGULATION_H

#include <stdbool.h>

#include "ys_diag.h"
#include "ys_text.h"

#define YS_MODE_AUTOMATIC (1u << 0)   /* A: the harness decides */
#define YS_MODE_DOCUMENTARY (1u << 1) /* D: a document, judged by a named inspector */
#define YS_MODE_ON_SITE (1u << 2)     /* S: an inspector sees it and attests */

enum ys_clause_kind {
    YS_CLAUSE_REQUIREMENT, /* judged */
    YS_CLAUSE_CLOCK,       /* a statutory term (6.x) */
    YS_CLAUSE_RECORD       /* recorded, never decides */
};

/* A statutory term: from one event of the candidate's dates to another, within working days or
 * months of the first. Either count is 0. `from` is NULL where a clause has no term. */
struct ys_term {
    const char *from; /* "applied" */
    const char *to;   /* "approved", or NULL: the candidate file has no such date */
    int64_t working_days;
    int64_t months;
};

struct ys_clause {
    const char *id;      /* "5.5.6" */
    const char *article; /* "第五条第五款" */
    struct ys_text text;
    int kind; /* enum ys_clause_kind */
    unsigned modes;
    bool mandatory;
    bool after_acceptance; /* 7.x–10.x: not part of an acceptance run */
    struct ys_term term;
    bool where_listed;     /* mandatory only where the candidate's file lists it (5.9) */
    const struct ys_value *at;
};

struct ys_regulation {
    const struct ys_document *document;
    const char *id; /* "beijing-2024" */
    struct ys_text title;
    const char *number; /* "京人社数据发〔2024〕2号" */
    const char *issued; /* "2024-01-10" */
    const struct ys_clause *clauses;
    size_t clause_count;
};

const struct ys_clause *ys_regulation_clause(const struct ys_regulation *regulation,
                                             const char *id);

#endif

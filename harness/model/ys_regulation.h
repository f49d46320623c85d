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

/* A document that a clause wants (mode D): what of it is checked before a person judges it. */
struct ys_paper {
    const char *id; /* "policy" */
    struct ys_text title;
    const char *const *headings; /* each must occur in its text */
    size_t heading_count;
    const char *const *media; /* "pdf", "docx", "odt" (ys_media.h); none: any of the three */
    size_t media_count;
    int64_t max_age_months; /* from its date to the day of the run; 0: any */
    bool expires;           /* it must say until when it holds, and hold on the day of the run */
    bool signatory;         /* somebody signed it, and the text names that person */
    const struct ys_value *at;
};

/* What a person must say: one question about a document (mode D, by its paper's id) or one that is
 * looked at on site (mode S). */
struct ys_question {
    const char *id; /* "window" */
    bool documentary;
    struct ys_text ask; /* what is to be found out */
    struct ys_text todo; /* what to do for it */
    int64_t branches; /* asked at so many branches, drawn by the run's seed; 0: asked once */
    int64_t people; /* so many different persons must find the same; at least 1 */
    int64_t files;  /* so many files of evidence at least */
    int64_t valid_days; /* how long a finding holds from the day of the look */
    const struct ys_value *at;
};

/* Where branches to look at are drawn from: a supply of the candidate file, a list of maps. */
struct ys_branches {
    const char *supply; /* "register" */
    const char *id;     /* its member that names a branch: "code" */
    const char *name;   /* for people */
    const struct ys_value *where; /* members that a branch must have to be drawn, or NULL */
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
    const struct ys_paper *papers; /* of mode D */
    size_t paper_count;
    const struct ys_question *questions; /* of modes D and S; never none where the clause has one */
    size_t question_count;
    const char *command;   /* of the program, which judges it outside a run; or NULL */
    bool where_listed;     /* mandatory only where the candidate's file lists it (5.9) */
    const struct ys_value *at;
};

struct ys_regulation {
    const struct ys_document *document;
    const char *id; /* "beijing-2024" */
    struct ys_text title;
    const char *number; /* "京人社数据发〔2024〕2号" */
    struct ys_text issuer; /* the authority; empty where the file does not say */
    const char *issued; /* "2024-01-10" */
    const char *official_text; /* where it was published, an https URL; or NULL */
    const struct ys_clause *clauses;
    size_t clause_count;
    struct ys_branches branches; /* supply NULL: none */
};

const struct ys_clause *ys_regulation_clause(const struct ys_regulation *regulation,
                                             const char *id);
const struct ys_paper *ys_clause_paper(const struct ys_clause *clause, const char *id);
const struct ys_question *ys_clause_question(const struct ys_clause *clause, bool documentary,
                                             const char *id);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "ys_model_private.h"

static void load_modes(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_clause *clause = object;
    size_t count = 0;
    const char *const *modes = ys_shape_ids(loader, value, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(modes[i], "A") == 0) {
            clause->modes |= YS_MODE_AUTOMATIC;
        } else if (strcmp(modes[i], "D") == 0) {
            clause->modes |= YS_MODE_DOCUMENTARY;
        } else if (strcmp(modes[i], "S") == 0) {
            clause->modes |= YS_MODE_ON_SITE;
        } else {
            ys_diag_add(loader->diags, loader->document, ys_value_at(value, i),
                        "unknown mode '%s'", modes[i])
                ->expected = "A automatic, D documentary or S on site";
        }
    }
}

/* ---- what persons judge ---- */

#define VALID_DAYS 365 /* of a finding whose question does not say */

/* One row of `documents` or `questions`: the paper, and what is asked about it. */
struct raw_paper {
    struct ys_paper paper;
    struct ys_question question;
};

static void finish_question(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct ys_question *question = object;
    (void)loader;
    (void)value;
    question->people = question->people ? question->people : 1;
    question->valid_days = question->valid_days ? question->valid_days : VALID_DAYS;
}

static void finish_paper(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct raw_paper *raw = object;
    raw->question.id = raw->paper.id;
    raw->question.documentary = true;
    raw->question.at = value;
    if (!raw->question.ask.zh && !raw->question.ask.en) {
        raw->question.ask = raw->paper.title;
    }
    finish_question(loader, value, &raw->question);
    for (size_t i = 0; i < raw->paper.media_count; i++) {
        const char *media = raw->paper.media[i];
        if (strcmp(media, "pdf") != 0 && strcmp(media, "docx") != 0 && strcmp(media, "odt") != 0) {
            ys_diag_add(loader->diags, loader->document, value, "unknown kind of file '%s'", media)
                ->expected = "pdf, docx or odt";
        }
    }
}

#define AT(member) offsetof(struct raw_paper, member)
static const struct ys_slot_spec PAPER_SLOTS[] = {
    {.key = "id", .slot = YS_SLOT_ID, .required = true, .offset = AT(paper.id),
     .doc = "name of the document within its clause"},
    {.key = "title", .slot = YS_SLOT_TEXTS, .required = true, .offset = AT(paper.title),
     .doc = "what the document is"},
    {.key = "headings", .slot = YS_SLOT_IDS, .offset = AT(paper.headings),
     .count_offset = AT(paper.heading_count), .doc = "texts that must occur in it"},
    {.key = "media", .slot = YS_SLOT_IDS, .offset = AT(paper.media),
     .count_offset = AT(paper.media_count), .doc = "pdf, docx, odt (default: any of them)"},
    {.key = "max_age_months", .slot = YS_SLOT_INT, .offset = AT(paper.max_age_months),
     .doc = "how old it may be on the day of the run"},
    {.key = "expires", .slot = YS_SLOT_BOOL, .offset = AT(paper.expires),
     .doc = "it must say until when it holds"},
    {.key = "signatory", .slot = YS_SLOT_BOOL, .offset = AT(paper.signatory),
     .doc = "it must name who signed it"},
    {.key = "ask", .slot = YS_SLOT_TEXTS, .offset = AT(question.ask),
     .doc = "what a person must find out of it"},
    {.key = "todo", .slot = YS_SLOT_TEXTS, .offset = AT(question.todo),
     .doc = "what the person does for it"},
    {.key = "people", .slot = YS_SLOT_INT, .offset = AT(question.people),
     .doc = "how many different persons must find the same (default 1)"},
    {.key = "valid_days", .slot = YS_SLOT_INT, .offset = AT(question.valid_days),
     .doc = "how long a finding holds (default 365)"},
};
#undef AT

static const struct ys_shape PAPER = {
    .name = "document",
    .doc = "a document that the clause wants",
    .size = sizeof(struct raw_paper),
    .slots = PAPER_SLOTS,
    .count = sizeof PAPER_SLOTS / sizeof PAPER_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = offsetof(struct raw_paper, paper.at),
    .finish = finish_paper,
};

#define AT(member) offsetof(struct ys_question, member)
static const struct ys_slot_spec QUESTION_SLOTS[] = {
    {.key = "id", .slot = YS_SLOT_ID, .required = true, .offset = AT(id),
     .doc = "name of the question within its clause"},
    {.key = "ask", .slot = YS_SLOT_TEXTS, .required = true, .offset = AT(ask),
     .doc = "what is to be found out"},
    {.key = "todo", .slot = YS_SLOT_TEXTS, .required = true, .offset = AT(todo),
     .doc = "what the person does for it"},
    {.key = "branches", .slot = YS_SLOT_INT, .offset = AT(branches),
     .doc = "asked at so many branches of the register, drawn by the seed; default: once"},
    {.key = "people", .slot = YS_SLOT_INT, .offset = AT(people),
     .doc = "how many different persons must find the same (default 1)"},
    {.key = "files", .slot = YS_SLOT_INT, .offset = AT(files),
     .doc = "how many pictures or documents must show it (default 0)"},
    {.key = "valid_days", .slot = YS_SLOT_INT, .offset = AT(valid_days),
     .doc = "how long a finding holds (default 365)"},
};
#undef AT

static const struct ys_shape QUESTION = {
    .name = "question",
    .doc = "what a person looks at on site",
    .size = sizeof(struct ys_question),
    .slots = QUESTION_SLOTS,
    .count = sizeof QUESTION_SLOTS / sizeof QUESTION_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = offsetof(struct ys_question, at),
    .finish = finish_question,
};

#define AT(member) offsetof(struct ys_branches, member)
static const struct ys_slot_spec BRANCHES_SLOTS[] = {
    {.key = "supply", .slot = YS_SLOT_TEXT, .required = true, .offset = AT(supply),
     .doc = "the supply that lists them"},
    {.key = "id", .slot = YS_SLOT_TEXT, .required = true, .offset = AT(id),
     .doc = "its member that names a branch"},
    {.key = "name", .slot = YS_SLOT_TEXT, .required = true, .offset = AT(name),
     .doc = "its member that people read"},
    {.key = "where", .slot = YS_SLOT_MAP, .offset = AT(where),
     .doc = "members that a branch must have"},
};
#undef AT

static const struct ys_shape BRANCHES = {
    .name = "branches",
    .doc = "where branches to look at are drawn from",
    .size = sizeof(struct ys_branches),
    .slots = BRANCHES_SLOTS,
    .count = sizeof BRANCHES_SLOTS / sizeof BRANCHES_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
};

/* A clause while it is loaded: its papers still hold their questions. */
struct raw_clause {
    struct ys_clause clause;
    const struct raw_paper *papers;
    size_t paper_count;
    const struct ys_question *questions;
    size_t question_count;
};

/* A mode that no data describes is one plain question, so that nothing passes unasked. */
static const struct ys_question PLAIN_DOCUMENT = {
    .id = "document",
    .documentary = true,
    .ask = {.zh = "文件是否满足本条款要求", .en = "Does the document satisfy the clause?"},
    .todo = {.zh = "审阅银行提交的文件", .en = "Read the document that the bank supplied"},
    .people = 1,
    .valid_days = VALID_DAYS,
};
static const struct ys_question PLAIN_LOOK = {
    .id = "on-site",
    .ask = {.zh = "现场情况是否满足本条款要求", .en = "Is the clause kept on site?"},
    .todo = {.zh = "到现场查验", .en = "Look at it on site"},
    .people = 1,
    .valid_days = VALID_DAYS,
};

static void check_once(struct ys_loader *loader, const struct ys_clause *clause)
{
    for (size_t i = 0; i < clause->question_count; i++) {
        const struct ys_question *question = &clause->questions[i];
        if (question->id &&
            ys_clause_question(clause, question->documentary, question->id) != question) {
            ys_diag_add(loader->diags, loader->document, question->at, "'%s' stands twice",
                        question->id);
        }
    }
}

static void gather_questions(struct ys_loader *loader, const struct ys_value *value,
                             struct raw_clause *raw)
{
    struct ys_clause *clause = &raw->clause;
    size_t most = raw->paper_count + raw->question_count + 2u;
    struct ys_paper *papers = ys_arena_calloc(loader->arena, raw->paper_count + 1, sizeof *papers);
    struct ys_question *questions = ys_arena_calloc(loader->arena, most, sizeof *questions);
    for (size_t i = 0; i < raw->paper_count; i++) {
        papers[i] = raw->papers[i].paper;
        questions[clause->question_count++] = raw->papers[i].question;
    }
    if (raw->paper_count == 0 && (clause->modes & YS_MODE_DOCUMENTARY)) {
        questions[clause->question_count++] = PLAIN_DOCUMENT;
    }
    for (size_t i = 0; i < raw->question_count; i++) {
        questions[clause->question_count++] = raw->questions[i];
    }
    if (raw->question_count == 0 && (clause->modes & YS_MODE_ON_SITE)) {
        questions[clause->question_count++] = PLAIN_LOOK;
    }
    if ((raw->paper_count && !(clause->modes & YS_MODE_DOCUMENTARY)) ||
        (raw->question_count && !(clause->modes & YS_MODE_ON_SITE))) {
        ys_diag_add(loader->diags, loader->document, value,
                    "'documents' stand with mode D and 'questions' with mode S");
    }
    clause->papers = papers;
    clause->paper_count = raw->paper_count;
    clause->questions = questions;
    check_once(loader, clause);
}

static void finish_clause(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct raw_clause *raw = object;
    struct ys_clause *clause = &raw->clause;
    gather_questions(loader, value, raw);
    if (clause->kind == YS_CLAUSE_REQUIREMENT && !clause->modes) {
        ys_diag_add(loader->diags, loader->document, value, "a requirement without 'modes'")
            ->expected = "modes: [A], [D], [S] or several";
    }
}

static const char *const KINDS[] = {"requirement", "clock", "record", NULL};

#define AT(member) offsetof(struct ys_term, member)
static const struct ys_slot_spec TERM_SLOTS[] = {
    {.key = "from", .slot = YS_SLOT_TEXT, .required = true, .offset = AT(from),
     .doc = "the date of the candidate file that starts it"},
    {.key = "to", .slot = YS_SLOT_TEXT, .offset = AT(to), .doc = "the date that ends it"},
    {.key = "working_days", .slot = YS_SLOT_INT, .offset = AT(working_days),
     .doc = "working days after the day of the event"},
    {.key = "months", .slot = YS_SLOT_INT, .offset = AT(months),
     .doc = "months after the event; the last day of a month that has no such day"},
};
#undef AT

static void finish_term(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    const struct ys_term *term = object;
    if (!term->working_days == !term->months) {
        ys_diag_add(loader->diags, loader->document, value, "a term without a length")->expected =
            "either working_days or months";
    }
}

static const struct ys_shape TERM = {
    .name = "term",
    .doc = "a statutory term",
    .size = sizeof(struct ys_term),
    .slots = TERM_SLOTS,
    .count = sizeof TERM_SLOTS / sizeof TERM_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
    .finish = finish_term,
};

#define AT(member) offsetof(struct raw_clause, clause.member)
static const struct ys_slot_spec CLAUSE_SLOTS[] = {
    {.key = "id", .slot = YS_SLOT_ID, .required = true, .offset = AT(id),
     .doc = "the id that suites and reports cite"},
    {.key = "article", .slot = YS_SLOT_TEXT, .required = true, .offset = AT(article),
     .doc = "article of the regulation"},
    {.key = "text", .slot = YS_SLOT_TEXTS, .required = true, .offset = AT(text),
     .doc = "the requirement, paraphrased"},
    {.key = "kind", .slot = YS_SLOT_CHOICE, .offset = AT(kind), .choices = KINDS,
     .doc = "requirement (default), clock or record"},
    {.key = "modes", .slot = YS_SLOT_CUSTOM, .custom = load_modes, .definition = "modes",
     .doc = "how it is judged: A automatic, D documentary, S on site"},
    {.key = "mandatory", .slot = YS_SLOT_BOOL, .required = true, .offset = AT(mandatory),
     .doc = "whether acceptance depends on it"},
    {.key = "after_acceptance", .slot = YS_SLOT_BOOL, .offset = AT(after_acceptance),
     .doc = "not part of an acceptance run"},
    {.key = "term", .slot = YS_SLOT_OBJECT, .offset = AT(term), .shape = &TERM,
     .doc = "of a clock: the term that runs"},
    {.key = "documents", .slot = YS_SLOT_LIST, .offset = offsetof(struct raw_clause, papers),
     .count_offset = offsetof(struct raw_clause, paper_count), .shape = &PAPER,
     .doc = "of mode D: the documents that it wants"},
    {.key = "questions", .slot = YS_SLOT_LIST, .offset = offsetof(struct raw_clause, questions),
     .count_offset = offsetof(struct raw_clause, question_count), .shape = &QUESTION,
     .doc = "of mode S: what is looked at on site"},
    {.key = "command", .slot = YS_SLOT_ID, .offset = AT(command),
     .doc = "the command that judges it outside a run: sample, evaluate or filings"},
    {.key = "where_listed", .slot = YS_SLOT_BOOL, .offset = AT(where_listed),
     .doc = "applies only where the candidate file lists it"},
};
#undef AT

static const struct ys_shape CLAUSE = {
    .name = "clause",
    .doc = "one requirement",
    .size = sizeof(struct raw_clause),
    .slots = CLAUSE_SLOTS,
    .count = sizeof CLAUSE_SLOTS / sizeof CLAUSE_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = offsetof(struct raw_clause, clause.at),
    .finish = finish_clause,
};

/* A regulation while it is loaded. */
struct raw_regulation {
    struct ys_regulation regulation;
    const struct raw_clause *clauses;
    size_t clause_count;
};

#define AT(member) offsetof(struct raw_regulation, regulation.member)
static const struct ys_slot_spec SLOTS[] = {
    {.key = "regulation", .slot = YS_SLOT_ID, .required = true, .offset = AT(id),
     .doc = "id of the regulation, the name of its folder"},
    {.key = "title", .slot = YS_SLOT_TEXTS, .required = true, .offset = AT(title),
     .doc = "title"},
    {.key = "number", .slot = YS_SLOT_ID, .required = true, .offset = AT(number),
     .doc = "document number"},
    {.key = "issuer", .slot = YS_SLOT_TEXTS, .offset = AT(issuer),
     .doc = "the authority that issued it"},
    {.key = "issued", .slot = YS_SLOT_ID, .required = true, .offset = AT(issued),
     .doc = "date of issue, YYYY-MM-DD"},
    {.key = "official_text", .slot = YS_SLOT_ID, .offset = AT(official_text),
     .doc = "where it was published, an https URL; the report links each clause to it"},
    {.key = "branches", .slot = YS_SLOT_OBJECT, .offset = AT(branches), .shape = &BRANCHES,
     .doc = "where branches to look at are drawn from"},
    {.key = "clauses", .slot = YS_SLOT_LIST, .required = true,
     .offset = offsetof(struct raw_regulation, clauses),
     .count_offset = offsetof(struct raw_regulation, clause_count), .shape = &CLAUSE,
     .doc = "every requirement"},
};
#undef AT

const struct ys_shape ys_shape_regulation = {
    .name = "regulation",
    .doc = "A regulation as data: its clauses and how each is judged",
    .size = sizeof(struct raw_regulation),
    .slots = SLOTS,
    .count = sizeof SLOTS / sizeof SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
};

const struct ys_regulation *ys_regulation_load(struct ys_arena *arena,
                                               const struct ys_document *document,
                                               struct ys_diags *diags)
{
    struct ys_loader loader = {arena, diags, document, NULL};
    struct raw_regulation *raw = ys_arena_alloc(arena, sizeof *raw);
    struct ys_regulation *regulation = &raw->regulation;
    regulation->document = document;
    ys_shape_load(&loader, &ys_shape_regulation, document->root, raw);
    struct ys_clause *clauses = ys_arena_calloc(arena, raw->clause_count + 1, sizeof *clauses);
    for (size_t i = 0; i < raw->clause_count; i++) {
        clauses[i] = raw->clauses[i].clause;
    }
    if (regulation->official_text && strncmp(regulation->official_text, "https://", 8) != 0) {
        ys_diag_add(diags, document, ys_value_get(document->root, "official_text"),
                    "not an address of a published text")
            ->expected = "a URL that begins with https://";
    }
    regulation->clauses = clauses;
    regulation->clause_count = raw->clause_count;
    for (size_t i = 0; i < regulation->clause_count; i++) {
        const struct ys_clause *clause = &regulation->clauses[i];
        const struct ys_clause *first =
            clause->id ? ys_regulation_clause(regulation, clause->id) : clause;
        if (first != clause) {
            ys_diag_add(diags, document, clause->at, "clause '%s' stands twice", clause->id);
        }
    }
    return regulation;
}

const struct ys_clause *ys_regulation_clause(const struct ys_regulation *regulation,
                                             const char *id)
{
    for (size_t i = 0; i < regulation->clause_count; i++) {
        const struct ys_clause *clause = &regulation->clauses[i];
        if (clause->id && strcmp(clause->id, id) == 0) {
            return clause;
        }
    }
    return NULL;
}

const struct ys_paper *ys_clause_paper(const struct ys_clause *clause, const char *id)
{
    for (size_t i = 0; i < clause->paper_count; i++) {
        if (clause->papers[i].id && strcmp(clause->papers[i].id, id) == 0) {
            return &clause->papers[i];
        }
    }
    return NULL;
}

const struct ys_question *ys_clause_question(const struct ys_clause *clause, bool documentary,
                                             const char *id)
{
    for (size_t i = 0; i < clause->question_count; i++) {
        const struct ys_question *question = &clause->questions[i];
        if (question->documentary == documentary && question->id &&
            strcmp(question->id, id) == 0) {
            return question;
        }
    }
    return NULL;
}

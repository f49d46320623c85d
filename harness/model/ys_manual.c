/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_manual.h"

#include <string.h>

#include "ys_binding.h"
#include "ys_expr.h"
#include "ys_matcher.h"
#include "ys_model_private.h"
#include "ys_roff.h"

/* Sections of a page that are not the keys of a shape. */
typedef void section_fn(FILE *file);

struct page {
    const char *name;
    const char *summary;
    const char *description;
    const struct ys_shape *shape;
    section_fn *more;
    const char *example;
};

static const char *kind_words(const struct ys_slot_spec *slot)
{
    switch (slot->slot) {
    case YS_SLOT_ID:
        return "scalar";
    case YS_SLOT_TEXT:
        return "text";
    case YS_SLOT_TEXTS:
        return "text, or {zh, en}";
    case YS_SLOT_BOOL:
        return "true or false";
    case YS_SLOT_INT:
        return "whole number";
    case YS_SLOT_DURATION:
        return "duration (500ms, 10s, 2m, 1h)";
    case YS_SLOT_CHOICE:
        return "one of";
    case YS_SLOT_IDS:
        return "list of scalars";
    case YS_SLOT_VALUE:
        return "value";
    case YS_SLOT_MAP:
        return "map";
    case YS_SLOT_OBJECT:
        return "map, see";
    case YS_SLOT_LIST:
        return "list, see";
    case YS_SLOT_ENTRIES:
        return "map by name, see";
    case YS_SLOT_CUSTOM:
        return "value";
    }
    return "value";
}

static void write_key(FILE *file, const struct ys_slot_spec *slot)
{
    fputs(".TP\n", file);
    ys_roff_bold(file, slot->key);
    fputs(" (", file);
    ys_roff_italic(file, kind_words(slot));
    for (size_t i = 0; slot->slot == YS_SLOT_CHOICE && slot->choices[i]; i++) {
        fputs(i ? ", " : " ", file);
        ys_roff_bold(file, slot->choices[i]);
    }
    if (slot->shape) {
        fputc(' ', file);
        ys_roff_bold(file, slot->shape->name);
    }
    if (slot->required) {
        fputs("; required", file);
    }
    fputs(")\n", file);
    ys_roff_line(file, slot->doc);
}

/* The keys of a shape, then those of the shapes in it. No shape holds itself. */
static void write_shape(FILE *file, const struct ys_shape *shape)
{
    fputs(".SS ", file);
    ys_roff_line(file, shape->name);
    if (shape->doc) {
        ys_roff_line(file, shape->doc);
    }
    for (size_t i = 0; i < shape->count; i++) {
        write_key(file, &shape->slots[i]);
    }
    for (size_t i = 0; i < shape->count; i++) {
        if (shape->slots[i].shape && shape->slots[i].slot != YS_SLOT_MAP) {
            write_shape(file, shape->slots[i].shape);
        }
    }
}

static void write_row(FILE *file, const char *name, const char *doc)
{
    fputs(".TP\n", file);
    ys_roff_bold(file, name);
    fputc('\n', file);
    ys_roff_line(file, doc);
}

static void write_functions(FILE *file)
{
    fputs(".SH FUNCTIONS\n", file);
    ys_roff_line(file, "Known inside ${…}:");
    const struct ys_expr_function_info *function = NULL;
    for (size_t i = 0; (function = ys_expr_function_at(i)) != NULL; i++) {
        write_row(file, function->usage, function->doc);
    }
}

static void write_steps(FILE *file)
{
    size_t count = 0;
    const struct ys_step_info *kinds = ys_step_table(&count);
    fputs(".SH STEPS\n", file);
    ys_roff_line(file, "A step has one of these keys:");
    for (size_t i = 0; i < count; i++) {
        write_row(file, kinds[i].key, kinds[i].doc);
    }
    fputs(".PP\n", file);
    ys_roff_line(file, "and beside it:");
    const struct ys_slot_spec *slots = ys_step_slots(&count);
    for (size_t i = 0; i < count; i++) {
        write_key(file, &slots[i]);
    }
    fputs(".SH MATCHERS\n", file);
    ys_roff_line(file,
                 "Under expect stands what must hold of each target. A map of several matchers "
                 "means all of them.");
    for (size_t i = 0; i < YS_MATCHER_COUNT; i++) {
        write_row(file, ys_matcher_table()[i].name, ys_matcher_table()[i].doc);
    }
    write_functions(file);
}

static void write_bindings(FILE *file)
{
    fputs(".SH BINDINGS\n", file);
    ys_roff_line(file,
                 "Under bindings stands, by the name of an operation of the catalogue, how it "
                 "becomes one request of the bank. The keys of defaults are merged under each.");
    write_shape(file, &ys_shape_binding);
    write_functions(file);
}

static const struct page PAGES[] = {
    {"yanshou-suite", "a suite of acceptance cases for yanshou",
     "A suite is a YAML 1.2 file of cases. A case names the clauses of the regulation that it "
     "judges\n"
     "and the steps that show whether a bank keeps them. Steps call abstract operations of the\n"
     "catalogue; the candidate file of a bank binds these, so no line of a suite changes for a "
     "new\n"
     "bank. Unknown keys, names and types are errors of 'yanshou check'.\n"
     "\n"
     "Money is decimal and never floating point. Numbers are equal to numbers and texts to texts.\n"
     "Scalars are read by the core schema of YAML 1.2: 'no' is a text. ${…} holds an expression "
     "over\n"
     "the names that stand before it.",
     &ys_shape_suite, write_steps,
     "  suite: fees\n"
     "  title: {zh: 费用, en: Fees}\n"
     "  cases:\n"
     "    - id: fees.opening-a-card-is-free\n"
     "      clauses: [5.5.1]\n"
     "      title: {zh: 开卡免费, en: Opening a card is free}\n"
     "      uses: [account]\n"
     "      steps:\n"
     "        - call: ledger.statement\n"
     "          with: {account: \"${account.id}\", month: \"${slice(clock.today, 0, 7)}\"}\n"
     "          expect:\n"
     "            entries: {each: {fields: {kind: {not: fee}}}, allow_empty: true}\n"},
    {"yanshou-candidate", "who a bank is and how its systems are reached by yanshou",
     "A candidate file is a YAML 1.2 file that says who the bank is, where its endpoints and card\n"
     "readers are, and how each abstract operation of the catalogue becomes one of its requests.\n"
     "'yanshou init' begins one, 'yanshou check' validates it whole, 'yanshou doctor' tries\n"
     "everything in it, 'yanshou try' calls one operation of it.\n"
     "\n"
     "${env.NAME} may stand in URLs and paths. Paths are relative to the file. Secrets are never\n"
     "values: they name a variable of the environment or a file.",
     &ys_shape_candidate, write_bindings,
     "  candidate: example-bank\n"
     "  name: {zh: 示例银行, en: Example bank}\n"
     "  regulation: beijing-2024\n"
     "  environment: test\n"
     "  endpoints:\n"
     "    api: {url: \"https://127.0.0.1:8443\"}\n"
     "  allowed_hosts: [127.0.0.1]\n"
     "  bindings:\n"
     "    atm.withdraw:\n"
     "      endpoint: api\n"
     "      method: POST\n"
     "      path: \"/accounts/${in.account}/withdrawals\"\n"
     "      json: {amount: \"${in.amount}\", network: \"${in.network}\"}\n"
     "      outcome: {from: status, map: {\"201\": accepted, \"409\": refused}}\n"
     "      outputs: {id: $.id, fee: $.fee, balance: $.balance}\n"},
};
#define PAGE_COUNT (sizeof PAGES / sizeof PAGES[0])

const char *ys_manual_name(size_t index)
{
    return index < PAGE_COUNT ? PAGES[index].name : NULL;
}

enum ys_status ys_manual_write(FILE *file, const char *name, const char *day, const char *version)
{
    const struct page *page = NULL;
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        if (strcmp(PAGES[i].name, name) == 0) {
            page = &PAGES[i];
        }
    }
    if (!page) {
        return YS_ERR_NOT_FOUND;
    }
    ys_roff_title(file, page->name, 5, day, version);
    fputs(".SH NAME\n", file);
    fprintf(file, "%s \\- %s\n", page->name, page->summary);
    fputs(".SH DESCRIPTION\n", file);
    ys_roff_lines(file, page->description);
    fputs(".SH KEYS\n", file);
    write_shape(file, page->shape);
    page->more(file);
    fputs(".SH EXAMPLE\n", file);
    ys_roff_lines(file, page->example);
    fputs(".SH SEE ALSO\n.BR yanshou (1)", file);
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        if (&PAGES[i] != page) {
            fprintf(file, ",\n.BR %s (5)", PAGES[i].name);
        }
    }
    fputc('\n', file);
    return YS_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou explain: a case in plain words, with its steps and how to run it alone. */
#include <assert.h>
#include <string.h>

#include "ys_cli.h"
#include "ys_suggest.h"

/* A transaction with its scripts is whole; a table of records is cut, and stands in the file. */
#define SHOWN_MAX 480u

struct explaining {
    const struct ys_arguments *arguments;
    const struct ys_pack *pack;
    const struct ys_suite *suite;
    bool zh;
};

static const char *word(const struct explaining *e, const char *zh, const char *en)
{
    return e->zh ? zh : en;
}

static const char *shown(const struct explaining *e, const struct ys_value *value)
{
    return ys_value_show(e->arguments->arena, value, SHOWN_MAX);
}

/* The commands of a card step, in the order in which they are sent. */
static const struct {
    const char *key;
    const char *zh;
    const char *en;
} CARD_WORDS[] = {
    {"reset", "复位", "reset"},
    {"select", "选择", "select"},
    {"authenticate", "外部认证", "authenticate"},
    {"verify", "校验密码", "verify PIN"},
    {"challenge", "取随机数", "get challenge"},
    {"internal_authenticate", "内部认证", "internal authenticate"},
    {"external_authenticate", "外部认证", "external authenticate"},
    {"read", "读取", "read"},
    {"update", "修改", "update"},
    {"apdu", "命令", "command"},
    {"transaction", "支付交易", "payment transaction"},
};

static void print_card(const struct explaining *e, const struct ys_value *body)
{
    const char *between = word(e, "：", ": ");
    size_t told = 1;
    printf("%s %s", word(e, "读卡器", "reader"), ys_value_get_text(body, "reader"));
    for (size_t i = 0; i < sizeof CARD_WORDS / sizeof CARD_WORDS[0]; i++) {
        const struct ys_value *value = ys_value_get(body, CARD_WORDS[i].key);
        if (value) {
            printf("%s%s", between, word(e, CARD_WORDS[i].zh, CARD_WORDS[i].en));
            if (value->kind != YS_KIND_BOOL) {
                const char *text = ys_value_text(value);
                printf(" %s", text ? text : shown(e, value));
            }
            between = word(e, "，", ", ");
            told++;
        }
    }
    assert(told == ys_value_count(body));
    (void)told;
}

/* What a step does, in the words of the catalogue where it calls an operation. */
static void print_head(const struct explaining *e, const struct ys_step *step)
{
    const char *lang = e->arguments->lang;
    const struct ys_operation *operation = NULL;
    const struct ys_fragment *fragment = NULL;
    if (ys_text_in(&step->title, lang)[0]) {
        printf("%s", ys_text_in(&step->title, lang));
    } else if (step->kind == YS_STEP_CALL && step->target) {
        operation = ys_catalogue_operation(e->pack->catalogue, step->target);
        printf("%s (%s)", operation ? ys_text_in(&operation->title, lang) : "", step->target);
    } else if (step->kind == YS_STEP_USE && step->target) {
        fragment = ys_pack_fragment(e->pack, e->suite, step->target);
        printf("%s (%s)", fragment ? ys_text_in(&fragment->title, lang) : "", step->target);
        if (step->as) {
            printf("%s %s", word(e, "，记作", " as"), step->as);
        }
    } else if (step->kind == YS_STEP_CARD) {
        print_card(e, step->body);
    } else {
        printf("%s %s", ys_step_kind_name(step->kind), shown(e, step->body));
    }
}

static void print_value(const struct explaining *e, unsigned depth, const char *heading,
                        const struct ys_value *value)
{
    if (value) {
        printf("%*s%s %s\n", (int)(5 + 3 * depth), "", heading, shown(e, value));
    }
}

static void print_steps(const struct explaining *e, const struct ys_step *steps, size_t count,
                        unsigned depth)
{
    for (size_t i = 0; i < count; i++) {
        const struct ys_step *step = &steps[i];
        printf("%*s%zu. ", (int)(2 + 3 * depth), "", i + 1);
        print_head(e, step);
        printf("\n");
        print_value(e, depth, word(e, "输入", "with"), step->with);
        print_value(e, depth, word(e, "预期", "expects"), step->expect);
        if (step->otherwise == YS_OTHERWISE_NOT_APPLICABLE) {
            printf("%*s%s\n", (int)(5 + 3 * depth), "",
                   word(e, "否则本用例不适用", "else the case does not apply"));
        } else if (step->otherwise == YS_OTHERWISE_INCONCLUSIVE) {
            printf("%*s%s\n", (int)(5 + 3 * depth), "", word(e, "否则不能判定", "else undecided"));
        }
        print_value(e, depth, word(e, "记下", "keeps"), step->save);
        print_value(e, depth, word(e, "汇集", "gathers"), step->collect);
        print_steps(e, step->steps, step->step_count, depth + 1);
    }
}

static void print_part(const struct explaining *e, const char *heading, const struct ys_step *steps,
                       size_t count)
{
    if (count) {
        printf("%s\n", heading);
        print_steps(e, steps, count, 0);
    }
}

static void print_list(const char *heading, const char *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        printf("%s%s%s", i ? ", " : heading, i ? "" : " ", items[i]);
    }
    if (count) {
        printf("\n");
    }
}

/* The fragments that the case uses, by what they build. */
static void print_uses(const struct explaining *e, const struct ys_case *subject)
{
    for (size_t i = 0; i < subject->use_count; i++) {
        const struct ys_fragment *fragment =
            ys_pack_fragment(e->pack, subject->suite, subject->uses[i]);
        printf("%s %s (%s)\n", word(e, "先备好", "builds first"),
               fragment ? ys_text_in(&fragment->title, e->arguments->lang) : "", subject->uses[i]);
    }
}

static void explain(const struct explaining *e, const struct ys_case *subject)
{
    const char *lang = e->arguments->lang;
    printf("%s%s%s\n%s\n", ys_color(e->arguments, YS_SGR_BOLD), subject->id,
           ys_color(e->arguments, YS_SGR_OFF), ys_text_in(&subject->title, lang));
    if (ys_text_in(&subject->description, lang)[0]) {
        printf("%s\n", ys_text_in(&subject->description, lang));
    }
    printf("%s:%u%s\n\n", subject->suite->document->name, (unsigned)subject->at->line,
           subject->negative ? word(e, "  必须被拒绝的操作", "  what must be refused") : "");
    for (size_t i = 0; i < subject->clause_count; i++) {
        const struct ys_clause *clause =
            ys_regulation_clause(e->pack->regulation, subject->clauses[i]);
        printf("%s %s  %s%s%s\n", word(e, "条款", "clause"), subject->clauses[i],
               clause ? clause->article : "", clause ? "  " : "",
               clause ? ys_text_in(&clause->text, lang) : "");
    }
    print_uses(e, subject);
    print_list(word(e, "需要", "needs"), subject->needs, subject->need_count);
    if (subject->destructive) {
        printf("%s consent: {destructive: true}\n",
               word(e, "可能锁定或用尽卡片，需要", "may block or use up the card, needs"));
    }
    print_list(word(e, "独占", "keeps for itself"), subject->locks, subject->lock_count);
    printf("\n");
    print_part(e, word(e, "准备（不成则不能判定）", "given (else undecided)"), subject->given,
               subject->given_count);
    print_part(e, word(e, "步骤", "steps"), subject->steps, subject->step_count);
    print_part(e, word(e, "收尾（总会执行）", "finally (always)"), subject->finally,
               subject->finally_count);
    printf("\n%s yanshou run -c CANDIDATE --case '%s'\n", word(e, "单独运行", "run it alone:"),
           subject->id);
}

/* The case as it stands in its suite, with where that is and the titles of its clauses. */
static struct ys_value *case_value(const struct explaining *e, const struct ys_case *subject)
{
    struct ys_arena *arena = e->arguments->arena;
    struct ys_value *map = ys_value_map(arena);
    struct ys_value *clauses = ys_value_list(arena);
    ys_value_set_text(arena, map, "id", subject->id);
    ys_value_set_text(arena, map, "title", ys_text_in(&subject->title, e->arguments->lang));
    ys_value_set_text(arena, map, "file", subject->suite->document->name);
    ys_value_set_int(arena, map, "line", subject->at->line);
    for (size_t i = 0; i < subject->clause_count; i++) {
        const struct ys_clause *clause =
            ys_regulation_clause(e->pack->regulation, subject->clauses[i]);
        struct ys_value *row = ys_value_map(arena);
        ys_value_set_text(arena, row, "id", subject->clauses[i]);
        ys_value_set_text(arena, row, "text",
                          clause ? ys_text_in(&clause->text, e->arguments->lang) : "");
        ys_value_append(arena, clauses, row);
    }
    ys_value_set(arena, map, "clauses", clauses);
    ys_value_set(arena, map, "case", subject->at);
    return map;
}

static const struct ys_case *find(const struct ys_arguments *arguments, const struct ys_pack *pack,
                                  const char *id)
{
    const struct ys_case *subject = ys_pack_case(pack, id);
    size_t count = 0;
    for (size_t s = 0; s < pack->suite_count; s++) {
        count += pack->suites[s]->case_count;
    }
    const char **ids = ys_arena_calloc(arguments->arena, count + 1, sizeof *ids);
    count = 0;
    for (size_t s = 0; !subject && s < pack->suite_count; s++) {
        for (size_t c = 0; c < pack->suites[s]->case_count; c++) {
            ids[count++] = pack->suites[s]->cases[c].id;
        }
    }
    if (!subject) {
        const char *near = ys_suggest(id, ids, count);
        ys_cli_usage(arguments, "no case '%s'%s%s%s", id, near ? "; did you mean '" : "",
                     near ? near : "", near ? "'?" : "; 'yanshou list' has them all");
    }
    return subject;
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_inputs inputs;
    if (ys_cli_load(arguments, &inputs, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    struct explaining e = {
        .arguments = arguments, .pack = inputs.pack, .zh = strcmp(arguments->lang, "zh") == 0};
    struct ys_value *rows = ys_value_list(arguments->arena);
    for (size_t i = 0; i < arguments->positional_count; i++) {
        const struct ys_case *subject = find(arguments, inputs.pack, arguments->positionals[i]);
        if (!subject) {
            return YS_EXIT_USAGE;
        }
        e.suite = subject->suite;
        if (arguments->json) {
            ys_value_append(arguments->arena, rows, case_value(&e, subject));
            continue;
        }
        printf("%s", i ? "\n" : "");
        explain(&e, subject);
    }
    return arguments->json ? ys_cli_print_json(rows) : YS_EXIT_GOOD;
}

static const struct ys_option OPTIONS[] = {
    {"candidate", 'c', "FILE", "a candidate file, for the regulation that it names"},
    {"suites", 's', "PATH", "a regulation folder, or a further suite file (repeatable)"},
};

const struct ys_command ys_command_explain = {
    .name = "explain",
    .summary = "a case in plain words, with its steps",
    .operands = "CASE…",
    .about =
        "Prints what a case asks, for which clauses, what it builds, does and expects, and how\n"
        "to run it alone.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_min = 1,
    .operands_max = YS_POSITIONALS_MAX,
    .run = run,
};

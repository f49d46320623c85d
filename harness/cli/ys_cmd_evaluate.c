/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou evaluate: a bank's years against the factors of the regulation (9.2, 10.1). */
#include <string.h>

#include "ys_cli.h"
#include "ys_evaluation.h"

static bool is_chinese(const struct ys_arguments *arguments)
{
    return strcmp(arguments->lang, "zh") == 0;
}

/* Files may come from anywhere: no control character reaches the terminal. */
static void put(const char *text)
{
    for (const char *at = text ? text : ""; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        putchar(byte < 0x20 || byte == 0x7F ? ' ' : *at);
    }
}

static void put_in_lang(const struct ys_arguments *arguments, const struct ys_value *map,
                        const char *name)
{
    put(ys_value_get_text(ys_value_get(map, name), arguments->lang));
}

static void put_word(const struct ys_arguments *arguments, const char *word)
{
    static const struct {
        const char *word;
        const char *zh;
        const char *en;
        const char *sgr;
    } words[] = {{"pass", "合格", "passed", YS_SGR_GREEN},
                 {"fail", "不合格", "failed", YS_SGR_RED},
                 {"undecided", "未能判定", "undecided", YS_SGR_YELLOW},
                 {"triggered", "具备", "triggered", YS_SGR_RED},
                 {"not-triggered", "不具备", "not triggered", YS_SGR_GREEN}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (word && strcmp(words[i].word, word) == 0) {
            printf("%s%s%s", ys_color(arguments, words[i].sgr),
                   is_chinese(arguments) ? words[i].zh : words[i].en,
                   ys_color(arguments, YS_SGR_OFF));
        }
    }
}

static void put_source(const struct ys_arguments *arguments, const struct ys_value *source)
{
    printf(is_chinese(arguments) ? "（来源：" : " (source: ");
    put(ys_value_get_text(source, "document"));
    printf(", ");
    put(ys_value_get_text(source, "date"));
    printf(", ");
    put(ys_value_get_text(source, "by"));
    printf(is_chinese(arguments) ? "）" : ")");
}

static void print_factor(const struct ys_arguments *arguments, const struct ys_value *factor)
{
    const struct ys_value *rules = ys_value_get(factor, "rules");
    const struct ys_value *figures = ys_value_get(factor, "figures");
    printf("  ");
    ys_print_padded(stdout, ys_value_get_text(factor, "id"), 16);
    printf(" ");
    put_in_lang(arguments, factor, "title");
    printf(": ");
    put_word(arguments, ys_value_get_text(factor, "verdict"));
    printf("\n");
    for (size_t i = 0; i < ys_value_count(rules); i++) {
        const struct ys_value *rule = ys_value_at(rules, i);
        printf("    ");
        put_in_lang(arguments, rule, "text");
        printf(": ");
        put_word(arguments, ys_value_get_text(rule, "verdict"));
        if (ys_value_get(rule, "reason")) {
            printf(is_chinese(arguments) ? "，" : ", ");
            put_in_lang(arguments, rule, "reason");
        }
        printf("\n");
    }
    for (size_t i = 0; i < ys_value_count(figures); i++) {
        const struct ys_value *figure = ys_value_at(figures, i);
        printf("    %s = %s", ys_value_get_text(figure, "id"),
               ys_value_show(arguments->arena, ys_value_get(figure, "value"), 40));
        put_source(arguments, ys_value_get(figure, "source"));
        printf("\n");
    }
}

static void print_year(const struct ys_arguments *arguments, const struct ys_value *year,
                       const char *clause)
{
    const struct ys_value *factors = ys_value_get(year, "factors");
    const char *evaluated = ys_value_get_text(year, "evaluated");
    bool chinese = is_chinese(arguments);
    printf(chinese ? "%s %lld 年度：" : "%s year %lld: ", clause,
           (long long)ys_value_get_int(year, "year", 0));
    put_word(arguments, ys_value_get_text(year, "verdict"));
    if (ys_value_get_bool(year, "summons", false)) {
        printf(chinese ? "，具备约谈条件" : ", which calls for a summons");
    }
    if (evaluated) {
        printf(chinese ? "（%s 评估" : " (evaluated %s", evaluated);
        if (!ys_value_get_bool(year, "in_time", true)) {
            printf(chinese ? "，晚于 %s" : ", after %s", ys_value_get_text(year, "due"));
        }
        printf(chinese ? "）" : ")");
    }
    printf("\n");
    for (size_t i = 0; i < ys_value_count(factors); i++) {
        print_factor(arguments, ys_value_at(factors, i));
    }
}

static void print_table(const struct ys_arguments *arguments, const struct ys_value *root)
{
    const struct ys_value *years = ys_value_get(root, "years");
    const struct ys_value *ending = ys_value_get(root, "ending");
    const struct ys_value *facts = ys_value_get(ending, "facts");
    put(ys_value_get_text(root, "bank"));
    printf("\n");
    for (size_t i = 0; i < ys_value_count(years); i++) {
        print_year(arguments, ys_value_at(years, i), ys_value_get_text(root, "clause"));
    }
    printf(is_chinese(arguments) ? "%s 终止合作的条件：" : "%s what may end the agreement: ",
           ys_value_get_text(ending, "clause"));
    put_word(arguments, ys_value_get_text(ending, "state"));
    printf("\n");
    for (size_t i = 0; i < ys_value_count(facts); i++) {
        const struct ys_value *fact = ys_value_at(facts, i);
        printf("  ");
        ys_print_padded(stdout, ys_value_get_text(fact, "kind"), 16);
        printf(" ");
        put_in_lang(arguments, fact, "text");
        if (ys_value_get(fact, "source")) {
            put_source(arguments, ys_value_get(fact, "source"));
        }
        printf("\n");
    }
    put_in_lang(arguments, root, "note");
    printf("\n");
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_inputs inputs;
    const struct ys_figures *figures = NULL;
    if (ys_cli_load(arguments, &inputs, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    const struct ys_evaluation *evaluation = inputs.pack->evaluation;
    if (!evaluation) {
        return ys_cli_usage(
            arguments, "regulation %s says nothing of a yearly evaluation; add %s/evaluation.yaml",
            inputs.pack->regulation->id, inputs.pack->folder);
    }
    if (ys_figures_load(arguments->arena, arguments->positionals[0], evaluation, &inputs.diags,
                        &figures) != YS_OK) {
        ys_cli_tell(arguments, &inputs.diags);
        return YS_EXIT_USAGE;
    }
    const struct ys_value *root = ys_evaluation_judge(arguments->arena, evaluation, figures);
    if (arguments->json) {
        ys_cli_print_json(root);
    } else {
        print_table(arguments, root);
    }
    return ys_cli_verdict_exit(root);
}

static const struct ys_option OPTIONS[] = {
    {"suites", 's', "PATH", "a regulation folder"},
};

const struct ys_command ys_command_evaluate = {
    .name = "evaluate",
    .summary = "a bank's yearly figures: factor by factor, and what may end the agreement",
    .operands = "FIGURES.yaml",
    .about =
        "Holds the figures of one or more years, each with its source, against the factors and\n"
        "thresholds of the regulation's evaluation.yaml. A failed year calls for a summons; "
        "failed\n"
        "years in a row, a breach or another major risk on record may end the agreement. It "
        "states\n"
        "facts; the decision is the bureau's. A missing figure leaves its factor undecided.\n"
        "'yanshou check FIGURES.yaml' only looks at the file. Exit status 0 the latest year "
        "passed,\n"
        "1 it failed or an ending is triggered, 3 undecided, 2 the file is not valid.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};

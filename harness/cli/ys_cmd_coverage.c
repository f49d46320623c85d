/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou coverage: the 70 % question for a roster and a register in files. */
#include <string.h>

#include "ys_cli.h"
#include "ys_csv.h"
#include "ys_roster.h"
#include "ys_try.h"

static enum ys_status load_list(const struct ys_arguments *arguments, const char *option,
                                struct ys_value *input, struct ys_err *reterr)
{
    const char *path = ys_option_text(arguments, option);
    const struct ys_value *rows = NULL;
    if (!path) {
        return YS_OK;
    }
    enum ys_status status = ys_csv_load(arguments->arena, path, &rows, reterr);
    if (status == YS_OK) {
        ys_value_set(arguments->arena, input, option, rows);
    }
    return status;
}

/* The roster page by page from the bank, the register from the candidate file; a list of the
 * command line stands before either. */
static enum ys_exit ask_candidate(const struct ys_arguments *arguments, struct ys_value *input)
{
    struct ys_inputs inputs;
    struct ys_err err;
    const struct ys_value *seen = NULL;
    if (ys_cli_load(arguments, &inputs, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    const struct ys_value *licensed = ys_value_get(inputs.candidate->supplies, "register");
    if (!ys_value_get(input, "register") && !licensed) {
        return ys_cli_usage(arguments, "the candidate file has no supply `register`; name the "
                                       "licensed branches with --register FILE");
    }
    if (!ys_value_get(input, "register")) {
        ys_value_set(arguments->arena, input, "register", licensed);
    }
    if (ys_value_get(input, "roster")) {
        return YS_EXIT_GOOD;
    }
    if (!ys_candidate_binding(inputs.candidate, "branch.list")) {
        return ys_cli_usage(arguments, "the candidate file does not bind branch.list; name the "
                                       "bank's roster with --roster FILE");
    }
    if (ys_try_pages(arguments->arena, inputs.pack, inputs.candidate, ys_clock_real(),
                     "branch.list", &seen, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    const struct ys_value *branches = ys_value_get(seen, "branches");
    if (!branches) {
        ys_err_set(&err, YS_ERR_HTTP_OTHER, "branch.list: the bank refused: %s",
                   ys_value_show(arguments->arena, seen, 200));
        return ys_cli_fail(&err);
    }
    ys_value_set(arguments->arena, input, "roster", branches);
    return YS_EXIT_GOOD;
}

/* "7/10" */
static enum ys_status add_threshold(const struct ys_arguments *arguments, struct ys_value *input,
                                    struct ys_err *reterr)
{
    const char *text = ys_option_text(arguments, "threshold");
    text = text ? text : "7/10";
    const char *slash = strchr(text, '/');
    uint64_t numerator = 0;
    uint64_t denominator = 0;
    if (!slash || ys_parse_u64(text, (size_t)(slash - text), &numerator) != YS_OK ||
        ys_parse_u64(slash + 1, strlen(slash + 1), &denominator) != YS_OK ||
        numerator > INT32_MAX || denominator > INT32_MAX) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "--threshold is a fraction such as 7/10");
    }
    struct ys_value *map = ys_value_map(arguments->arena);
    ys_value_set_int(arguments->arena, map, "numerator", (int64_t)numerator);
    ys_value_set_int(arguments->arena, map, "denominator", (int64_t)denominator);
    ys_value_set(arguments->arena, input, "threshold", map);
    return YS_OK;
}

static enum ys_status add_sample(const struct ys_arguments *arguments, struct ys_value *input,
                                 struct ys_err *reterr)
{
    struct ys_arena *arena = arguments->arena;
    const char *seed = ys_option_text(arguments, "seed");
    const char *size = ys_option_text(arguments, "size");
    const char *confidence = ys_option_text(arguments, "confidence");
    uint64_t number = 0;
    if (!seed) {
        return size || confidence ? ys_err_set(reterr, YS_ERR_ARGUMENT,
                                               "--size and --confidence need --seed")
                                  : YS_OK;
    }
    struct ys_value *map = ys_value_map(arena);
    if (ys_parse_u64(seed, strlen(seed), &number) != YS_OK) {
        return ys_err_set(reterr, YS_ERR_ARGUMENT, "--seed is a whole number, not '%s'", seed);
    }
    ys_value_set_text(arena, map, "seed",
                      ys_arena_printf(arena, "%llu", (unsigned long long)number));
    if (size) {
        if (ys_parse_u64(size, strlen(size), &number) != YS_OK || number > INT32_MAX) {
            return ys_err_set(reterr, YS_ERR_ARGUMENT, "--size is a whole number, not '%s'", size);
        }
        ys_value_set_int(arena, map, "size", (int64_t)number);
    }
    ys_value_set_text(arena, map, "confidence", confidence ? confidence : "0.95");
    ys_value_set(arena, input, "sample", map);
    return YS_OK;
}

/* ---- the table ---- */

static const char *in_lang(const struct ys_arguments *arguments, const struct ys_value *texts)
{
    const char *text = ys_value_get_text(texts, arguments->lang);
    return text ? text : "";
}

/* Files may come from anywhere: no control character reaches the terminal. */
static void put(const char *text)
{
    for (const char *at = text ? text : ""; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        putchar(byte < 0x20 || byte == 0x7F ? ' ' : *at);
    }
}

static void print_sum(const struct ys_arguments *arguments, const struct ys_value *root,
                      const char *name, const char *zh, const char *en)
{
    const struct ys_value *sum = ys_value_get(root, name);
    bool chinese = strcmp(arguments->lang, "zh") == 0;
    long long lacks = (long long)ys_value_get_int(sum, "missing", 0);
    ys_print_padded(stdout, chinese ? zh : en, 14);
    printf("%lld / %lld", (long long)ys_value_get_int(sum, "instant", 0),
           (long long)ys_value_get_int(sum, "branches", 0));
    if (lacks) {
        printf(chinese ? "  还差 %lld 个" : "  %lld missing", lacks);
    }
    printf("\n");
}

static void print_rows(const struct ys_arguments *arguments, const struct ys_value *rows,
                       const char *zh, const char *en)
{
    if (ys_value_count(rows) == 0) {
        return;
    }
    printf("%s %zu\n", strcmp(arguments->lang, "zh") == 0 ? zh : en, ys_value_count(rows));
    for (size_t i = 0; i < ys_value_count(rows); i++) {
        const struct ys_value *row = ys_value_at(rows, i);
        const char *other = ys_value_get_text(row, "other_branch");
        printf("  ");
        put(ys_value_get_text(row, "branch"));
        printf(" ");
        put(ys_value_get_text(row, "name"));
        if (other) {
            printf(" ~ ");
            put(other);
            printf(" ");
            put(ys_value_get_text(row, "other_name"));
        }
        printf(": %s", in_lang(arguments, ys_value_get(row, "reason")));
        const char *action = in_lang(arguments, ys_value_get(row, "action"));
        printf("%s%s\n", *action ? "; " : "", action);
    }
}

static void print_sample(const struct ys_arguments *arguments, const struct ys_value *sample)
{
    bool chinese = strcmp(arguments->lang, "zh") == 0;
    const struct ys_value *chosen = ys_value_get(sample, "chosen");
    long long confirmed = (long long)ys_value_get_int(sample, "confirmed", 0);
    long long refuted = (long long)ys_value_get_int(sample, "refuted", 0);
    printf(chinese ? "抽样 种子 %s，%lld 取 %lld，置信度 %s\n"
                   : "sample seed %s, %lld give %lld, confidence %s\n",
           ys_value_get_text(sample, "seed"),
           (long long)ys_value_get_int(sample, "population", 0),
           (long long)ys_value_get_int(sample, "size", 0), ys_value_get_text(sample, "confidence"));
    if (confirmed + refuted) {
        printf(chinese ? "  证实 %lld，证伪 %lld，至少 %lld 个网点即时制卡\n"
                       : "  %lld confirmed, %lld refuted; at least %lld branches issue at once\n",
               confirmed, refuted, (long long)ys_value_get_int(sample, "lower_bound", 0));
    }
    for (size_t i = 0; !(confirmed + refuted) && i < ys_value_count(chosen); i++) {
        printf("  ");
        put(ys_value_text(ys_value_at(chosen, i)));
        printf("\n");
    }
}

static void print_table(const struct ys_arguments *arguments, const struct ys_value *root)
{
    static const char *const words[][3] = {
        {"met", "达到", "met"}, {"not-met", "未达到", "not met"}, {"undecided", "不能判定", "undecided"}};
    const char *decision = ys_value_get_text(root, "decision");
    bool chinese = strcmp(arguments->lang, "zh") == 0;
    print_sum(arguments, root, "claimed", "银行声明", "claimed");
    print_sum(arguments, root, "reconciled", "核对后", "reconciled");
    print_sum(arguments, root, "worst", "最不利", "at worst");
    print_sum(arguments, root, "best", "最有利", "at best");
    print_rows(arguments, ys_value_get(root, "differences"), "差异", "differences");
    print_rows(arguments, ys_value_get(root, "near_duplicates"), "疑似重复", "near duplicates");
    print_rows(arguments, ys_value_get(root, "excluded"), "不计入", "excluded");
    if (ys_value_get(root, "sample")) {
        print_sample(arguments, ys_value_get(root, "sample"));
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i][0], decision) == 0) {
            const char *reason = in_lang(arguments, ys_value_get(root, "reason"));
            printf("%s%s%s%s%s\n", ys_color(arguments, i == 0   ? YS_SGR_GREEN
                                                       : i == 1 ? YS_SGR_RED
                                                                : YS_SGR_YELLOW),
                   words[i][chinese ? 1 : 2], ys_color(arguments, YS_SGR_OFF),
                   *reason ? ": " : "", reason);
        }
    }
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    static const char *const lists[] = {"roster", "register", "instant", "probes"};
    struct ys_arena *arena = arguments->arena;
    struct ys_value *input = ys_value_map(arena);
    const struct ys_value *coverage = NULL;
    struct ys_err err;
    const char *city = ys_option_text(arguments, "city");
    bool asks = ys_option_given(arguments, "candidate");
    if (!asks && (!ys_option_text(arguments, "roster") || !ys_option_text(arguments, "register"))) {
        return ys_cli_usage(arguments, "name both lists, --roster FILE --register FILE, or the "
                                       "candidate that tells them, -c FILE");
    }
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (load_list(arguments, lists[i], input, &err) != YS_OK) {
            return ys_cli_fail(&err);
        }
    }
    enum ys_exit exit = asks ? ask_candidate(arguments, input) : YS_EXIT_GOOD;
    if (exit != YS_EXIT_GOOD) {
        return exit;
    }
    ys_value_set_text(arena, input, "city", city ? city : "北京市");
    if (add_threshold(arguments, input, &err) != YS_OK ||
        add_sample(arguments, input, &err) != YS_OK ||
        ys_roster_reconcile(arena, input, &coverage, &err) != YS_OK) {
        return ys_cli_usage(arguments, "%s", err.text);
    }
    if (arguments->json) {
        ys_cli_print_json(coverage);
    } else {
        print_table(arguments, coverage);
    }
    const char *decision = ys_value_get_text(coverage, "decision");
    return strcmp(decision, "met") == 0       ? YS_EXIT_GOOD
           : strcmp(decision, "not-met") == 0 ? YS_EXIT_FAIL
                                              : YS_EXIT_UNDECIDED;
}

static const struct ys_option OPTIONS[] = {
    {"candidate", 'c', "FILE", "the candidate file: its bank tells the roster (branch.list), its "
                               "supplies hold the register"},
    {"suites", 's', "PATH", "a regulation folder, or a further suite file (repeatable)"},
    {"roster", 0, "FILE", "the bank's roster (CSV): code, name, and address, city, kind, status, "
                          "instant_issuance, licence"},
    {"register", 0, "FILE", "the licensed branches (CSV): code, name, and address, licence, "
                            "status"},
    {"instant", 0, "FILE", "a list of instant branches beside the roster (CSV): code, name"},
    {"probes", 0, "FILE", "what probes found (CSV): branch, outcome accepted or refused, "
                          "ready_minutes"},
    {"city", 0, "NAME", "the city (default 北京市)"},
    {"threshold", 0, "N/M", "the share as a fraction (default 7/10)"},
    {"seed", 0, "N", "draw a sample of branches to probe, the same for the same seed"},
    {"size", 0, "N", "of so many branches (default: the fewest that can prove the share)"},
    {"confidence", 0, "P", "of what the sample proves (default 0.95)"},
};

const struct ys_command ys_command_coverage = {
    .name = "coverage",
    .summary = "the 70 % question for a roster and a register",
    .operands = "",
    .about =
        "Reconciles the bank's roster with the register of licensed branches and says whether "
        "enough\n"
        "branches issue cards at once: as the bank claims, as reconciled, and with every point "
        "that a\n"
        "person must settle read against and for the bank. --seed draws branches to probe; "
        "--probes\n"
        "with the same seed says what the probes prove. -c asks the bank for its roster, page by "
        "page,\n"
        "and takes the register from the candidate file; --roster and --register stand before "
        "these.\n"
        "A run asks the same and probes (run --clause 5.4.5). Exit status 0 met, 1 not met, 3 "
        "undecided,\n"
        "2 a list cannot be read, 4 the bank does not answer.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_max = 0,
    .run = run,
};

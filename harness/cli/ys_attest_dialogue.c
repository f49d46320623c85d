/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_attest_dialogue.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "ys_report.h"

#define FILES_MAX 64u

struct dialogue {
    const struct ys_arguments *arguments;
    struct ys_attest *attest;
    bool zh;
    const char *who;
    const char *role;
    const char *seen;
    bool keep_position;
};

/* What the person wants instead of answering. */
enum wish { ANSWERED, CONFIRMED, SKIP, BACK, QUIT };

static void on_interrupt(int number)
{
    (void)number; /* the read that waits ends, which is leaving */
}

static const char *in(const struct dialogue *dialogue, const char *zh, const char *en)
{
    return dialogue->zh ? zh : en;
}

static const char *member(const struct ys_value *map, const char *name)
{
    const char *text = ys_value_get_text(map, name);
    return text ? text : "";
}

static const char *text_in(const struct ys_arguments *arguments, const struct ys_value *map,
                           const char *name)
{
    return member(ys_value_get(map, name), strcmp(arguments->lang, "en") == 0 ? "en" : "zh");
}

/* A line without blanks around it; NULL at the end of the input. Arena-owned. */
static const char *ask(struct dialogue *dialogue, const char *prompt)
{
    char line[YS_ANSWER_BYTES_MAX + 2u];
    printf("%s", prompt);
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin)) {
        printf("\n");
        return NULL;
    }
    size_t length = strlen(line);
    while (length && strchr(" \t\r\n", line[length - 1u])) {
        line[--length] = '\0';
    }
    const char *start = line + strspn(line, " \t");
    return ys_arena_strdup(dialogue->arguments->arena, start);
}

/* ---- a question ---- */

static void print_document(const struct ys_arguments *arguments, const struct ys_value *asked)
{
    bool zh = strcmp(arguments->lang, "en") != 0;
    const struct ys_value *document = ys_value_get(asked, "document");
    const struct ys_value *checks = ys_value_get(asked, "checks");
    if (!document) {
        return;
    }
    printf("  %s %s\n", zh ? "文件：" : "document:", text_in(arguments, document, "title"));
    if (ys_value_get(document, "sm3")) {
        printf("    %s  SM3 %s\n", member(document, "path"), member(document, "sm3"));
    }
    for (size_t i = 0; i < ys_value_count(checks); i++) {
        const struct ys_value *check = ys_value_at(checks, i);
        const char *verdict = member(check, "verdict");
        if (strcmp(verdict, "pass") != 0 && strcmp(member(check, "what"), "finding") != 0) {
            printf("    %s: %s\n", verdict,
                   ys_reason_in(arguments->arena, zh ? YS_LANG_ZH : YS_LANG_EN,
                                member(check, "reason")));
        }
    }
}

void ys_attest_print_found(const struct ys_arguments *arguments, const struct ys_value *asked)
{
    bool zh = strcmp(arguments->lang, "en") != 0;
    const struct ys_value *found = ys_value_get(asked, "found");
    for (size_t i = 0; i < ys_value_count(found); i++) {
        const struct ys_value *one = ys_value_at(found, i);
        printf("  %s %s %s: %s, %s\n", zh ? "已有认定：" : "found:", member(one, "id"),
               member(one, "who"), member(one, "verdict"), member(one, "answer"));
    }
}

void ys_attest_print_question(const struct ys_arguments *arguments,
                              const struct ys_attest *attest, const struct ys_value *asked)
{
    bool zh = strcmp(arguments->lang, "en") != 0;
    int64_t people = ys_value_get_int(asked, "people", 1);
    int64_t files = ys_value_get_int(asked, "files", 0);
    printf("%s%s %s%s%s\n", ys_color(arguments, YS_SGR_BOLD), member(asked, "clause"),
           text_in(arguments, asked, "requirement"), ys_color(arguments, YS_SGR_OFF),
           ys_attest_is_open(attest, asked) ? "" : zh ? "（不待回答）" : " (waits for nobody)");
    if (*member(asked, "branch")) {
        printf("  %s %s %s\n", zh ? "网点：" : "branch:", member(asked, "branch"),
               member(asked, "branch_name"));
    }
    print_document(arguments, asked);
    printf("  %s %s\n", zh ? "查明：" : "find out:", text_in(arguments, asked, "ask"));
    printf("  %s %s\n", zh ? "做法：" : "what to do:", text_in(arguments, asked, "todo"));
    if (people > 1) {
        printf(zh ? "  由谁：须 %" PRId64 " 名不同人员分别认定或确认\n"
                  : "  who: %" PRId64 " different persons; a further one may confirm\n",
               people);
    } else {
        printf("  %s\n", zh ? "由谁：一名检查人员" : "who: one inspector");
    }
    if (files) {
        printf(zh ? "  证明：至少 %" PRId64 " 个照片或 PDF 文件\n"
                  : "  to be shown by: at least %" PRId64 " picture(s) or PDF file(s)\n",
               files);
    }
}

/* ---- an answer ---- */

static enum wish ask_verdict(struct dialogue *dialogue, const struct ys_value *other,
                             const char **ret_verdict)
{
    static const char *const verdicts[] = {"pass", "fail", "inconclusive"};
    const char *prompt =
        other ? in(dialogue,
                   "1 符合  2 不符合  3 无法判断  c 确认上述认定  s 跳过  b 上一题  q 结束 > ",
                   "1 holds  2 does not  3 cannot tell  c confirm that  s skip  b back  q quit > ")
              : in(dialogue, "1 符合  2 不符合  3 无法判断  s 跳过  b 上一题  q 结束 > ",
                   "1 holds  2 does not  3 cannot tell  s skip  b back  q quit > ");
    for (;;) {
        const char *line = ask(dialogue, prompt);
        if (!line || strcmp(line, "q") == 0) {
            return QUIT;
        }
        if (strcmp(line, "s") == 0 || strcmp(line, "b") == 0) {
            return line[0] == 's' ? SKIP : BACK;
        }
        if (other && strcmp(line, "c") == 0) {
            *ret_verdict = member(other, "verdict");
            return CONFIRMED;
        }
        if (strlen(line) == 1 && line[0] >= '1' && line[0] <= '3') {
            *ret_verdict = verdicts[line[0] - '1'];
            return ANSWERED;
        }
        printf("%s\n", other ? in(dialogue, "请输入 1、2、3、c、s、b 或 q",
                                  "type 1, 2, 3, c, s, b or q")
                             : in(dialogue, "请输入 1、2、3、s、b 或 q",
                                  "type 1, 2, 3, s, b or q"));
    }
}

/* What the second person saw, in the words of the first where they say nothing of their own. */
static enum wish ask_confirmation(struct dialogue *dialogue, const struct ys_value *other,
                                  struct ys_answer *answer)
{
    const char *line = ask(dialogue, in(dialogue, "所见情况（回车同上，b 返回）> ",
                                        "what was seen (empty: the same, b back) > "));
    if (!line || strcmp(line, "b") == 0) {
        return line ? BACK : QUIT;
    }
    answer->answer = *line ? line : member(other, "answer");
    answer->confirms = member(other, "id");
    return ANSWERED;
}

/* The rest of an answer; BACK is back to the verdict. */
static enum wish ask_details(struct dialogue *dialogue, struct ys_answer *answer)
{
    const char **files =
        ys_arena_calloc(dialogue->arguments->arena, FILES_MAX, sizeof *files);
    answer->answer = ask(dialogue, in(dialogue, "所见情况（b 返回）> ", "what was seen (b back) > "));
    if (!answer->answer) {
        return QUIT;
    }
    if (strcmp(answer->answer, "b") == 0) {
        return BACK;
    }
    answer->files = files;
    answer->file_count = 0;
    while (answer->file_count < FILES_MAX) {
        const char *line = ask(dialogue, in(dialogue, "证明文件路径（回车结束，b 返回）> ",
                                            "path of a file (empty: no more, b back) > "));
        if (!line) {
            return QUIT;
        }
        if (strcmp(line, "b") == 0) {
            return BACK;
        }
        if (!*line) {
            break;
        }
        files[answer->file_count++] = line;
    }
    return ANSWERED;
}

/* Until one answer is taken in, or the person wants something else. */
static enum wish ask_one(struct dialogue *dialogue, const struct ys_value *asked,
                         enum ys_status *ret_status, struct ys_err *reterr)
{
    for (;;) {
        struct ys_answer answer = {
            .clause = member(asked, "clause"),
            .mode = member(asked, "mode"),
            .question = member(asked, "question"),
            .branch = ys_value_get_text(asked, "branch"),
            .who = dialogue->who,
            .role = dialogue->role,
            .seen = dialogue->seen,
        };
        struct ys_err err;
        enum ys_taken taken = YS_TAKEN_NEW;
        const struct ys_value *other =
            ys_attest_confirmable(dialogue->attest, asked, dialogue->who);
        if (other) {
            printf("  %s %s: %s, %s\n", in(dialogue, "已有认定：", "found already:"),
                   member(other, "who"), member(other, "verdict"), member(other, "answer"));
        }
        enum wish wish = ask_verdict(dialogue, other, &answer.verdict);
        if (wish != ANSWERED && wish != CONFIRMED) {
            return wish;
        }
        wish = wish == CONFIRMED ? ask_confirmation(dialogue, other, &answer)
                                 : ask_details(dialogue, &answer);
        if (wish == QUIT) {
            return QUIT;
        }
        if (wish == BACK) {
            continue;
        }
        enum ys_status status =
            ys_attest_take(dialogue->attest, &answer, dialogue->keep_position, &taken, &err);
        if (status == YS_OK) {
            printf("%s\n", taken == YS_TAKEN_ALREADY ? in(dialogue, "已有相同认定", "already there")
                           : taken == YS_TAKEN_INSTEAD
                               ? in(dialogue, "已记录，取代原认定（原认定保留）",
                                    "taken in, instead of what you said before (which is kept)")
                               : in(dialogue, "已记录", "taken in"));
            return ANSWERED;
        }
        if (status != YS_ERR_ARGUMENT) {
            *ret_status = status;
            *reterr = err;
            return QUIT;
        }
        printf("%s\n", err.text);
    }
}

/* ---- a person ---- */

/* What this person is asked: open questions to which they have not said anything that counts. */
static const struct ys_value **list_for(struct dialogue *dialogue, size_t *ret_count)
{
    const struct ys_value *all = ys_attest_asked(dialogue->attest);
    const struct ys_value **list = ys_arena_calloc(dialogue->arguments->arena,
                                                   ys_value_count(all) + 1u, sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < ys_value_count(all); i++) {
        const struct ys_value *asked = ys_value_at(all, i);
        if (ys_attest_is_open(dialogue->attest, asked) &&
            !ys_attest_said(dialogue->attest, asked, dialogue->who)) {
            list[count++] = asked;
        }
    }
    *ret_count = count;
    return list;
}

/* Whether the person goes on to the end of the list. */
static bool ask_all(struct dialogue *dialogue, enum ys_status *ret_status, struct ys_err *reterr)
{
    size_t count = 0;
    const struct ys_value **list = list_for(dialogue, &count);
    for (size_t i = 0; i < count;) {
        printf("\n[%zu/%zu] ", i + 1u, count);
        ys_attest_print_question(dialogue->arguments, dialogue->attest, list[i]);
        const struct ys_value *said =
            ys_attest_said(dialogue->attest, list[i], dialogue->who);
        if (said) {
            printf("  %s %s: %s\n", in(dialogue, "你此前的认定：", "you said:"),
                   member(said, "verdict"), member(said, "answer"));
        }
        switch (ask_one(dialogue, list[i], ret_status, reterr)) {
        case ANSWERED:
        case CONFIRMED:
        case SKIP:
            i++;
            break;
        case BACK:
            i -= i > 0;
            break;
        case QUIT:
            return false;
        }
    }
    if (count == 0) {
        printf("%s\n", in(dialogue, "没有待此人回答的问题", "nothing waits for this person"));
    }
    return true;
}

static bool waits_for_further(const struct dialogue *dialogue)
{
    const struct ys_value *all = ys_attest_asked(dialogue->attest);
    bool waits = false;
    for (size_t i = 0; i < ys_value_count(all) && !waits; i++) {
        const struct ys_value *asked = ys_value_at(all, i);
        waits = ys_value_get_int(asked, "people", 1) > 1 &&
                ys_attest_is_open(dialogue->attest, asked) &&
                ys_attest_said(dialogue->attest, asked, dialogue->who) != NULL;
    }
    return waits;
}

enum ys_status ys_attest_dialogue(const struct ys_arguments *arguments, struct ys_attest *attest,
                                  struct ys_err *reterr)
{
    const char *role = ys_option_text(arguments, "role");
    struct dialogue dialogue = {
        .arguments = arguments,
        .attest = attest,
        .zh = strcmp(arguments->lang, "en") != 0,
        .who = ys_option_text(arguments, "who"),
        .role = role ? role : "inspector",
        .seen = ys_option_text(arguments, "seen"),
        .keep_position = ys_option_given(arguments, "keep-position"),
    };
    enum ys_status status = YS_OK;
    struct sigaction action = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &action, NULL); /* without SA_RESTART */
    if (!dialogue.who) {
        dialogue.who = ask(&dialogue, in(&dialogue, "检查人员姓名 > ", "name of the inspector > "));
    }
    while (dialogue.who && *dialogue.who && ask_all(&dialogue, &status, reterr) &&
           waits_for_further(&dialogue)) {
        dialogue.who = ask(&dialogue, in(&dialogue, "\n有问题须另一人员认定。其姓名（回车结束）> ",
                                         "\nsome questions need another person. The name (empty: "
                                         "later) > "));
    }
    return status;
}

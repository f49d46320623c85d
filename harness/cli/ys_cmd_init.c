/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou init: a first candidate file from a few answers and the bank's OpenAPI document. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ys_cli.h"
#include "ys_clock.h"
#include "ys_draft.h"
#include "ys_file.h"
#include "ys_yaml.h"

/* What is asked, in this order, unless the option of the same name answers. */
enum question { ID, NAME, URL, CA, AUTH, TOKEN, CLIENT, SECRET, APPLIED, APPROVED, QUESTION_COUNT };

static const struct {
    const char *option;
    const char *zh;
    const char *en;
    const char *otherwise; /* NULL: an answer is needed; "": none is fine */
} QUESTIONS[QUESTION_COUNT] = {
    [ID] = {"id", "候选银行的简称（用于文件名）", "short name of the bank, for file names", NULL},
    [NAME] = {"name", "银行名称", "name of the bank", ""},
    [URL] = {"url", "测试环境地址（https://…）", "URL of the test environment (https://…)", NULL},
    [CA] = {"ca", "该地址的根证书文件（PEM，没有则留空）",
            "file of its root certificate (PEM, empty: the system's)", ""},
    [AUTH] = {"auth", "认证方式：none、oauth2、bearer 或 basic",
              "authentication: none, oauth2, bearer or basic", "none"},
    [TOKEN] = {"token", "取令牌的路径", "path of the token endpoint", "/oauth/token"},
    [CLIENT] = {"client", "客户端标识或用户名", "client id or user name", NULL},
    [SECRET] = {"secret-env", "存放密钥的环境变量名", "environment variable that holds the secret",
                "BANK_SECRET"},
    [APPLIED] = {"applied", "书面申请日期（YYYY-MM-DD，可留空）",
                 "day of the written application (YYYY-MM-DD, or empty)", ""},
    [APPROVED] = {"approved", "收到答复日期（YYYY-MM-DD，可留空）",
                  "day of the bureau's answer (YYYY-MM-DD, or empty)", ""},
};

/* One line of standard input; NULL at its end. */
static const char *read_line(struct ys_arena *arena)
{
    char line[1024];
    if (!fgets(line, sizeof line, stdin)) {
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return ys_arena_strdup(arena, line);
}

static bool is_good(enum question question, const char *answer)
{
    int64_t day = 0;
    static const char *const kinds[] = {"none", "oauth2", "bearer", "basic"};
    switch ((int)question) {
    case ID:
        return *answer && strspn(answer, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(answer);
    case URL:
        return strncmp(answer, "https://", 8) == 0 || strncmp(answer, "http://", 7) == 0;
    case AUTH:
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
            if (strcmp(kinds[i], answer) == 0) {
                return true;
            }
        }
        return false;
    case APPLIED:
    case APPROVED:
        return !*answer || ys_day_parse(answer, &day, NULL) == YS_OK;
    default:
        return true;
    }
}

/* From the option, or from standard input, or the default. NULL: there is none. */
static const char *ask(const struct ys_arguments *arguments, enum question question,
                       const char *otherwise)
{
    const char *given = ys_option_text(arguments, QUESTIONS[question].option);
    bool zh = strcmp(arguments->lang, "zh") == 0;
    while (!given) {
        if (!arguments->quiet) {
            fprintf(stderr, "%s%s%s%s: ", zh ? QUESTIONS[question].zh : QUESTIONS[question].en,
                    otherwise && *otherwise ? " [" : "", otherwise ? otherwise : "",
                    otherwise && *otherwise ? "]" : "");
        }
        const char *line = read_line(arguments->arena);
        if (!isatty(STDIN_FILENO) && !arguments->quiet) {
            fprintf(stderr, "%s\n", line ? line : "");
        }
        if (!line || (!*line && otherwise)) {
            return otherwise;
        }
        if (is_good(question, line)) {
            return line;
        }
        if (zh) {
            fprintf(stderr, "“%s”不合要求\n", line);
        } else {
            fprintf(stderr, "'%s' does not do\n", line);
        }
    }
    return given;
}

static enum ys_exit take_answers(const struct ys_arguments *arguments, struct ys_draft *draft)
{
    const char *answers[QUESTION_COUNT] = {NULL};
    const struct ys_openapi *openapi = draft->openapi;
    for (int i = 0; i < QUESTION_COUNT; i++) {
        enum question question = (enum question)i;
        const char *otherwise = QUESTIONS[i].otherwise;
        if (openapi && question == URL) {
            otherwise = openapi->server;
        } else if (openapi && question == AUTH) {
            otherwise = openapi->auth;
        } else if (openapi && question == TOKEN && openapi->token_url) {
            otherwise = openapi->token_url;
        }
        const char *auth = answers[AUTH] ? answers[AUTH] : "";
        bool needed =
            !(question == TOKEN && strcmp(auth, "oauth2") != 0) &&
            !(question == CLIENT && strcmp(auth, "oauth2") != 0 && strcmp(auth, "basic") != 0) &&
            !(question == SECRET && strcmp(auth, "none") == 0) &&
            !(question == APPROVED && (!answers[APPLIED] || !*answers[APPLIED]));
        if (!needed) {
            continue;
        }
        answers[i] = ask(arguments, question, otherwise);
        if (!answers[i]) {
            return ys_cli_usage(arguments, "--%s is needed: %s", QUESTIONS[i].option,
                                QUESTIONS[i].en);
        }
        if (!is_good(question, answers[i])) {
            return ys_cli_usage(arguments, "--%s: '%s' does not do (%s)", QUESTIONS[i].option,
                                answers[i], QUESTIONS[i].en);
        }
        answers[i] = *answers[i] ? answers[i] : NULL;
    }
    draft->id = answers[ID];
    draft->name = answers[NAME];
    draft->url = answers[URL];
    draft->ca = answers[CA];
    draft->auth = answers[AUTH];
    draft->token_path = answers[TOKEN];
    draft->client_id = answers[CLIENT];
    draft->secret_env = answers[SECRET];
    draft->applied = answers[APPLIED];
    draft->approved = answers[APPROVED];
    draft->scope = openapi ? openapi->scope : NULL;
    return YS_EXIT_GOOD;
}

static void tell(const struct ys_arguments *arguments, const char *path, size_t operations,
                 const struct ys_value *left)
{
    bool zh = strcmp(arguments->lang, "zh") == 0;
    size_t bound = operations - ys_value_count(left);
    if (arguments->json) {
        struct ys_value *out = ys_value_map(arguments->arena);
        ys_value_set_text(arguments->arena, out, "file", path);
        ys_value_set_int(arguments->arena, out, "bound", (int64_t)bound);
        ys_value_set(arguments->arena, out, "left", left);
        ys_cli_print_json(out);
        return;
    }
    if (zh) {
        printf("已写入 %s：%zu 个操作中绑定了 %zu 个\n", path, operations, bound);
    } else {
        printf("wrote %s: of %zu operations %zu are bound\n", path, operations, bound);
    }
    for (size_t i = 0; bound && i < ys_value_count(left); i++) {
        const struct ys_value *row = ys_value_at(left, i);
        printf("  TODO ");
        ys_print_padded(stdout, ys_value_get_text(row, "operation"), 30);
        printf(" %s\n", ys_value_get_text(row, "reason"));
    }
    printf("%s: yanshou check -c %s; yanshou doctor -c %s\n", zh ? "下一步" : "next", path, path);
}

/* "x": never over a file that is there, or that came meanwhile. */
static enum ys_status write_new(const char *path, const struct ys_buf *text, struct ys_err *reterr)
{
    FILE *file = fopen(path, "wx");
    if (!file) {
        return ys_err_set(reterr, YS_ERR_IO, "%s cannot be made: %s", path, strerror(errno));
    }
    size_t written = fwrite(text->bytes, 1, text->length, file);
    if (fclose(file) != 0 || written != text->length) {
        return ys_err_set(reterr, YS_ERR_IO, "%s cannot be written: %s", path, strerror(errno));
    }
    return YS_OK;
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_inputs inputs;
    struct ys_draft draft = {0};
    const struct ys_document *document = NULL;
    const struct ys_value *left = NULL;
    const char *path = arguments->positionals[0];
    const char *openapi = ys_option_text(arguments, "openapi");
    if (ys_file_exists(path) || ys_folder_exists(path)) {
        return ys_cli_usage(arguments, "%s is there already; nothing is overwritten", path);
    }
    if (ys_cli_load(arguments, &inputs, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    if (openapi &&
        (ys_yaml_load(arguments->arena, openapi, &document, &err) != YS_OK ||
         ys_openapi_read(arguments->arena, document->root, &draft.openapi, &err) != YS_OK)) {
        if (!err.source[0]) {
            struct ys_err plain = err;
            ys_err_prefix(&err, &plain, "%s", openapi);
        }
        return ys_cli_fail(&err);
    }
    enum ys_exit exit = take_answers(arguments, &draft);
    if (exit != YS_EXIT_GOOD) {
        return exit;
    }
    struct ys_buf text;
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    enum ys_status status = ys_draft_write(arguments->arena, inputs.pack, &draft, &text, &left);
    if (status != YS_OK) {
        ys_err_set(&err, status, "the file cannot be made: %s", ys_status_text(status));
    } else {
        status = write_new(path, &text, &err);
    }
    ys_buf_clear(&text);
    if (status != YS_OK) {
        return ys_cli_fail(&err);
    }
    tell(arguments, path, inputs.pack->catalogue->operation_count, left);
    return YS_EXIT_GOOD;
}

static const struct ys_option OPTIONS[] = {
    {"openapi", 0, "FILE", "the bank's OpenAPI 3 document, YAML or JSON: binds what fits by name"},
    {"suites", 's', "PATH", "a regulation folder"},
    {"id", 0, "NAME", "short name of the bank, for file names"},
    {"name", 0, "TEXT", "name of the bank"},
    {"url", 0, "URL", "base URL of the test environment"},
    {"ca", 0, "FILE", "its root certificate, PEM"},
    {"auth", 0, "none|oauth2|bearer|basic", "how the harness authenticates"},
    {"token", 0, "PATH", "path of the token endpoint, for oauth2"},
    {"client", 0, "ID", "client id, or user name"},
    {"secret-env", 0, "NAME", "environment variable that holds the secret"},
    {"applied", 0, "DATE", "the day of the written application"},
    {"approved", 0, "DATE", "the day of the bureau's answer"},
};

const struct ys_command ys_command_init = {
    .name = "init",
    .summary = "begin a candidate file, by questions or from an OpenAPI document",
    .operands = "FILE",
    .about =
        "Asks what no option answers, at the terminal or a line each from standard input, and\n"
        "writes FILE, which must not exist. With --openapi it binds each operation of the\n"
        "catalogue whose name, inputs and outputs have their places in exactly one call; what\n"
        "does not fit stands in comments, marked TODO with what is missing. The file passes\n"
        "'yanshou check'; that a binding means what its name says is yours to see, with\n"
        "'yanshou try'.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_min = 1,
    .operands_max = 1,
    .run = run,
};

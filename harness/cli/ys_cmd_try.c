/* SPDX-License-Identifier: Apache-2.0 */
/* yanshou try: one bound operation by hand, with how each output was found. */
#include <string.h>

#include "ys_cli.h"
#include "ys_json.h"
#include "ys_suggest.h"
#include "ys_try.h"

#define NAMES_MAX 256u
#define VALUE_COLUMNS 60u

/* The text after "name=" as a value of the input's type. */
static enum ys_status read_value(struct ys_arena *arena, const struct ys_field *field,
                                 const char *text, const struct ys_value **ret_value,
                                 struct ys_err *reterr)
{
    struct ys_decimal number;
    bool computed = strstr(text, "${") != NULL;
    switch (field->type->kind) {
    case YS_TYPE_INTEGER:
    case YS_TYPE_MONEY:
        if (!computed && ys_decimal_parse(text, strlen(text), &number, NULL) != YS_OK) {
            return ys_err_set(reterr, YS_ERR_ARGUMENT, "%s is a number, not '%s'", field->name,
                              text);
        }
        *ret_value = computed ? ys_value_string(arena, text) : ys_value_number(arena, number);
        return YS_OK;
    case YS_TYPE_BOOLEAN:
        if (!computed && strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
            return ys_err_set(reterr, YS_ERR_ARGUMENT, "%s is true or false, not '%s'", field->name,
                              text);
        }
        *ret_value = computed ? ys_value_string(arena, text) : ys_value_bool(arena, *text == 't');
        return YS_OK;
    case YS_TYPE_OBJECT:
    case YS_TYPE_LIST:
    case YS_TYPE_ROWS:
    case YS_TYPE_ANY:
        if (*text == '{' || *text == '[') {
            return ys_json_parse(arena, text, strlen(text), ret_value, reterr);
        }
        break;
    case YS_TYPE_ENUM:
    case YS_TYPE_STRING:
    case YS_TYPE_DATE:
    case YS_TYPE_MONTH:
    case YS_TYPE_DATETIME:
    case YS_TYPE_SECRET:
        break;
    }
    *ret_value = ys_value_string(arena, text);
    return YS_OK;
}

static const char *input_names(struct ys_arena *arena, const struct ys_operation *operation)
{
    const char *text = "";
    for (size_t i = 0; i < operation->input_count; i++) {
        text = ys_arena_printf(arena, "%s%s%s%s", text, i ? ", " : "", operation->inputs[i].name,
                               operation->inputs[i].required ? " (required)" : "");
    }
    return *text ? text : "none";
}

/* The operands behind the operation: key=value. */
static enum ys_exit read_inputs(const struct ys_arguments *arguments,
                                const struct ys_operation *operation,
                                const struct ys_value **ret_inputs)
{
    struct ys_arena *arena = arguments->arena;
    struct ys_value *inputs = ys_value_map(arena);
    for (size_t i = 1; i < arguments->positional_count; i++) {
        const char *word = arguments->positionals[i];
        size_t length = strcspn(word, "=");
        const char *name = ys_arena_strndup(arena, word, length);
        const struct ys_field *field =
            ys_fields_find(operation->inputs, operation->input_count, name);
        const struct ys_value *value = NULL;
        struct ys_err err;
        if (!word[length]) {
            return ys_cli_usage(arguments, "'%s' is not KEY=VALUE", word);
        }
        if (!field) {
            return ys_cli_usage(arguments, "%s has no input '%s'; it has %s", operation->id, name,
                                input_names(arena, operation));
        }
        if (read_value(arena, field, word + length + 1, &value, &err) != YS_OK) {
            return ys_cli_usage(arguments, "%s", err.text);
        }
        ys_value_set(arena, inputs, name, value);
    }
    for (size_t i = 0; i < operation->input_count; i++) {
        const struct ys_field *field = &operation->inputs[i];
        if (field->required && !ys_value_get(inputs, field->name)) {
            return ys_cli_usage(arguments, "%s needs %s=…; its inputs are %s", operation->id,
                                field->name, input_names(arena, operation));
        }
    }
    *ret_inputs = inputs;
    return YS_EXIT_GOOD;
}

/* A body with two blanks before each line; JSON is indented. */
static void print_body(const struct ys_arguments *arguments, const char *text)
{
    const struct ys_value *json = NULL;
    struct ys_buf buf;
    ys_buf_init(&buf, YS_FILE_BYTES_MAX);
    if (text && ys_json_parse(arguments->arena, text, strlen(text), &json, NULL) == YS_OK &&
        ys_json_write_pretty(json, &buf) == YS_OK) {
        text = buf.bytes;
    }
    for (const char *at = text; at && *at;) {
        int length = (int)strcspn(at, "\n");
        printf("  %.*s\n", length, at);
        at += length + (at[length] == '\n');
    }
    ys_buf_clear(&buf);
}

static void print_headers(const struct ys_value *headers)
{
    for (size_t i = 0; i < ys_value_count(headers); i++) {
        const struct ys_member *member = &headers->as.map.members[i];
        printf("  %s: %s\n", member->name, ys_value_text(member->value));
    }
}

static void print_exchange(const struct ys_arguments *arguments, const struct ys_value *told)
{
    const struct ys_value *request = ys_value_get(told, "request");
    const struct ys_value *reply = ys_value_get(told, "reply");
    const char *bold = ys_color(arguments, YS_SGR_BOLD);
    const char *off = ys_color(arguments, YS_SGR_OFF);
    if (request) {
        printf("%s%s %s%s\n", bold, ys_value_get_text(request, "method"),
               ys_value_get_text(request, "url"), off);
        print_headers(ys_value_get(request, "headers"));
        print_body(arguments, ys_value_get_text(request, "body"));
    }
    if (reply) {
        const char *tls = ys_value_get_text(reply, "tls");
        printf("\n%s%d%s%s%s, %lld ms\n", bold, (int)ys_value_get_int(reply, "status", 0), off,
               tls ? ", " : "", tls ? tls : "", (long long)ys_value_get_int(reply, "time_ms", 0));
        print_headers(ys_value_get(reply, "headers"));
        print_body(arguments, ys_value_get_text(reply, "body"));
    }
}

static void print_fields(const struct ys_arguments *arguments, const struct ys_value *fields)
{
    size_t name_columns = 0;
    size_t at_columns = 0;
    for (size_t i = 0; i < ys_value_count(fields); i++) {
        const struct ys_value *row = ys_value_at(fields, i);
        size_t name = ys_text_columns(ys_value_get_text(row, "name"));
        size_t at = ys_text_columns(ys_value_get_text(row, "at"));
        name_columns = name > name_columns ? name : name_columns;
        at_columns = at > at_columns ? at : at_columns;
    }
    printf("%s", ys_value_count(fields) ? "\n" : "");
    for (size_t i = 0; i < ys_value_count(fields); i++) {
        const struct ys_value *row = ys_value_at(fields, i);
        const struct ys_value *raw = ys_value_get(row, "raw");
        const struct ys_value *value = ys_value_get(row, "value");
        ys_print_padded(stdout, ys_value_get_text(row, "name"), name_columns + 2);
        ys_print_padded(stdout, ys_value_get_text(row, "at"), at_columns + 2);
        if (!raw) {
            printf("%snothing there%s\n", ys_color(arguments, YS_SGR_YELLOW),
                   ys_color(arguments, YS_SGR_OFF));
            continue;
        }
        printf("%s", ys_value_show(arguments->arena, raw, VALUE_COLUMNS));
        if (value) {
            printf("  → %s%s%s", ys_color(arguments, YS_SGR_GREEN),
                   ys_value_show(arguments->arena, value, VALUE_COLUMNS),
                   ys_color(arguments, YS_SGR_OFF));
        }
        printf("\n");
    }
}

/* 0: an outcome and its outputs; 1: the bank must act; 2: the candidate file; 4: nothing came. */
static enum ys_exit exit_of(const struct ys_value *trouble)
{
    const char *cause = trouble ? ys_value_get_text(trouble, "cause") : NULL;
    if (!trouble) {
        return YS_EXIT_GOOD;
    }
    if (strcmp(cause, ys_cause_name(YS_CAUSE_CANDIDATE)) == 0) {
        return YS_EXIT_FAIL;
    }
    return strcmp(cause, ys_cause_name(YS_CAUSE_CONFIGURATION)) == 0 ? YS_EXIT_USAGE
                                                                     : YS_EXIT_HARNESS;
}

static enum ys_exit run(const struct ys_arguments *arguments)
{
    struct ys_err err;
    struct ys_inputs inputs;
    const struct ys_value *given = NULL;
    const struct ys_value *told = NULL;
    const char *id = arguments->positionals[0];
    if (!ys_option_given(arguments, "candidate")) {
        return ys_cli_usage(arguments, "-c CANDIDATE is missing");
    }
    if (ys_cli_load(arguments, &inputs, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    const struct ys_catalogue *catalogue = inputs.pack->catalogue;
    const struct ys_operation *operation = ys_catalogue_operation(catalogue, id);
    if (!operation) {
        const char *names[NAMES_MAX];
        size_t count = 0;
        for (; count < catalogue->operation_count && count < NAMES_MAX; count++) {
            names[count] = catalogue->operations[count].id;
        }
        const char *near = ys_suggest(id, names, count);
        return ys_cli_usage(arguments, "there is no operation '%s'%s%s%s", id,
                            near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    enum ys_exit exit = read_inputs(arguments, operation, &given);
    if (exit != YS_EXIT_GOOD) {
        return exit;
    }
    if (!operation->harmless && !arguments->quiet) {
        fprintf(stderr, "%s: %s; this has an effect on the bank\n", operation->id,
                ys_text_in(&operation->title, arguments->lang));
    }
    if (ys_try(arguments->arena, inputs.pack, inputs.candidate, ys_clock_real(), operation->id,
               given, &told, &err) != YS_OK) {
        return ys_cli_fail(&err);
    }
    const struct ys_value *trouble = ys_value_get(told, "trouble");
    if (arguments->json) {
        ys_cli_print_json(told);
        return exit_of(trouble);
    }
    print_exchange(arguments, told);
    print_fields(arguments, ys_value_get(told, "fields"));
    if (trouble) {
        fflush(stdout);
        fprintf(stderr, "%s: %s\n", ys_value_get_text(trouble, "cause"),
                ys_value_get_text(trouble, "text"));
    }
    return exit_of(trouble);
}

static const struct ys_option OPTIONS[] = {
    {"candidate", 'c', "FILE", "the candidate file (required)"},
    {"suites", 's', "PATH", "a regulation folder, or a further suite file (repeatable)"},
};

const struct ys_command ys_command_try = {
    .name = "try",
    .summary = "call one bound operation by hand; see how each output was found",
    .operands = "OPERATION [KEY=VALUE…]",
    .about =
        "Sends the operation with these inputs through the candidate's binding and shows the\n"
        "request, the reply, and for each output its path, what stood there and the value made\n"
        "of it. VALUE is a text, a number, true or false, JSON for lists and objects; ${…} in it\n"
        "sees the supplies of the candidate file and the clock. Of pages only the first is asked.\n"
        "Credentials, and what the catalogue calls secret or personal, are shown as marks; the\n"
        "rest of a reply as it came. Judges and records nothing. Exit status: 0 all outputs were\n"
        "found, 1 the bank's reply is wrong, 2 the binding is, 4 no reply.\n"
        "\n"
        "  yanshou try clock.get -c bank.yaml\n"
        "  yanshou try card.status card='${testcard.number}' -c bank.yaml",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
    .operands_min = 1,
    .operands_max = YS_POSITIONALS_MAX,
    .run = run,
};

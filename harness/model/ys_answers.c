/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_answers.h"

#include <string.h>

#include "ys_file.h"
#include "ys_media.h"
#include "ys_model_private.h"

static const char *const VERDICTS[] = {"pass", "fail", "inconclusive", NULL};

struct raw_answer {
    struct ys_answer answer;
    int verdict;
};

#define AT(member) offsetof(struct ys_confirmation, member)
static const struct ys_slot_spec CONFIRMATION_SLOTS[] = {
    {.key = "who", .slot = YS_SLOT_TEXT, .required = true, .offset = AT(who),
     .doc = "the name of the second person, who is another than the first"},
    {.key = "role", .slot = YS_SLOT_ID, .offset = AT(role), .doc = "as whom (default inspector)"},
    {.key = "seen", .slot = YS_SLOT_ID, .offset = AT(seen),
     .doc = "the day of their look, YYYY-MM-DD (default that of the first)"},
    {.key = "answer", .slot = YS_SLOT_TEXT, .offset = AT(answer),
     .doc = "what they saw, in words (default the words of the first)"},
};
#undef AT

static const struct ys_shape CONFIRMATION = {
    .name = "confirmation", .doc = "a second person who found the same",
    .size = sizeof(struct ys_confirmation), .slots = CONFIRMATION_SLOTS,
    .count = sizeof CONFIRMATION_SLOTS / sizeof CONFIRMATION_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE, .at_offset = offsetof(struct ys_confirmation, at)};

static void finish_answer(struct ys_loader *loader, const struct ys_value *value, void *object)
{
    struct raw_answer *raw = object;
    struct ys_answer *answer = &raw->answer;
    const char **files = ys_arena_calloc(loader->arena, answer->file_count + 1u, sizeof *files);
    for (size_t i = 0; i < answer->file_count; i++) {
        files[i] = ys_path_beside(loader->arena, loader->document->name, answer->files[i]);
    }
    answer->files = files;
    answer->verdict = VERDICTS[raw->verdict];
    if (answer->mode && strcmp(answer->mode, "D") != 0 && strcmp(answer->mode, "S") != 0) {
        ys_diag_add(loader->diags, loader->document, value, "unknown mode '%s'", answer->mode)
            ->expected = "D (a document) or S (on site)";
    }
}

#define AT(member) offsetof(struct raw_answer, answer.member)
static const struct ys_slot_spec ANSWER_SLOTS[] = {
    {.key = "clause", .slot = YS_SLOT_ID, .required = true, .offset = AT(clause),
     .doc = "the clause that it is about"},
    {.key = "mode", .slot = YS_SLOT_ID, .offset = AT(mode),
     .doc = "D about a document, S on site; needed where a question has the same name in both"},
    {.key = "question", .slot = YS_SLOT_ID, .offset = AT(question),
     .doc = "which question of the clause; needed where it has several"},
    {.key = "branch", .slot = YS_SLOT_ID, .offset = AT(branch),
     .doc = "at which branch, where the question is asked by branch"},
    {.key = "verdict", .slot = YS_SLOT_CHOICE, .required = true,
     .offset = offsetof(struct raw_answer, verdict), .choices = VERDICTS,
     .doc = "pass, fail or inconclusive"},
    {.key = "answer", .slot = YS_SLOT_TEXT, .required = true, .offset = AT(answer),
     .doc = "what was seen, in words"},
    {.key = "who", .slot = YS_SLOT_TEXT, .offset = AT(who), .doc = "the name of who saw it"},
    {.key = "role", .slot = YS_SLOT_ID, .offset = AT(role), .doc = "as whom (default inspector)"},
    {.key = "seen", .slot = YS_SLOT_ID, .offset = AT(seen),
     .doc = "the day of the look, YYYY-MM-DD (default today)"},
    {.key = "files", .slot = YS_SLOT_IDS, .offset = AT(files), .count_offset = AT(file_count),
     .doc = "pictures (JPEG, PNG) and PDF files that show it, beside this file"},
    {.key = "confirms", .slot = YS_SLOT_ID, .offset = AT(confirms),
     .doc = "id of the finding of another person that this one confirms, whose files it shares"},
    {.key = "confirmed_by", .slot = YS_SLOT_OBJECT, .offset = AT(confirmed_by),
     .shape = &CONFIRMATION, .doc = "a second person who found the same"},
};
#undef AT

static const struct ys_shape ANSWER = {
    .name = "attestation", .doc = "what one person found", .size = sizeof(struct raw_answer),
    .slots = ANSWER_SLOTS, .count = sizeof ANSWER_SLOTS / sizeof ANSWER_SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE, .at_offset = offsetof(struct raw_answer, answer.at),
    .finish = finish_answer};

struct raw_answers {
    const char *who;
    const char *role;
    const char *seen;
    const struct raw_answer *items;
    size_t count;
};

#define AT(member) offsetof(struct raw_answers, member)
static const struct ys_slot_spec SLOTS[] = {
    {.key = "who", .slot = YS_SLOT_TEXT, .offset = AT(who), .doc = "of every entry without one"},
    {.key = "role", .slot = YS_SLOT_ID, .offset = AT(role), .doc = "of every entry without one"},
    {.key = "seen", .slot = YS_SLOT_ID, .offset = AT(seen), .doc = "of every entry without one"},
    {.key = "attestations", .slot = YS_SLOT_LIST, .required = true, .offset = AT(items),
     .count_offset = AT(count), .shape = &ANSWER, .doc = "what was found"},
};
#undef AT

const struct ys_shape ys_shape_answers = {
    .name = "attestations",
    .doc = "Findings of persons, for yanshou attest --from",
    .size = sizeof(struct raw_answers),
    .slots = SLOTS,
    .count = sizeof SLOTS / sizeof SLOTS[0],
    .name_offset = YS_SLOT_NOWHERE,
    .at_offset = YS_SLOT_NOWHERE,
};

struct ys_answer ys_answer_confirming(const struct ys_answer *answer, const char *id)
{
    const struct ys_confirmation *second = &answer->confirmed_by;
    struct ys_answer confirming = *answer;
    confirming.who = second->who;
    confirming.role = second->role ? second->role : "inspector";
    confirming.seen = second->seen ? second->seen : answer->seen;
    confirming.answer = second->answer ? second->answer : answer->answer;
    confirming.files = NULL;
    confirming.file_count = 0;
    confirming.confirms = id;
    confirming.confirmed_by = (struct ys_confirmation){.who = NULL};
    confirming.at = second->at;
    return confirming;
}

/* Somebody says who found it, and nobody confirms what they found themselves. */
static void check_persons(struct ys_answers *answers, struct ys_arena *arena,
                          struct ys_diags *diags, const struct ys_answer *answer)
{
    const struct ys_confirmation *second = &answer->confirmed_by;
    if (!answer->who) {
        ys_diag_add(diags, answers->document, answer->at, "nobody says who found it")->expected =
            "who: here, or once above the list";
    } else if (second->who && strcmp(ys_media_name(arena, answer->who),
                                     ys_media_name(arena, second->who)) == 0) {
        ys_diag_add(diags, answers->document, second->at,
                    "'%s' found it, and cannot confirm it as '%s'", answer->who, second->who)
            ->expected = "another person";
    }
}

enum ys_status ys_answers_load(struct ys_arena *arena, const char *path, struct ys_diags *diags,
                               const struct ys_answers **ret_answers)
{
    struct ys_err err;
    struct ys_loader loader = {.arena = arena, .diags = diags};
    struct raw_answers raw = {0};
    struct ys_answers *answers = ys_arena_alloc(arena, sizeof *answers);
    size_t before = diags->errors;
    if (ys_yaml_load(arena, path, &answers->document, &err) != YS_OK) {
        ys_diag_add_err(diags, NULL, &err);
        return YS_ERR_INVALID;
    }
    loader.document = answers->document;
    ys_shape_load(&loader, &ys_shape_answers, answers->document->root, &raw);
    struct ys_answer *items = ys_arena_calloc(arena, raw.count + 1u, sizeof *items);
    for (size_t i = 0; i < raw.count; i++) {
        items[i] = raw.items[i].answer;
        items[i].who = items[i].who ? items[i].who : raw.who;
        items[i].role = items[i].role ? items[i].role : raw.role ? raw.role : "inspector";
        items[i].seen = items[i].seen ? items[i].seen : raw.seen;
        check_persons(answers, arena, diags, &items[i]);
    }
    answers->items = items;
    answers->count = raw.count;
    *ret_answers = answers;
    return diags->errors == before ? YS_OK : YS_ERR_INVALID;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the candidate file declared and on what the run stood, for manifest.json: the bank's answers
 * to what can be asked of it, and which clauses each answer that is missing leaves open.
 */
#include "ys_persons.h"

#include <string.h>
#include <sys/utsname.h>

#include "ys_file.h"

/* PRETTY_NAME of os-release(5), with the quotes taken off; "" where it says none. */
static const char *distribution(struct ys_arena *arena)
{
    static const char member[] = "PRETTY_NAME=";
    struct ys_buf text;
    ys_buf_init(&text, YS_FILE_BYTES_MAX);
    const char *name = "";
    if (ys_file_read("/etc/os-release", &text, NULL) == YS_OK) {
        const char *at = text.bytes;
        while (at && strncmp(at, member, sizeof member - 1u) != 0) {
            at = strchr(at, '\n');
            at = at ? at + 1 : NULL;
        }
        at = at ? at + sizeof member - 1u : "";
        at += *at == '"';
        name = ys_arena_strndup(arena, at, strcspn(at, "\"\n"));
    }
    ys_buf_clear(&text);
    return name;
}

const char *ys_system_version(struct ys_arena *arena)
{
    struct utsname os;
    if (uname(&os) != 0) {
        return distribution(arena);
    }
    const char *name = distribution(arena);
    return ys_arena_printf(arena, "%s%s%s %s %s", name, *name ? ", " : "", os.sysname, os.release,
                           os.machine);
}

const char *ys_tool_digest(void)
{
    static char digest[YS_SM3_HEX_MAX];
    if (!digest[0] && ys_file_sm3("/proc/self/exe", digest, NULL) != YS_OK) {
        digest[0] = '\0';
    }
    return digest[0] ? digest : NULL;
}

static bool has_text(const struct ys_value *list, const char *text)
{
    for (size_t i = 0; i < ys_value_count(list); i++) {
        if (strcmp(ys_value_text(ys_value_at(list, i)), text) == 0) {
            return true;
        }
    }
    return false;
}

static void add_clauses(struct ys_arena *arena, struct ys_value *list,
                        const struct ys_case *subject)
{
    for (size_t i = 0; i < subject->clause_count; i++) {
        if (!has_text(list, subject->clauses[i])) {
            ys_value_append(arena, list, ys_value_string(arena, subject->clauses[i]));
        }
    }
}

/* Whether a case needs an answer that the candidate file does not give. */
typedef bool lacks_fn(struct ys_engine *engine, struct ys_arena *arena,
                      const struct ys_case *subject, const char *name);

static bool calls(struct ys_engine *engine, struct ys_arena *arena, const struct ys_case *subject,
                  const char *operation)
{
    const char **ids = NULL;
    size_t count = 0;
    if (ys_case_operations(arena, engine->pack, subject, &ids, &count) != YS_OK) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(ids[i], operation) == 0) {
            return true;
        }
    }
    return false;
}

static bool needs_role(struct ys_engine *engine, struct ys_arena *arena,
                       const struct ys_case *subject, const char *role)
{
    (void)engine;
    (void)arena;
    for (size_t i = 0; i < subject->need_count; i++) {
        const char *need = subject->needs[i];
        if (strcmp(strncmp(need, "reader.", 7) == 0 ? need + 7 : need, role) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_destructive(struct ys_engine *engine, struct ys_arena *arena,
                           const struct ys_case *subject, const char *name)
{
    (void)engine;
    (void)arena;
    (void)name;
    return subject->destructive;
}

/* {what, name, clauses[]}: an answer that is missing, and the clauses of the cases that want it. */
static void add_missing(struct ys_engine *engine, struct ys_arena *arena, struct ys_value *list,
                        const char *what, const char *name, lacks_fn *lacks)
{
    struct ys_value *clauses = ys_value_list(arena);
    for (size_t s = 0; s < engine->pack->suite_count; s++) {
        for (size_t c = 0; c < engine->pack->suites[s]->case_count; c++) {
            const struct ys_case *subject = &engine->pack->suites[s]->cases[c];
            if (lacks(engine, arena, subject, name)) {
                add_clauses(arena, clauses, subject);
            }
        }
    }
    if (ys_value_count(clauses)) {
        struct ys_value *one = ys_value_map(arena);
        ys_value_set_text(arena, one, "what", what);
        ys_value_set_text(arena, one, "name", name);
        ys_value_set(arena, one, "clauses", clauses);
        ys_value_append(arena, list, one);
    }
}

/* Roles of readers that some case needs and the candidate file does not have. */
static void add_missing_roles(struct ys_engine *engine, struct ys_arena *arena,
                              struct ys_value *list)
{
    struct ys_value *roles = ys_value_list(arena);
    for (size_t s = 0; s < engine->pack->suite_count; s++) {
        for (size_t c = 0; c < engine->pack->suites[s]->case_count; c++) {
            const struct ys_case *subject = &engine->pack->suites[s]->cases[c];
            for (size_t i = 0; i < subject->need_count; i++) {
                const char *need = subject->needs[i];
                const char *role = strncmp(need, "reader.", 7) == 0 ? need + 7 : need;
                if (!ys_candidate_reader(engine->candidate, role) && !has_text(roles, role)) {
                    ys_value_append(arena, roles, ys_value_string(arena, role));
                    add_missing(engine, arena, list, "reader", role, needs_role);
                }
            }
        }
    }
}

static const struct ys_value *names_of(struct ys_arena *arena, const struct ys_value *map)
{
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; map && i < map->as.map.count; i++) {
        ys_value_append(arena, list, ys_value_string(arena, map->as.map.members[i].name));
    }
    return list;
}

/* Clauses that apply only where a candidate lists them: which it lists, and which it does not. */
static void set_listed(struct ys_engine *engine, struct ys_arena *arena, struct ys_value *root,
                       struct ys_value *missing)
{
    struct ys_value *listed = ys_value_list(arena);
    for (size_t i = 0; i < engine->pack->regulation->clause_count; i++) {
        const struct ys_clause *clause = &engine->pack->regulation->clauses[i];
        if (clause->where_listed && ys_clause_applies(engine, clause)) {
            ys_value_append(arena, listed, ys_value_string(arena, clause->id));
        } else if (clause->where_listed) {
            struct ys_value *one = ys_value_map(arena);
            struct ys_value *clauses = ys_value_list(arena);
            ys_value_append(arena, clauses, ys_value_string(arena, clause->id));
            ys_value_set_text(arena, one, "what", "listed");
            ys_value_set_text(arena, one, "name", clause->id);
            ys_value_set(arena, one, "clauses", clauses);
            ys_value_append(arena, missing, one);
        }
    }
    ys_value_set(arena, root, "listed", listed);
}

const struct ys_value *ys_declared_value(struct ys_engine *engine, struct ys_arena *arena)
{
    const struct ys_candidate *candidate = engine->candidate;
    const struct ys_catalogue *catalogue = engine->pack->catalogue;
    struct ys_value *root = ys_value_map(arena);
    struct ys_value *missing = ys_value_list(arena);
    int64_t bound = 0;
    for (size_t i = 0; i < catalogue->operation_count; i++) {
        const char *id = catalogue->operations[i].id;
        if (ys_candidate_binding(candidate, id)) {
            bound++;
        } else {
            add_missing(engine, arena, missing, "operation", id, calls);
        }
    }
    add_missing_roles(engine, arena, missing);
    if (!candidate->consents_destructive) {
        add_missing(engine, arena, missing, "consent", "destructive", is_destructive);
    }
    ys_value_set_int(arena, root, "operations", (int64_t)catalogue->operation_count);
    ys_value_set_int(arena, root, "bound", bound);
    ys_value_set_int(arena, root, "documents", (int64_t)candidate->document_count);
    ys_value_set(arena, root, "supplies", names_of(arena, candidate->supplies));
    ys_value_set_bool(arena, root, "destructive", candidate->consents_destructive);
    if (engine->pack->stated) {
        ys_value_set(arena, root, "card", engine->pack->stated);
    }
    set_listed(engine, arena, root, missing);
    ys_value_set(arena, root, "missing", missing);
    ys_value_set(arena, root, "translated", ys_translated_value(candidate, arena));
    return root;
}

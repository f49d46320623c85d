/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts of the card that a candidate states where card.yaml is unsure. What it states is laid over
 * the city's document value by value, so that nothing can be left out or added: an application, a
 * key, a file and an item are named, and must be there.
 */
#include <string.h>

#include "ys_crypto.h"
#include "ys_model_private.h"
#include "ys_suggest.h"

#define PLACES_MAX 16u /* deeper than any document that its shape lets pass */
#define NAMES_MAX 128u

struct place {
    const char *key;   /* the key under which it stands; NULL: one of a list */
    const char *label; /* how it is called: its key or its name */
    const struct ys_value *unsure; /* what is unsure of it, or NULL */
};

struct stating {
    struct ys_loader loader;
    struct ys_value *facts;
    struct place places[PLACES_MAX];
    size_t depth;
};

static const struct ys_value *state(struct stating *s, struct place place,
                                    const struct ys_value *city, const struct ys_value *theirs);

/* The application in which it stands ("" above them), and what it is there: "keys read number". */
static const char *application_of(const struct stating *s)
{
    return s->depth > 2 && strcmp(s->places[1].label, "applications") == 0 ? s->places[2].label
                                                                             : "";
}

static const char *what_of(const struct stating *s)
{
    const char *what = "";
    for (size_t i = application_of(s)[0] ? 3u : 1u; i < s->depth; i++) {
        const char *label = s->places[i].label;
        if (strcmp(label, "files") != 0 && strcmp(label, "items") != 0) {
            what = ys_arena_printf(s->loader.arena, "%s%s%s", what, *what ? " " : "", label);
        }
    }
    return what;
}

static bool is_unsure(const struct stating *s)
{
    for (size_t i = 1; i < s->depth; i++) {
        for (size_t above = 0; s->places[i].key && above < i; above++) {
            const struct ys_value *unsure = s->places[above].unsure;
            for (size_t k = 0; k < ys_value_count(unsure); k++) {
                const char *name = ys_value_written(ys_value_at(unsure, k));
                if (name && strcmp(name, s->places[i].key) == 0) {
                    return true;
                }
            }
        }
    }
    return false;
}

static const struct ys_value *state_fact(struct stating *s, const struct ys_value *city,
                                         const struct ys_value *theirs)
{
    struct ys_arena *arena = s->loader.arena;
    const char *was = ys_value_written(city);
    const char *is = ys_value_written(theirs);
    const char *application = application_of(s);
    if (!was || !is || strcmp(was, is) == 0) {
        return city;
    }
    if (!is_unsure(s)) {
        ys_diag_add(s->loader.diags, s->loader.document, theirs,
                    "%s%s%s is not for a candidate to state: card.yaml is sure of it", application,
                    *application ? " " : "", what_of(s))
            ->expected = ys_arena_printf(arena, "%s, or leave it out; what card.yaml calls unsure "
                                                "may be stated",
                                         ys_value_show(arena, city, 60));
        return city;
    }
    struct ys_value *fact = ys_value_map(arena);
    ys_value_set_text(arena, fact, "application", application);
    ys_value_set_text(arena, fact, "what", what_of(s));
    ys_value_set_text(arena, fact, "city", was);
    ys_value_set_text(arena, fact, "stated", is);
    ys_value_append(arena, s->facts, fact);
    return theirs;
}

static const struct ys_value *state_members(struct stating *s, const struct ys_value *city,
                                            const struct ys_value *theirs)
{
    struct ys_value *merged = ys_value_map(s->loader.arena);
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < city->as.map.count; i++) {
        const struct ys_member *member = &city->as.map.members[i];
        const struct ys_value *value = ys_value_get(theirs, member->name);
        if (count < NAMES_MAX) {
            names[count++] = member->name;
        }
        if (value && strcmp(member->name, "name") != 0) {
            value = state(s, (struct place){member->name, member->name, NULL}, member->value,
                          value);
        } else {
            value = member->value;
        }
        ys_value_add(s->loader.arena, merged, member->name, value, member->line, member->column);
    }
    for (size_t i = 0; i < theirs->as.map.count; i++) {
        const struct ys_member *member = &theirs->as.map.members[i];
        if (!ys_value_get(city, member->name)) {
            ys_shape_unknown(&s->loader, member, "fact of the city's card.yaml", names, count);
        }
    }
    return merged;
}

static const struct ys_value *named(const struct ys_value *list, const char *name)
{
    for (size_t i = 0; name && i < ys_value_count(list); i++) {
        const char *known = ys_value_get_text(ys_value_at(list, i), "name");
        if (known && strcmp(known, name) == 0) {
            return ys_value_at(list, i);
        }
    }
    return NULL;
}

/* Complains of what is named and not there, or named again. */
static void check_names(struct stating *s, const struct ys_value *city,
                        const struct ys_value *theirs)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < ys_value_count(city) && count < NAMES_MAX; i++) {
        const char *name = ys_value_get_text(ys_value_at(city, i), "name");
        if (name) {
            names[count++] = name;
        }
    }
    for (size_t i = 0; i < ys_value_count(theirs); i++) {
        const struct ys_value *one = ys_value_at(theirs, i);
        const char *name = ys_value_get_text(one, "name");
        if (!name) {
            continue; /* told by its shape */
        }
        if (!named(city, name)) {
            struct ys_diag *diag =
                ys_diag_add(s->loader.diags, s->loader.document, ys_value_get(one, "name"),
                            "the city's card.yaml has no '%s' under %s", name,
                            s->places[s->depth - 1].label);
            diag->suggestion = ys_suggest(name, names, count);
            diag->expected = "a name that stands there";
        } else if (named(theirs, name) != one) {
            ys_diag_add(s->loader.diags, s->loader.document, ys_value_get(one, "name"),
                        "'%s' stands twice", name);
        }
    }
}

static const struct ys_value *state_list(struct stating *s, const struct ys_value *city,
                                         const struct ys_value *theirs)
{
    struct ys_value *merged = ys_value_list(s->loader.arena);
    check_names(s, city, theirs);
    for (size_t i = 0; i < ys_value_count(city); i++) {
        const struct ys_value *one = ys_value_at(city, i);
        const char *name = ys_value_get_text(one, "name");
        const struct ys_value *stated = named(theirs, name);
        ys_value_append(s->loader.arena, merged,
                        stated ? state(s, (struct place){NULL, name, NULL}, one, stated) : one);
    }
    return merged;
}

/* The city's value with what they state of it. */
static const struct ys_value *state(struct stating *s, struct place place,
                                    const struct ys_value *city, const struct ys_value *theirs)
{
    bool whole = city->kind == YS_KIND_MAP || city->kind == YS_KIND_LIST;
    const struct ys_value *merged = city;
    if (s->depth == PLACES_MAX || (whole && city->kind != theirs->kind)) {
        return city;
    }
    place.unsure = ys_value_get(city, "unsure");
    s->places[s->depth++] = place;
    if (!whole) {
        merged = state_fact(s, city, theirs);
    } else if (city->kind == YS_KIND_MAP) {
        merged = state_members(s, city, theirs);
    } else {
        merged = state_list(s, city, theirs);
    }
    s->depth--;
    return merged;
}

static const struct ys_value *stated_value(struct ys_arena *arena,
                                           const struct ys_document *document,
                                           const struct ys_value *facts)
{
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_text(arena, map, "file", document->name);
    ys_value_set_text(arena, map, "sm3", document->digest);
    ys_value_set(arena, map, "says",
                 ys_value_string_n(arena, document->text, document->length));
    ys_value_set(arena, map, "facts", facts);
    return map;
}

enum ys_status ys_pack_state(struct ys_arena *arena, const struct ys_pack *pack,
                             const struct ys_document *document, struct ys_diags *diags,
                             const struct ys_pack **ret_pack)
{
    struct stating s = {.loader = {arena, diags, document, NULL}, .facts = ys_value_list(arena)};
    size_t before = diags->errors;
    const struct ys_document *card = pack->catalogue->card;
    if (!card) {
        ys_diag_add(diags, document, document->root,
                    "the regulation has no card.yaml of which facts could be stated");
        return YS_ERR_INVALID;
    }
    ys_stated_check(&s.loader, document->root);
    if (diags->errors != before) {
        return YS_ERR_INVALID;
    }
    struct ys_pack *stated = ys_arena_alloc(arena, sizeof *stated);
    struct ys_catalogue *catalogue = ys_arena_alloc(arena, sizeof *catalogue);
    *stated = *pack;
    *catalogue = *pack->catalogue;
    ys_card_read(&s.loader, state(&s, (struct place){NULL, "", NULL}, card->root, document->root),
                 catalogue);
    const struct ys_document **documents =
        ys_arena_calloc(arena, pack->document_count + 1u, sizeof(struct ys_document *));
    memcpy(documents, pack->documents, pack->document_count * sizeof *documents);
    documents[pack->document_count] = document;
    stated->catalogue = catalogue;
    stated->documents = documents;
    stated->document_count = pack->document_count + 1u;
    stated->stated =
        ys_value_count(s.facts) ? stated_value(arena, document, s.facts) : NULL;
    if (diags->errors != before) {
        return YS_ERR_INVALID;
    }
    *ret_pack = stated;
    return YS_OK;
}

/* ---- who uses it ---- */

/* Whether an application is selected, or its part of the dictionary named, somewhere in a tree. */
static bool names_application(struct ys_arena *arena, const struct ys_value *tree,
                              const char *application)
{
    const char *text = ys_value_text(tree);
    bool found = false;
    if (text) {
        return strcmp(text, application) == 0 ||
               strstr(text, ys_arena_printf(arena, "dictionary.%s.", application)) != NULL;
    }
    if (tree->kind != YS_KIND_MAP && tree->kind != YS_KIND_LIST) {
        return false;
    }
    for (size_t i = 0; i < ys_value_count(tree) && !found; i++) {
        found = names_application(arena,
                                  tree->kind == YS_KIND_MAP ? tree->as.map.members[i].value
                                                            : ys_value_at(tree, i),
                                  application);
    }
    return found;
}

bool ys_case_uses_stated(const struct ys_pack *pack, const struct ys_case *subject)
{
    const struct ys_value *facts = ys_value_get(pack->stated, "facts");
    struct ys_case_parts parts = {.cards = false};
    struct ys_arena arena;
    bool used = false;
    ys_arena_init(&arena);
    if (facts) {
        ys_case_parts(&arena, pack, subject, &parts);
    }
    for (size_t i = 0; parts.cards && i < ys_value_count(facts) && !used; i++) {
        const char *application = ys_value_get_text(ys_value_at(facts, i), "application");
        used = !*application || names_application(&arena, subject->at, application);
        for (size_t k = 0; k < parts.fragment_count && !used; k++) {
            used = names_application(&arena, parts.fragments[k]->at, application);
        }
    }
    ys_arena_clear(&arena);
    return used;
}

/* ---- what suites may name ---- */

static const struct ys_value *record_value(struct ys_arena *arena, const struct ys_card_file *file,
                                           unsigned record, const char *header, size_t length)
{
    struct ys_value *map = ys_value_map(arena);
    ys_value_set_text(arena, map, "file", file->name);
    ys_value_set_text(arena, map, "address",
                      ys_arena_printf(arena, "%02X%02X", record, (unsigned)file->sfi << 3 | 4u));
    ys_value_set_text(arena, map, "header", header);
    ys_value_set_int(arena, map, "length", (int64_t)length);
    return map;
}

static void add_records(struct ys_arena *arena, const struct ys_card_file *file,
                        struct ys_value *list)
{
    if (file->length) {
        ys_value_append(arena, list, record_value(arena, file, 1, "", file->length));
    }
    for (size_t i = 0; i < file->item_count; i++) {
        const struct ys_card_item *item = &file->items[i];
        ys_value_append(arena, list,
                        record_value(arena, file, item->record,
                                     ys_arena_printf(arena, "%02X%02X", (unsigned)item->tag,
                                                     (unsigned)item->length),
                                     item->length));
    }
}

static const struct ys_value *application_value(struct ys_arena *arena,
                                                const struct ys_card_application *application,
                                                const struct ys_value *keys)
{
    struct ys_value *map = ys_value_map(arena);
    struct ys_value *files = ys_value_map(arena);
    struct ys_value *records = ys_value_list(arena);
    char aid[2 * 16 + 1];
    ys_hex_encode(application->aid, application->aid_length, aid);
    for (size_t i = 0; i < application->file_count; i++) {
        struct ys_value *own = ys_value_list(arena);
        add_records(arena, &application->files[i], own);
        add_records(arena, &application->files[i], records);
        if (application->files[i].name) {
            ys_value_set(arena, files, application->files[i].name, own);
        }
    }
    ys_value_set_text(arena, map, "aid", aid);
    ys_value_set(arena, map, "keys", keys ? keys : ys_value_map(arena));
    ys_value_set(arena, map, "records", records);
    ys_value_set(arena, map, "files", files);
    return map;
}

const struct ys_value *ys_card_dictionary(struct ys_arena *arena, const struct ys_value *root,
                                          const struct ys_catalogue *catalogue)
{
    static const char *const shared[] = {"factors", "usages_2", "f1_at", "card_number", "reload"};
    struct ys_value *map = ys_value_map(arena);
    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++) {
        const struct ys_value *value = ys_value_get(root, shared[i]);
        if (value) {
            ys_value_set(arena, map, shared[i], value);
        }
    }
    for (size_t i = 0; i < catalogue->application_count; i++) {
        const struct ys_card_application *application = &catalogue->applications[i];
        const struct ys_value *one =
            application->name ? named(ys_value_get(root, "applications"), application->name) : NULL;
        if (one) {
            ys_value_set(arena, map, application->name,
                         application_value(arena, application, ys_value_get(one, "keys")));
        }
    }
    return map;
}

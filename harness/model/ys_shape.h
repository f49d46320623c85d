/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shapes: const tables that say which keys a map has, what stands under each, and where it goes
 * in a struct. One table loads (with every complaint in one pass) and makes the JSON Schema.
 */
#ifndef YS_SHAPE_H
#define YS_SHAPE_H

#include "ys_diag.h"
#include "ys_text.h"

enum ys_slot {
    YS_SLOT_ID,       /* const char *: a scalar as it is written ("5.1") */
    YS_SLOT_TEXT,     /* const char *: a string */
    YS_SLOT_TEXTS,    /* struct ys_text: {zh, en} or one string for both */
    YS_SLOT_BOOL,     /* bool */
    YS_SLOT_INT,      /* int64_t, not negative */
    YS_SLOT_DURATION, /* int64_t milliseconds */
    YS_SLOT_CHOICE,   /* int: index in choices */
    YS_SLOT_IDS,      /* const char *const * and size_t: a list of scalars as written */
    YS_SLOT_VALUE,    /* const struct ys_value *: anything */
    YS_SLOT_MAP,      /* const struct ys_value *: a map */
    YS_SLOT_OBJECT,   /* embedded struct of a shape */
    YS_SLOT_LIST,     /* const struct T * and size_t: a list of a shape */
    YS_SLOT_ENTRIES,  /* the same from a map; the name goes to the shape's `name` place */
    YS_SLOT_CUSTOM    /* a function of the document's own */
};

struct ys_loader {
    struct ys_arena *arena;
    struct ys_diags *diags;
    const struct ys_document *document;
    void *context; /* of the document's custom functions */
};

/* Loads `value` into the struct; complains to the loader's diags. */
typedef void ys_custom_fn(struct ys_loader *loader, const struct ys_value *value, void *object);

#define YS_SLOT_NOWHERE SIZE_MAX

struct ys_shape;

struct ys_slot_spec {
    const char *key;
    enum ys_slot slot;
    bool required;
    size_t offset;       /* in the struct; YS_SLOT_NOWHERE: only checked */
    size_t count_offset; /* of IDS, LIST, ENTRIES */
    /* Of OBJECT, LIST and ENTRIES. For schema and manual also of a MAP, which may then lack what
     * the shape requires, and of CUSTOM with choices: one of these, with the shape under it. */
    const struct ys_shape *shape;
    const char *const *choices; /* NULL-terminated */
    ys_custom_fn *custom;
    const char *definition; /* of VALUE and CUSTOM: name of its schema in $defs, or NULL: anything;
                             * of MAP: that of its values */
    bool filled;            /* of IDS: a schema wants one at least; lint says it in its own words */
    const char *doc;
};

struct ys_shape {
    const char *name; /* in messages and as a schema's $defs */
    const char *doc;
    size_t size; /* of the struct */
    const struct ys_slot_spec *slots;
    size_t count;
    size_t name_offset; /* const char *: of ENTRIES; YS_SLOT_NOWHERE: none */
    size_t at_offset;   /* const struct ys_value *: the map; YS_SLOT_NOWHERE: none */
    ys_custom_fn *finish; /* called with the loaded struct; may be NULL */
};

/* Fills *object (cleared memory). Problems go to the diags; what could be read is there. */
void ys_shape_load(struct ys_loader *loader, const struct ys_shape *shape,
                   const struct ys_value *value, void *object);
/* "unknown key 'x'" with the names that are known and the nearest of them. */
void ys_shape_unknown(struct ys_loader *loader, const struct ys_member *member, const char *what,
                      const char *const *names, size_t count);
/* Complains when a value is of another kind; false then. */
bool ys_shape_kind(struct ys_loader *loader, const struct ys_value *value, enum ys_kind kind,
                   const char *what);
/* A list of scalars as written. */
const char *const *ys_shape_ids(struct ys_loader *loader, const struct ys_value *value,
                                size_t *ret_count);

#endif

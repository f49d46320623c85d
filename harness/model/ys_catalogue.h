/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operation catalogue (operations.yaml): each abstract operation with its inputs, outputs and
 * meaning, the types they use, what a candidate must supply, and the card's data dictionary
 * (card.yaml). Suites speak in these names; a candidate file binds them.
 */
#ifndef YS_CATALOGUE_H
#define YS_CATALOGUE_H

#include <stdbool.h>

#include "ys_diag.h"
#include "ys_text.h"

enum ys_type_kind {
    YS_TYPE_STRING,
    YS_TYPE_INTEGER,
    YS_TYPE_MONEY,    /* yuan, a decimal */
    YS_TYPE_BOOLEAN,
    YS_TYPE_DATE,     /* "YYYY-MM-DD" */
    YS_TYPE_MONTH,    /* "YYYY-MM" */
    YS_TYPE_DATETIME, /* ISO 8601 with offset */
    YS_TYPE_ENUM,
    YS_TYPE_OBJECT,
    YS_TYPE_LIST,
    YS_TYPE_SECRET,   /* a string that no record shows */
    YS_TYPE_ROWS,     /* a CSV file: a list of objects of strings */
    YS_TYPE_ANY
};

struct ys_field;

struct ys_type {
    enum ys_type_kind kind;
    const char *name;              /* of a named type, else NULL */
    const char *personal;          /* "id-number", "name" …: redacted; NULL otherwise */
    const char *const *values;     /* of an enumeration */
    size_t value_count;
    const struct ys_field *fields; /* of an object */
    size_t field_count;
    const struct ys_type *item;    /* of a list */
};

struct ys_field {
    const char *name;
    const struct ys_type *type;
    bool required;
    struct ys_text text;
    const struct ys_value *at;
};

struct ys_operation {
    const char *id; /* "atm.withdraw" */
    struct ys_text title;
    struct ys_text meaning;
    bool idempotent; /* has the same effect however often it is sent */
    bool creates;    /* counts towards the budget of objects */
    bool harmless;   /* a read without any effect: counted nowhere, noted nowhere */
    const char *const *locks; /* what a case that calls it holds: no other with one runs beside */
    size_t lock_count;
    const struct ys_field *inputs;
    size_t input_count;
    /* Every operation has the output "outcome"; the others come with an accepted outcome. */
    const struct ys_field *outputs;
    size_t output_count;
    const struct ys_value *at;
};

/* The social security application and its files, for card steps (card.yaml). */
struct ys_card_item {
    const char *name;     /* "id_number" */
    uint32_t tag;         /* 08 */
    uint8_t record;       /* record number from 1 */
    size_t length;        /* declared length in bytes */
    const char *encoding; /* "ascii", "gbk", "bcd", "binary" */
    const char *personal; /* kind for redaction or NULL */
    struct ys_text text;
};

struct ys_card_file {
    const char *name; /* "EF06" */
    uint8_t sfi;      /* short file identifier; 0: by FID */
    uint16_t fid;
    bool transparent;
    size_t length; /* bytes of each record of a cyclic file, whose records have no tags; or 0 */
    const struct ys_card_item *items;
    size_t item_count;
};

struct ys_card_application {
    const char *name; /* "ssse" */
    struct ys_text text;
    const uint8_t *aid; /* DF name or AID */
    size_t aid_length;
    const struct ys_card_file *files;
    size_t file_count;
    const struct ys_value *authentication; /* recipe: algorithm, keys, factors; see card.yaml */
    uint8_t pin_reference;                 /* P2 of VERIFY */
};

struct ys_catalogue {
    const struct ys_document *document;
    const struct ys_operation *operations;
    size_t operation_count;
    const struct ys_field *supplies; /* what a candidate supplies: testcard, register … */
    size_t supply_count;
    const char *const *exclusive; /* supplies that are one thing, which no two cases use at once */
    size_t exclusive_count;
    const struct ys_operation *release; /* tells the `build` that the bank runs; or NULL */
    const struct ys_document *card; /* card.yaml, or NULL */
    const struct ys_card_application *applications;
    size_t application_count;
    /* What suites and recipes may name of card.yaml: {factors, usages_2, f1_at, card_number,
     * reload, and by application: aid, keys, records, files}; see docs/suite-language.md. NULL
     * without card.yaml. */
    const struct ys_value *dictionary;
};

const struct ys_operation *ys_catalogue_operation(const struct ys_catalogue *catalogue,
                                                  const char *id);
const struct ys_field *ys_fields_find(const struct ys_field *fields, size_t count,
                                      const char *name);
const struct ys_card_application *ys_catalogue_application(const struct ys_catalogue *catalogue,
                                                           const char *name);
const struct ys_card_file *ys_card_file_find(const struct ys_card_application *application,
                                             const char *name);

#endif

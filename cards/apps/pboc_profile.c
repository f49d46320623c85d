/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part `financial` of a profile: names and limits, data objects by tag, the layout of the
 * records. What the card number, the dates and the keys decide is computed here, so that a
 * profile cannot contradict itself.
 */
#include "apps/pboc.h"
#include "loader/yaml.h"

#include <stdlib.h>
#include <string.h>

struct reader {
    struct vc_yaml yaml;
    struct vc_pboc *pboc;
};

static const char *text_of(const struct reader *reader, const yaml_node_t *map, const char *name)
{
    const char *text = vc_yaml_scalar(vc_yaml_find(&reader->yaml, map, name));
    if (!text || !*text) {
        vc_yaml_fail(&reader->yaml, map, "\"%s\" is needed, a text", name);
        return NULL;
    }
    return text;
}

static bool bytes_of(const struct reader *reader, const yaml_node_t *map, const char *name,
                     uint8_t *ret_bytes, size_t cap, size_t *ret_n)
{
    const char *text = text_of(reader, map, name);
    return text && ((vc_hex_parse(text, ret_bytes, cap, ret_n) && *ret_n > 0) ||
                    vc_yaml_fail(&reader->yaml, vc_yaml_find(&reader->yaml, map, name),
                                 "\"%s\" must be up to %zu bytes in hexadecimal", name, cap));
}

static bool parse_tag(const char *text, uint16_t *ret_tag)
{
    uint8_t bytes[2];
    size_t n = 0;
    if (!text || !vc_hex_parse(text, bytes, sizeof bytes, &n) || n == 0) {
        return false;
    }
    *ret_tag = (uint16_t)(n == 1 ? bytes[0] : bytes[0] << 8 | bytes[1]);
    return true;
}

/* {"9F07": FF00, …} */
static bool read_objects(const struct reader *reader, const yaml_node_t *map, bool by_get_data)
{
    if (!map || map->type != YAML_MAPPING_NODE) {
        return vc_yaml_fail(&reader->yaml, map,
                            "objects are a mapping of tags to bytes in hexadecimal");
    }
    for (yaml_node_pair_t *pair = map->data.mapping.pairs.start; pair < map->data.mapping.pairs.top;
         pair++) {
        const yaml_node_t *key = yaml_document_get_node(reader->yaml.document, pair->key);
        const char *value =
            vc_yaml_scalar(yaml_document_get_node(reader->yaml.document, pair->value));
        uint8_t bytes[VC_MAX_RECORD];
        uint16_t tag = 0;
        size_t n = 0;
        if (!parse_tag(vc_yaml_scalar(key), &tag) || !value ||
            !vc_hex_parse(value, bytes, sizeof bytes, &n) ||
            !vc_pboc_set(reader->pboc, tag, VC_PBOC_ANY, bytes, n)) {
            return vc_yaml_fail(&reader->yaml, key,
                                "a tag and its bytes in hexadecimal are expected");
        }
        vc_pboc_find(reader->pboc, tag, VC_PBOC_ANY)->by_get_data = by_get_data;
    }
    return true;
}

/* {sfi: "02", signed: yes, for: rsa, tags: 5A 5F24}: records of a file are numbered in order. */
static bool read_record(const struct reader *reader, const yaml_node_t *node)
{
    static const char *const names[] = {"sfi", "signed", "for", "tags", NULL};
    struct vc_pboc *pboc = reader->pboc;
    struct vc_pboc_record *record = &pboc->records[pboc->records_n];
    size_t n = 0;
    if (!vc_yaml_check_map(&reader->yaml, node, names) ||
        !bytes_of(reader, node, "sfi", &record->sfi, 1, &n)) {
        return false;
    }
    const char *tags = text_of(reader, node, "tags");
    const char *family = vc_yaml_scalar(vc_yaml_find(&reader->yaml, node, "for"));
    const char *is_signed = vc_yaml_scalar(vc_yaml_find(&reader->yaml, node, "signed"));
    record->is_signed = is_signed && strcmp(is_signed, "yes") == 0;
    record->family = !family ? VC_PBOC_ANY : strcmp(family, "rsa") == 0 ? VC_PBOC_RSA : VC_PBOC_SM;
    if (!tags || record->sfi == 0 || record->sfi > 30 ||
        (family && record->family == VC_PBOC_SM && strcmp(family, "sm2") != 0)) {
        return vc_yaml_fail(&reader->yaml, node,
                            "a record has sfi, tags, and perhaps signed: yes, for: rsa|sm2");
    }
    char one[8];
    for (int used = 0; sscanf(tags, " %7s%n", one, &used) == 1; tags += used) {
        if (record->tags_n == VC_PBOC_MAX_TAGS ||
            !parse_tag(one, &record->tags[record->tags_n++])) {
            return vc_yaml_fail(&reader->yaml, node, "\"%s\" is no tag, or one too many", one);
        }
    }
    record->number = 1;
    for (size_t i = 0; i < pboc->records_n; i++) {
        record->number = (uint8_t)(record->number + (pboc->records[i].sfi == record->sfi));
    }
    pboc->records_n++;
    return true;
}

static bool read_records(const struct reader *reader, const yaml_node_t *list)
{
    if (!list || list->type != YAML_SEQUENCE_NODE ||
        list->data.sequence.items.top - list->data.sequence.items.start > VC_PBOC_MAX_RECORDS) {
        return vc_yaml_fail(&reader->yaml, list, "\"records\" is a list of up to %d",
                            VC_PBOC_MAX_RECORDS);
    }
    for (yaml_node_item_t *item = list->data.sequence.items.start;
         item < list->data.sequence.items.top; item++) {
        if (!read_record(reader, yaml_document_get_node(reader->yaml.document, *item))) {
            return false;
        }
    }
    return true;
}

/* {digits: "654321", tries: "03"} as a PIN block of format 2. */
static bool read_pin(const struct reader *reader, const yaml_node_t *node)
{
    static const char *const names[] = {"digits", "tries", NULL};
    struct vc_pboc *pboc = reader->pboc;
    size_t n = 0;
    if (!node || !vc_yaml_check_map(&reader->yaml, node, names) ||
        !bytes_of(reader, node, "tries", &pboc->tries_limit, 1, &n)) {
        return node ? false : vc_yaml_fail(&reader->yaml, node, "\"pin\" is needed");
    }
    const char *digits = text_of(reader, node, "digits");
    size_t length = digits ? strlen(digits) : 0;
    memset(pboc->state.pin, 0xFF, sizeof pboc->state.pin);
    if (length < 4 || length > 12 || pboc->tries_limit == 0 || pboc->tries_limit > VC_MAX_TRIES ||
        !vc_bcd_parse(digits, pboc->state.pin + 1, sizeof pboc->state.pin - 1, &n)) {
        return vc_yaml_fail(&reader->yaml, node, "a PIN has 4 to 12 digits and 1 to 15 tries");
    }
    pboc->state.pin[0] = (uint8_t)(0x20 | length);
    pboc->state.tries = pboc->tries_limit;
    return true;
}

/* ---- what follows from the card number and the dates ---- */

static bool set_text(struct vc_pboc *pboc, uint16_t tag, const char *text)
{
    return vc_pboc_set(pboc, tag, VC_PBOC_ANY, (const uint8_t *)text, strlen(text));
}

/* Track 2: the number, D, expiry YYMM, the service code, discretionary digits. */
static bool set_numbers(const struct reader *reader, const char *pan, const char *expires)
{
    struct vc_pboc *pboc = reader->pboc;
    const bool *on = pboc->defects->on;
    uint8_t bytes[20];
    size_t n = 0;
    char number[24];
    char track[48];
    snprintf(number, sizeof number, "%s", pan);
    if (on[VC_DEFECT_PAN_CHECK_DIGIT]) {
        number[strlen(number) - 1] = number[strlen(number) - 1] == '0' ? '1' : '0';
    }
    if (!vc_bcd_parse(number, bytes, 10, &n) || !vc_pboc_set(pboc, 0x5A, VC_PBOC_ANY, bytes, n) ||
        !vc_bcd_parse(expires, bytes, 3, &n) || n != 3 ||
        !vc_pboc_set(pboc, 0x5F24, VC_PBOC_ANY, bytes, n)) {
        return false;
    }
    n = (size_t)snprintf(track, sizeof track, "%s%c%.4s22000000000", number, 'D',
                         on[VC_DEFECT_TRACK2_DIFFERS] ? "2001" : expires);
    if (n % 2) {
        track[n++] = 'F';
        track[n] = '\0';
    }
    return vc_hex_parse(track, bytes, sizeof bytes, &n) &&
           vc_pboc_set(pboc, 0x57, VC_PBOC_ANY, bytes, n);
}

static bool read_person(const struct reader *reader, const yaml_node_t *root)
{
    const bool *on = reader->pboc->defects->on;
    const char *pan = text_of(reader, root, "pan");
    const char *expires = text_of(reader, root, "expires");
    const char *name = text_of(reader, root, "name");
    const char *id_number = text_of(reader, root, "id_number");
    if (!pan || !expires || !name || !id_number) {
        return false;
    }
    /* The check digit is right: only the bank's record tells. */
    pan = on[VC_DEFECT_PAN_DIFFERS] ? "6200001100000000213" : pan;
    expires = on[VC_DEFECT_FINANCIAL_EXPIRED] ? "200131" : expires;
    id_number = on[VC_DEFECT_FINANCIAL_HOLDER_DIFFERS] ? "110101190001010030" : id_number;
    return (strlen(pan) >= 16 && strlen(pan) <= 19 && set_numbers(reader, pan, expires) &&
            set_text(reader->pboc, 0x5F20, name) && set_text(reader->pboc, 0x9F61, id_number)) ||
           vc_yaml_fail(&reader->yaml, root, "pan has 16 to 19 digits and expires is YYMMDD");
}

/* Wrong contents that are neither of the person nor of the certificates. */
static bool apply_defects(struct vc_pboc *pboc)
{
    static const struct {
        enum vc_defect defect;
        uint16_t tag;
        uint8_t n;
        uint8_t bytes[12];
    } wrong[] = {
        {VC_DEFECT_VERSION_2, 0x9F08, 2, {0x00, 0x20}},
        {VC_DEFECT_CDOL_WITHOUT_RANDOM,
         0x8C,
         12,
         {0x9F, 0x02, 0x06, 0x9F, 0x03, 0x06, 0x9F, 0x1A, 0x02, 0x95, 0x05, 0x9A}},
        {VC_DEFECT_CVM_LIST_CUT, 0x8E, 9, {0, 0, 0, 0, 0, 0, 0, 0, 0x42}},
        {VC_DEFECT_EFFECTIVE_AFTER_EXPIRY, 0x5F25, 3, {0x49, 0x12, 0x31}},
        {VC_DEFECT_COUNTRY_CONTRADICTS, 0x5F28, 2, {0x08, 0x40}},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (pboc->defects->on[wrong[i].defect] &&
            !vc_pboc_set(pboc, wrong[i].tag, VC_PBOC_ANY, wrong[i].bytes, wrong[i].n)) {
            return false;
        }
    }
    return true;
}

/* The keys of the card: masters diversified by the last 16 digits of number and sequence. */
static bool personalise(const struct reader *reader)
{
    struct vc_pboc *pboc = reader->pboc;
    const struct vc_object *pan = vc_pboc_find(pboc, 0x5A, VC_PBOC_ANY);
    const struct vc_object *sequence = vc_pboc_find(pboc, 0x5F34, VC_PBOC_ANY);
    char digits[48];
    uint8_t factor[VC_FACTOR_SIZE];
    uint8_t data[4 * VC_MAX_RECORD];
    size_t n = 0;
    if (!pan || !sequence || sequence->n != 1) {
        return false;
    }
    for (size_t i = 0; i < pan->n; i++) {
        n += (size_t)snprintf(digits + n, sizeof digits - n, "%02X", pan->bytes[i]);
    }
    n = strcspn(digits, "F");
    n += (size_t)snprintf(digits + n, sizeof digits - n, "%02X", sequence->bytes[0]);
    size_t used = 0;
    if (!vc_hex_parse(digits + n - 16, factor, sizeof factor, &used)) {
        return false;
    }
    for (size_t a = 0; a < 2; a++) {
        enum vc_algorithm algorithm = a ? VC_ALGORITHM_SM4 : VC_ALGORITHM_3DES;
        for (size_t u = 0; u < VC_PBOC_KEYS; u++) {
            memcpy(pboc->keys[a][u], vc_pboc_master(pboc->pki, algorithm, (enum vc_pboc_use)u),
                   VC_KEY_SIZE);
            if (!vc_crypto_diversify(algorithm, pboc->keys[a][u], factor)) {
                return false;
            }
        }
    }
    n = 0;
    for (size_t i = 0; i < pboc->records_n; i++) {
        uint8_t record[VC_MAX_RECORD + 1];
        if (!pboc->records[i].is_signed) {
            continue;
        }
        if (!vc_pboc_compose(pboc, &pboc->records[i], record, &used) || n + used > sizeof data) {
            return false;
        }
        memcpy(data + n, record, used);
        n += used;
    }
    const struct vc_object *aip = vc_pboc_find(pboc, 0x82, VC_PBOC_ANY);
    if (!aip || aip->n != 2 || n + 2 > sizeof data) {
        return false;
    }
    memcpy(data + n, aip->bytes, 2);
    return vc_pboc_certify(pboc, data, n + 2);
}

static bool read_financial(const struct reader *reader, const yaml_node_t *root)
{
    static const char *const names[] = {"aid",
                                        "pan",
                                        "expires",
                                        "name",
                                        "id_number",
                                        "pin",
                                        "offline_limit",
                                        "sm_indicator",
                                        "certificates_expire",
                                        "objects",
                                        "get_data",
                                        "records",
                                        NULL};
    struct vc_pboc *pboc = reader->pboc;
    size_t n = 0;
    const char *indicator = NULL;
    if (!vc_yaml_check_map(&reader->yaml, root, names) ||
        !bytes_of(reader, root, "aid", pboc->aid, sizeof pboc->aid, &pboc->aid_n) ||
        !bytes_of(reader, root, "offline_limit", &pboc->offline_limit, 1, &n) ||
        !bytes_of(reader, root, "certificates_expire", pboc->certificate_expiry, 2, &n) ||
        !(indicator = text_of(reader, root, "sm_indicator")) || !read_person(reader, root) ||
        !read_pin(reader, vc_yaml_find(&reader->yaml, root, "pin")) ||
        !read_objects(reader, vc_yaml_find(&reader->yaml, root, "objects"), false) ||
        !read_objects(reader, vc_yaml_find(&reader->yaml, root, "get_data"), true) ||
        !read_records(reader, vc_yaml_find(&reader->yaml, root, "records"))) {
        return false;
    }
    if (!parse_tag(indicator, &pboc->family_tag)) {
        return vc_yaml_fail(&reader->yaml, root, "\"sm_indicator\" is a tag");
    }
    return (apply_defects(pboc) && personalise(reader)) ||
           vc_yaml_fail(&reader->yaml, root,
                        "the financial application cannot be personalised: 5A, 5F34, 82 and "
                        "records of at most 255 bytes are needed");
}

/* NULL without an error where the profile has no financial application. */
static struct vc_pboc *load_from(struct reader *reader, const char *keys_path,
                                 const struct vc_defects *defects)
{
    const yaml_node_t *root = vc_yaml_find(
        &reader->yaml, yaml_document_get_root_node(reader->yaml.document), "financial");
    struct vc_pboc *pboc = root ? calloc(1, sizeof *pboc) : NULL;
    if (!pboc) {
        return NULL;
    }
    pboc->defects = defects;
    reader->pboc = pboc;
    pboc->pki = vc_pboc_keys_load(keys_path, reader->yaml.reterr);
    if (!pboc->pki || !read_financial(reader, root)) {
        vc_pboc_free(pboc);
        return NULL;
    }
    return pboc;
}

struct vc_pboc *vc_pboc_load(const char *profile_path, const char *keys_path,
                             const struct vc_defects *defects, struct vc_err *reterr)
{
    yaml_parser_t parser;
    yaml_document_t document;
    struct vc_pboc *pboc = NULL;
    struct reader reader = {
        .yaml = {
            .path = profile_path, .document = &document, .defects = defects, .reterr = reterr}};
    reterr->text[0] = '\0';
    FILE *file = fopen(profile_path, "re");
    if (!file || !yaml_parser_initialize(&parser)) {
        vc_yaml_fail(&reader.yaml, NULL, "the profile cannot be read");
        goto out;
    }
    yaml_parser_set_input_file(&parser, file);
    if (yaml_parser_load(&parser, &document)) {
        pboc = load_from(&reader, keys_path, defects);
        yaml_document_delete(&document);
    } else {
        vc_yaml_fail(&reader.yaml, NULL, "not YAML");
    }
    yaml_parser_delete(&parser);
out:
    if (file) {
        fclose(file);
    }
    return pboc;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Profiles: the YAML form of a card. Every name in the file is known here or it is an error, so a
 * misspelt rule cannot leave a file open. The document lives as long as vc_profile_load().
 */
#include "profile.h"

#include <errno.h>
#include <iconv.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

struct reader {
    const char *path;
    yaml_document_t *document;
    const struct vc_settings *settings;
    const struct vc_defects *defects;
    struct vc_profile *profile;
    struct vc_err *reterr;
};

static bool fail(const struct reader *reader, const yaml_node_t *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail(const struct reader *reader, const yaml_node_t *node, const char *format, ...)
{
    char text[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    snprintf(reader->reterr->text, sizeof reader->reterr->text, "%.100s:%zu: %s", reader->path,
             node ? node->start_mark.line + 1 : (size_t)1, text);
    return false;
}

static yaml_node_t *node_at(const struct reader *reader, int index)
{
    return yaml_document_get_node(reader->document, index);
}

/* NULL where the node is no scalar or holds a zero byte. */
static const char *scalar(const yaml_node_t *node)
{
    if (!node || node->type != YAML_SCALAR_NODE ||
        memchr(node->data.scalar.value, 0, node->data.scalar.length)) {
        return NULL;
    }
    return (const char *)node->data.scalar.value;
}

static yaml_node_t *find(const struct reader *reader, const yaml_node_t *map, const char *name)
{
    for (yaml_node_pair_t *pair = map->data.mapping.pairs.start; pair < map->data.mapping.pairs.top;
         pair++) {
        const char *key = scalar(node_at(reader, pair->key));
        if (key && strcmp(key, name) == 0) {
            return node_at(reader, pair->value);
        }
    }
    return NULL;
}

/* A mapping whose keys are all among `names`, which a NULL ends, none of them twice. */
static bool check_map(const struct reader *reader, const yaml_node_t *map,
                      const char *const names[])
{
    if (map->type != YAML_MAPPING_NODE) {
        return fail(reader, map, "a mapping is expected here");
    }
    for (yaml_node_pair_t *pair = map->data.mapping.pairs.start; pair < map->data.mapping.pairs.top;
         pair++) {
        const yaml_node_t *node = node_at(reader, pair->key);
        const char *key = scalar(node);
        size_t i = 0;
        while (key && names[i] && strcmp(names[i], key) != 0) {
            i++;
        }
        if (!key || !names[i]) {
            return fail(reader, node, "unknown entry \"%s\"", key ? key : "?");
        }
        if (find(reader, map, key) != node_at(reader, pair->value)) {
            return fail(reader, node, "\"%s\" stands here twice", key);
        }
    }
    return true;
}

static bool get_text(const struct reader *reader, const yaml_node_t *map, const char *name,
                     const char **ret_text)
{
    const yaml_node_t *node = find(reader, map, name);
    const char *text = scalar(node);
    if (!text || !*text) {
        return fail(reader, node ? node : map, "\"%s\" is needed, a text", name);
    }
    *ret_text = text;
    return true;
}

static bool get_bytes(const struct reader *reader, const yaml_node_t *map, const char *name,
                      uint8_t *ret_bytes, size_t least, size_t most, size_t *ret_n)
{
    const char *text = NULL;
    if (!get_text(reader, map, name, &text)) {
        return false;
    }
    if (!vc_hex_parse(text, ret_bytes, most, ret_n) || *ret_n < least) {
        return fail(reader, find(reader, map, name),
                    "\"%s\" must be %zu to %zu bytes in hexadecimal", name, least, most);
    }
    return true;
}

static bool get_byte(const struct reader *reader, const yaml_node_t *map, const char *name,
                     uint8_t *ret_byte)
{
    size_t n = 0;
    return get_bytes(reader, map, name, ret_byte, 1, 1, &n);
}

static bool get_fid(const struct reader *reader, const yaml_node_t *map, uint16_t *ret_fid)
{
    uint8_t bytes[2] = {0};
    size_t n = 0;
    if (!get_bytes(reader, map, "fid", bytes, 2, 2, &n)) {
        return false;
    }
    *ret_fid = (uint16_t)(bytes[0] << 8 | bytes[1]);
    return true;
}

static bool get_number(const struct reader *reader, const yaml_node_t *map, const char *name,
                       size_t most, size_t *ret_number)
{
    const char *text = NULL;
    size_t number = 0;
    if (!get_text(reader, map, name, &text)) {
        return false;
    }
    for (const char *c = text; *c; c++) {
        number = *c >= '0' && *c <= '9' ? number * 10 + (size_t)(*c - '0') : most + 1;
        if (number > most) {
            return fail(reader, find(reader, map, name), "\"%s\" must be a number up to %zu", name,
                        most);
        }
    }
    *ret_number = number;
    return true;
}

/* Calls `read` for each item of the sequence `name`, which may be missing. */
static bool each(const struct reader *reader, const yaml_node_t *map, const char *name,
                 struct vc_df *df, size_t most,
                 bool (*read)(const struct reader *, const yaml_node_t *, struct vc_df *))
{
    const yaml_node_t *list = find(reader, map, name);
    if (!list) {
        return true;
    }
    if (list->type != YAML_SEQUENCE_NODE) {
        return fail(reader, list, "\"%s\" must be a list", name);
    }
    if ((size_t)(list->data.sequence.items.top - list->data.sequence.items.start) > most) {
        return fail(reader, list, "\"%s\" has more than %zu entries", name, most);
    }
    for (yaml_node_item_t *item = list->data.sequence.items.start;
         item < list->data.sequence.items.top; item++) {
        if (!read(reader, node_at(reader, *item), df)) {
            return false;
        }
    }
    return true;
}

static bool to_gbk(const char *text, uint8_t *ret_bytes, size_t cap, size_t *ret_n)
{
    char buffer[VC_MAX_RECORD];
    char *in = buffer;
    char *out = (char *)ret_bytes;
    size_t in_left = strlen(text);
    size_t out_left = cap;
    if (in_left > sizeof buffer) {
        return false;
    }
    memcpy(buffer, text, in_left);
    iconv_t converter = iconv_open("GBK", "UTF-8");
    if (converter == (iconv_t)-1) { /* NOLINT: the value POSIX gives */
        return false;
    }
    bool ok = iconv(converter, &in, &in_left, &out, &out_left) != (size_t)-1;
    iconv_close(converter);
    *ret_n = cap - out_left;
    return ok;
}

static bool copy(const char *text, uint8_t *ret_bytes, size_t cap, size_t *ret_n)
{
    *ret_n = strlen(text);
    if (*ret_n > cap) {
        return false;
    }
    memcpy(ret_bytes, text, *ret_n);
    return true;
}

static bool encode(const struct reader *reader, const char *encoding, const char *text,
                   uint8_t *ret_bytes, size_t cap, size_t *ret_n)
{
    if (strcmp(encoding, "gbk") == 0 && !reader->defects->on[VC_DEFECT_NAME_IN_UTF8]) {
        return to_gbk(text, ret_bytes, cap, ret_n);
    }
    if (strcmp(encoding, "hex") == 0) {
        return vc_hex_parse(text, ret_bytes, cap, ret_n);
    }
    if (strcmp(encoding, "bcd") == 0) {
        return vc_bcd_parse(text, ret_bytes, cap, ret_n);
    }
    return copy(text, ret_bytes, cap, ret_n);
}

/* {tag: "09", length: 30, gbk: 测试一}: tag, length, and the value padded as its encoding pads. */
static bool read_record(const struct reader *reader, const yaml_node_t *node, struct vc_df *df)
{
    static const char *const names[] = {"tag", "length", "ascii", "gbk", "bcd", "hex", NULL};
    struct vc_ef *ef = &df->efs[df->efs_n];
    struct vc_record *record = &ef->records[ef->records_n];
    const char *encoding = NULL;
    const char *text = NULL;
    uint8_t tag = 0;
    size_t length = 0;
    size_t n = 0;
    if (!check_map(reader, node, names) || !get_byte(reader, node, "tag", &tag) ||
        !get_number(reader, node, "length", VC_MAX_RECORD - 2, &length)) {
        return false;
    }
    for (size_t i = 2; names[i]; i++) {
        const yaml_node_t *value = find(reader, node, names[i]);
        if (value && (encoding || !scalar(value))) {
            return fail(reader, value, "a record holds one text");
        }
        if (value) {
            encoding = names[i];
            text = scalar(value);
        }
    }
    if (!encoding) {
        return fail(reader, node, "a record needs one of ascii, gbk, bcd, hex");
    }
    for (size_t i = 0; i < reader->settings->n; i++) {
        text = reader->settings->list[i].tag == tag ? reader->settings->list[i].text : text;
    }
    text = vc_defects_text(reader->defects, tag, text);
    bool misplaced = tag == 0x0B && reader->defects->on[VC_DEFECT_WRONG_TAG];
    record->bytes[0] = misplaced ? 0x0A : tag;
    record->bytes[1] = (uint8_t)length;
    memset(record->bytes + 2, strcmp(encoding, "bcd") == 0 ? 0xFF : 0, length);
    if (!encode(reader, encoding, text, record->bytes + 2, length, &n)) {
        return fail(reader, node, "the text is not %s of at most %zu bytes", encoding, length);
    }
    record->length = length + 2;
    ef->records_n++;
    return true;
}

/* One of the `n` characters at `text`: free, pin, never or key:NAME of this directory. */
static bool read_condition(const char *text, size_t n, const struct vc_df *df,
                           struct vc_condition *ret_condition)
{
    static const struct {
        const char *word;
        enum vc_condition_kind kind;
    } words[] = {
        {"free", VC_CONDITION_FREE}, {"pin", VC_CONDITION_PIN}, {"never", VC_CONDITION_NEVER}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i].word) == n && strncmp(words[i].word, text, n) == 0) {
            *ret_condition = (struct vc_condition){.kind = words[i].kind};
            return true;
        }
    }
    for (size_t i = 0; n > 4 && strncmp(text, "key:", 4) == 0 && i < df->keys_n; i++) {
        if (df->keys[i].use == VC_KEY_EXTERNAL && strlen(df->keys[i].name) == n - 4 &&
            strncmp(df->keys[i].name, text + 4, n - 4) == 0) {
            *ret_condition = (struct vc_condition){.kind = VC_CONDITION_KEY, .key = i};
            return true;
        }
    }
    return false;
}

/* A, A|B or A+B. */
static bool read_rule(const struct reader *reader, const yaml_node_t *map, const char *name,
                      const struct vc_df *df, struct vc_rule *ret_rule)
{
    const char *text = NULL;
    if (!get_text(reader, map, name, &text)) {
        return false;
    }
    size_t n = strcspn(text, "|+");
    const char *rest = text[n] ? text + n + 1 : NULL;
    ret_rule->join = !rest ? VC_JOIN_NONE : text[n] == '|' ? VC_JOIN_OR : VC_JOIN_AND;
    if (read_condition(text, n, df, &ret_rule->first) &&
        (!rest || read_condition(rest, strlen(rest), df, &ret_rule->second))) {
        return true;
    }
    return fail(reader, find(reader, map, name),
                "\"%s\" must be free, pin, never or key: with an external key of this directory, "
                "or two of them joined by | or +",
                name);
}

static bool read_body(const struct reader *reader, const yaml_node_t *node, struct vc_df *df,
                      struct vc_ef *ef)
{
    if (!find(reader, node, "bytes")) {
        return each(reader, node, "records", df, VC_MAX_RECORDS, read_record);
    }
    ef->transparent = true;
    ef->records_n = 1;
    if (find(reader, node, "records")) {
        return fail(reader, node, "a file has either records or bytes");
    }
    return get_bytes(reader, node, "bytes", ef->records[0].bytes, 1, VC_MAX_RECORD,
                     &ef->records[0].length);
}

static bool read_file(const struct reader *reader, const yaml_node_t *node, struct vc_df *df)
{
    static const char *const names[] = {"fid", "sfi", "read", "update", "records", "bytes", NULL};
    struct vc_ef *ef = &df->efs[df->efs_n];
    if (!check_map(reader, node, names) || !get_fid(reader, node, &ef->fid) ||
        (find(reader, node, "sfi") && !get_byte(reader, node, "sfi", &ef->sfi)) ||
        !read_rule(reader, node, "read", df, &ef->read) ||
        !read_rule(reader, node, "update", df, &ef->update) || !read_body(reader, node, df, ef)) {
        return false;
    }
    if (ef->sfi > 30) {
        return fail(reader, find(reader, node, "sfi"), "a short file identifier ends at 1E");
    }
    if (vc_df_find_fid(df, ef->fid) || vc_df_find_sfi(df, ef->sfi)) {
        return fail(reader, node, "another file of the directory has this identifier");
    }
    df->efs_n++;
    return true;
}

static bool read_key_use(const struct reader *reader, const yaml_node_t *node, struct vc_key *key)
{
    const char *use = NULL;
    const char *algorithm = NULL;
    if (!get_text(reader, node, "use", &use) || !get_text(reader, node, "algorithm", &algorithm)) {
        return false;
    }
    if (strcmp(use, "internal") == 0) {
        key->use = VC_KEY_INTERNAL;
    } else if (strcmp(use, "external") == 0) {
        key->use = VC_KEY_EXTERNAL;
    } else if (strcmp(use, "psam") == 0) {
        key->use = VC_KEY_PSAM;
    } else {
        return fail(reader, find(reader, node, "use"), "\"use\" is internal, external or psam");
    }
    if (strcmp(algorithm, "sm4") == 0) {
        key->algorithm = VC_ALGORITHM_SM4;
    } else if (strcmp(algorithm, "3des") == 0) {
        key->algorithm = VC_ALGORITHM_3DES;
    } else {
        return fail(reader, find(reader, node, "algorithm"), "\"algorithm\" is sm4 or 3des");
    }
    return key->use != VC_KEY_PSAM || get_byte(reader, node, "usage", &key->usage);
}

static bool read_key(const struct reader *reader, const yaml_node_t *node, struct vc_df *df)
{
    static const char *const names[] = {"name",      "use",    "usage", "index",
                                        "algorithm", "master", NULL};
    struct vc_key *key = &df->keys[df->keys_n];
    const char *name = NULL;
    size_t n = 0;
    if (!check_map(reader, node, names) || !get_text(reader, node, "name", &name) ||
        !read_key_use(reader, node, key) || !get_byte(reader, node, "index", &key->index) ||
        !get_bytes(reader, node, "master", key->value, VC_KEY_SIZE, VC_KEY_SIZE, &n)) {
        return false;
    }
    if (strlen(name) >= sizeof key->name) {
        return fail(reader, node, "the name of a key has at most %zu characters",
                    sizeof key->name - 1);
    }
    memcpy(key->name, name, strlen(name) + 1);
    for (size_t i = 0; i < 2 && key->use != VC_KEY_PSAM; i++) {
        if (!vc_crypto_diversify(key->algorithm, key->value, reader->profile->factors[i])) {
            return fail(reader, node, "the key cannot be diversified");
        }
    }
    df->keys_n++;
    return true;
}

static bool read_df(const struct reader *reader, const yaml_node_t *node, struct vc_df *unused)
{
    static const char *const names[] = {"fid", "name", "fci", "pin", "keys", "files", NULL};
    static const char *const pin_names[] = {"digits", "tries", NULL};
    struct vc_fs *fs = &reader->profile->fs;
    struct vc_df *df = &fs->dfs[fs->dfs_n];
    (void)unused;
    if (!check_map(reader, node, names) || !get_fid(reader, node, &df->fid) ||
        !get_bytes(reader, node, "name", df->name, 1, sizeof df->name, &df->name_length)) {
        return false;
    }
    if (find(reader, node, "fci") && !get_bytes(reader, node, "fci", df->proprietary, 1,
                                                sizeof df->proprietary, &df->proprietary_length)) {
        return false;
    }
    const yaml_node_t *pin = find(reader, node, "pin");
    if (pin) {
        const char *digits = NULL;
        size_t n = 0;
        size_t tries = 0;
        if (!check_map(reader, pin, pin_names) || !get_text(reader, pin, "digits", &digits) ||
            !get_number(reader, pin, "tries", VC_MAX_PIN_TRIES, &tries)) {
            return false;
        }
        if (fs->pin.present || tries == 0 || strlen(digits) != (size_t)2 * VC_PIN_SIZE ||
            !vc_bcd_parse(digits, fs->pin.digits, VC_PIN_SIZE, &n)) {
            return fail(reader, pin, "a card has one PIN, of six digits and at least one try");
        }
        fs->pin.present = true;
        fs->pin.df = fs->dfs_n;
        fs->pin.tries = fs->pin.tries_limit = (uint8_t)tries;
    }
    if (!each(reader, node, "keys", df, VC_MAX_KEYS, read_key) ||
        !each(reader, node, "files", df, VC_MAX_EFS, read_file)) {
        return false;
    }
    if (vc_fs_find_fid(fs, df->fid) < fs->dfs_n ||
        vc_fs_find_name(fs, df->name, df->name_length) < fs->dfs_n) {
        return fail(reader, node, "another directory has this identifier or name");
    }
    fs->dfs_n++;
    return true;
}

/* F1 is the end of the historical bytes, F2 the code of the city and two fixed bytes. */
static bool read_factors(const struct reader *reader, const yaml_node_t *root)
{
    static const uint8_t city_tail[] = {0x73, 0x78};
    struct vc_profile *profile = reader->profile;
    const char *city = NULL;
    if (!get_text(reader, root, "city", &city)) {
        return false;
    }
    if (strlen(city) != 6 || strspn(city, "0123456789") != 6) {
        return fail(reader, find(reader, root, "city"), "\"city\" is a code of six digits");
    }
    memcpy(profile->factors[0], profile->atr + profile->atr_length - VC_FACTOR_SIZE,
           VC_FACTOR_SIZE);
    memcpy(profile->factors[1], city, 6);
    memcpy(profile->factors[1] + 6, city_tail, sizeof city_tail);
    return true;
}

/* A setting that nothing took is a misspelt tag. */
static bool check_settings(const struct reader *reader, const yaml_node_t *root)
{
    for (size_t i = 0; i < reader->settings->n; i++) {
        uint8_t tag = reader->settings->list[i].tag;
        if (!vc_fs_has_tag(&reader->profile->fs, tag)) {
            return fail(reader, root, "no record of this card has the tag %02X", tag);
        }
    }
    return true;
}

static bool read_root(const struct reader *reader, const yaml_node_t *root)
{
    static const char *const names[] = {"kind", "atr", "city", "directories", NULL};
    struct vc_profile *profile = reader->profile;
    const char *kind = NULL;
    if (!check_map(reader, root, names) || !get_text(reader, root, "kind", &kind) ||
        !get_bytes(reader, root, "atr", profile->atr, 2 + VC_HISTORICAL_SIZE, VC_MAX_ATR,
                   &profile->atr_length)) {
        return false;
    }
    if ((profile->atr[1] & 0x0F) != VC_HISTORICAL_SIZE) {
        return fail(reader, find(reader, root, "atr"), "the ATR must announce 13 historical bytes");
    }
    if (strcmp(kind, "card") == 0) {
        profile->kind = VC_KIND_CARD;
    } else if (strcmp(kind, "psam") == 0) {
        profile->kind = VC_KIND_PSAM;
    } else {
        return fail(reader, find(reader, root, "kind"), "\"kind\" is card or psam");
    }
    if ((profile->kind == VC_KIND_CARD && !read_factors(reader, root)) ||
        !each(reader, root, "directories", NULL, VC_MAX_DFS, read_df)) {
        return false;
    }
    if (profile->fs.dfs_n == 0) {
        return fail(reader, root, "a card needs a directory, the MF first");
    }
    return check_settings(reader, root);
}

bool vc_profile_load(const char *path, const struct vc_settings *settings,
                     const struct vc_defects *defects, struct vc_profile *ret_profile,
                     struct vc_err *reterr)
{
    static const struct vc_settings none;
    yaml_parser_t parser;
    yaml_document_t document;
    struct reader reader = {path,    &document,   settings ? settings : &none,
                            defects, ret_profile, reterr};
    bool ok = false;
    memset(ret_profile, 0, sizeof *ret_profile);
    FILE *file = fopen(path, "re");
    if (!file) {
        snprintf(reterr->text, sizeof reterr->text, "%s: %s", path, strerror(errno));
        return false;
    }
    if (!yaml_parser_initialize(&parser)) {
        snprintf(reterr->text, sizeof reterr->text, "%s: no memory", path);
        goto out_file;
    }
    yaml_parser_set_input_file(&parser, file);
    if (!yaml_parser_load(&parser, &document)) {
        snprintf(reterr->text, sizeof reterr->text, "%s:%zu: %s", path,
                 parser.problem_mark.line + 1, parser.problem ? parser.problem : "not YAML");
        goto out_parser;
    }
    const yaml_node_t *root = yaml_document_get_root_node(&document);
    ok = root ? read_root(&reader, root) : fail(&reader, NULL, "the profile is empty");
    yaml_document_delete(&document);
out_parser:
    yaml_parser_delete(&parser);
out_file:
    fclose(file);
    return ok;
}

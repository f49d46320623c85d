/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Profiles: the YAML form of a card. Every name in the file is known here or it is an error, so a
 * misspelt rule cannot leave a file open. The document lives as long as vc_profile_load().
 */
#include "apps/app.h"
#include "loader/yaml.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>

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

static bool encode(const struct vc_yaml *yaml, const char *encoding, const char *text,
                   uint8_t *ret_bytes, size_t cap, size_t *ret_n)
{
    if (strcmp(encoding, "gbk") == 0 && !yaml->defects->on[VC_DEFECT_NAME_IN_UTF8]) {
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

/* {raw: 70…}: the whole record as it is. */
static bool read_raw_record(const struct vc_yaml *yaml, const yaml_node_t *node, struct vc_df *df)
{
    static const char *const names[] = {"raw", NULL};
    struct vc_ef *ef = &df->efs[df->efs_n];
    struct vc_record *record = &ef->records[ef->records_n];
    if (!vc_yaml_check_map(yaml, node, names) ||
        !vc_yaml_bytes(yaml, node, "raw", record->bytes, 2, VC_MAX_RECORD, &record->length)) {
        return false;
    }
    ef->records_n++;
    return true;
}

/* {tag: "09", length: 30, gbk: 测试一}: tag, length, and the value padded as its encoding pads. */
static bool read_record(const struct vc_yaml *yaml, const yaml_node_t *node, struct vc_df *df)
{
    static const char *const names[] = {"tag", "length", "ascii", "gbk", "bcd", "hex", NULL};
    struct vc_ef *ef = &df->efs[df->efs_n];
    struct vc_record *record = &ef->records[ef->records_n];
    const char *encoding = NULL;
    const char *text = NULL;
    uint8_t tag = 0;
    size_t length = 0;
    size_t n = 0;
    if (node->type == YAML_MAPPING_NODE && vc_yaml_find(yaml, node, "raw")) {
        return read_raw_record(yaml, node, df);
    }
    if (!vc_yaml_check_map(yaml, node, names) || !vc_yaml_byte(yaml, node, "tag", &tag) ||
        !vc_yaml_number(yaml, node, "length", VC_MAX_RECORD - 2, &length)) {
        return false;
    }
    for (size_t i = 2; names[i]; i++) {
        const yaml_node_t *value = vc_yaml_find(yaml, node, names[i]);
        if (value && (encoding || !vc_yaml_scalar(value))) {
            return vc_yaml_fail(yaml, value, "a record holds one text");
        }
        if (value) {
            encoding = names[i];
            text = vc_yaml_scalar(value);
        }
    }
    if (!encoding) {
        return vc_yaml_fail(yaml, node, "a record needs one of ascii, gbk, bcd, hex");
    }
    for (size_t i = 0; i < yaml->settings->n; i++) {
        text = yaml->settings->list[i].tag == tag ? yaml->settings->list[i].text : text;
    }
    text = vc_defects_text(yaml->defects, tag, text);
    bool misplaced = tag == 0x0B && yaml->defects->on[VC_DEFECT_WRONG_TAG];
    record->bytes[0] = misplaced ? 0x0A : tag;
    record->bytes[1] = (uint8_t)length;
    memset(record->bytes + 2, strcmp(encoding, "bcd") == 0 ? 0xFF : 0, length);
    if (!encode(yaml, encoding, text, record->bytes + 2, length, &n)) {
        return vc_yaml_fail(yaml, node, "the text is not %s of at most %zu bytes", encoding,
                            length);
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
static bool read_rule(const struct vc_yaml *yaml, const yaml_node_t *map, const char *name,
                      const struct vc_df *df, struct vc_rule *ret_rule)
{
    const char *text = NULL;
    if (!vc_yaml_text(yaml, map, name, &text)) {
        return false;
    }
    size_t n = strcspn(text, "|+");
    const char *rest = text[n] ? text + n + 1 : NULL;
    ret_rule->join = !rest ? VC_JOIN_NONE : text[n] == '|' ? VC_JOIN_OR : VC_JOIN_AND;
    if (read_condition(text, n, df, &ret_rule->first) &&
        (!rest || read_condition(rest, strlen(rest), df, &ret_rule->second))) {
        return true;
    }
    return vc_yaml_fail(
        yaml, vc_yaml_find(yaml, map, name),
        "\"%s\" must be free, pin, never or key: with an external key of this directory, "
        "or two of them joined by | or +",
        name);
}

static bool read_body(const struct vc_yaml *yaml, const yaml_node_t *node, struct vc_df *df,
                      struct vc_ef *ef)
{
    if (!vc_yaml_find(yaml, node, "bytes")) {
        return vc_yaml_each(yaml, node, "records", df, VC_MAX_RECORDS, read_record);
    }
    ef->transparent = true;
    if (vc_yaml_find(yaml, node, "records")) {
        return vc_yaml_fail(yaml, node, "a file has either records or bytes");
    }
    return vc_yaml_bytes(yaml, node, "bytes", ef->body, 1, VC_MAX_BODY, &ef->body_n);
}

/* The name of a key for MACs, of the directory. */
static bool read_mac(const struct vc_yaml *yaml, const yaml_node_t *map, const struct vc_df *df,
                     bool *ret_needed, size_t *ret_key)
{
    const char *name = NULL;
    if (!vc_yaml_find(yaml, map, "mac")) {
        return true;
    }
    if (!vc_yaml_text(yaml, map, "mac", &name)) {
        return false;
    }
    for (size_t i = 0; i < df->keys_n; i++) {
        if (df->keys[i].use == VC_KEY_MAC && strcmp(df->keys[i].name, name) == 0) {
            *ret_needed = true;
            *ret_key = i;
            return true;
        }
    }
    return vc_yaml_fail(yaml, vc_yaml_find(yaml, map, "mac"),
                        "\"mac\" must name a key of this directory whose use is mac");
}

static bool read_file(const struct vc_yaml *yaml, const yaml_node_t *node, struct vc_df *df)
{
    static const char *const names[] = {"fid", "sfi",     "read",  "update",
                                        "mac", "records", "bytes", NULL};
    struct vc_ef *ef = &df->efs[df->efs_n];
    if (!vc_yaml_check_map(yaml, node, names) || !vc_yaml_fid(yaml, node, "fid", &ef->fid) ||
        (vc_yaml_find(yaml, node, "sfi") && !vc_yaml_byte(yaml, node, "sfi", &ef->sfi)) ||
        !read_rule(yaml, node, "read", df, &ef->read) ||
        !read_rule(yaml, node, "update", df, &ef->update) ||
        !read_mac(yaml, node, df, &ef->update_mac, &ef->mac_key) ||
        !read_body(yaml, node, df, ef)) {
        return false;
    }
    if (ef->sfi > 30) {
        return vc_yaml_fail(yaml, vc_yaml_find(yaml, node, "sfi"),
                            "a short file identifier ends at 1E");
    }
    if (vc_df_find_fid(df, ef->fid) || vc_df_find_sfi(df, ef->sfi)) {
        return vc_yaml_fail(yaml, node, "another file of the directory has this identifier");
    }
    df->efs_n++;
    return true;
}

static bool read_key_use(const struct vc_yaml *yaml, const yaml_node_t *node, struct vc_key *key)
{
    static const char *const uses[] = {"internal", "external", "mac", "psam", NULL};
    static const char *const algorithms[] = {"3des", "sm4", NULL};
    size_t use = 0;
    size_t algorithm = 0;
    size_t tries = 0;
    if (!vc_yaml_choice(yaml, node, "use", uses, &use) ||
        !vc_yaml_choice(yaml, node, "algorithm", algorithms, &algorithm) ||
        (vc_yaml_find(yaml, node, "tries") &&
         !vc_yaml_number(yaml, node, "tries", VC_MAX_TRIES, &tries)) ||
        (vc_yaml_find(yaml, node, "version") &&
         !vc_yaml_byte(yaml, node, "version", &key->version))) {
        return false;
    }
    key->use = (enum vc_key_use)use;
    key->algorithm = (enum vc_algorithm)algorithm;
    key->tries = key->tries_limit = (uint8_t)tries;
    return key->use != VC_KEY_PSAM || vc_yaml_byte(yaml, node, "usage", &key->usage);
}

/* A card's key is what the levels of diversification make of its master: two, where the key does
 * not say three. */
static bool diversify(const struct vc_yaml *yaml, const yaml_node_t *node, struct vc_key *key)
{
    size_t levels = 2;
    if (vc_yaml_find(yaml, node, "levels") &&
        !vc_yaml_number(yaml, node, "levels", VC_LEVELS, &levels)) {
        return false;
    }
    for (size_t i = 0; i < levels; i++) {
        if (!vc_crypto_diversify(key->algorithm, key->value, yaml->profile->factors[i])) {
            return vc_yaml_fail(yaml, node, "the key cannot be diversified");
        }
    }
    return true;
}

static bool read_key(const struct vc_yaml *yaml, const yaml_node_t *node, struct vc_df *df)
{
    static const char *const names[] = {"name",  "use",     "usage",  "index",  "algorithm",
                                        "tries", "version", "levels", "master", NULL};
    struct vc_key *key = &df->keys[df->keys_n];
    const char *name = NULL;
    size_t n = 0;
    if (!vc_yaml_check_map(yaml, node, names) || !vc_yaml_text(yaml, node, "name", &name) ||
        !read_key_use(yaml, node, key) || !vc_yaml_byte(yaml, node, "index", &key->index) ||
        !vc_yaml_bytes(yaml, node, "master", key->value, VC_KEY_SIZE, VC_KEY_SIZE, &n)) {
        return false;
    }
    if (strlen(name) >= sizeof key->name) {
        return vc_yaml_fail(yaml, node, "the name of a key has at most %zu characters",
                            sizeof key->name - 1);
    }
    memcpy(key->name, name, strlen(name) + 1);
    if (key->use != VC_KEY_PSAM && !diversify(yaml, node, key)) {
        return false;
    }
    df->keys_n++;
    return true;
}

static bool read_pin(const struct vc_yaml *yaml, const yaml_node_t *node, struct vc_df *df)
{
    static const char *const names[] = {"digits", "ascii", "tries", "unblock", "mac", NULL};
    const yaml_node_t *map = vc_yaml_find(yaml, node, "pin");
    struct vc_pin *pin = &df->pin;
    const char *text = NULL;
    size_t tries = 0;
    if (!map) {
        return true;
    }
    if (!vc_yaml_check_map(yaml, map, names)) {
        return false;
    }
    bool ascii = vc_yaml_find(yaml, map, "ascii") != NULL;
    if (!vc_yaml_text(yaml, map, ascii ? "ascii" : "digits", &text) ||
        !vc_yaml_number(yaml, map, "tries", VC_MAX_TRIES, &tries)) {
        return false;
    }
    bool encoded = ascii ? copy(text, pin->value, VC_MAX_PIN, &pin->length)
                         : vc_bcd_parse(text, pin->value, VC_MAX_PIN, &pin->length) &&
                               strlen(text) == 2 * pin->length;
    if (!encoded || pin->length < 2 || tries == 0) {
        return vc_yaml_fail(yaml, map,
                            "a PIN has an even number of digits, or %d characters at "
                            "most, and at least one try",
                            VC_MAX_PIN);
    }
    pin->present = true;
    pin->tries = pin->tries_limit = (uint8_t)tries;
    pin->unblock.first.kind = VC_CONDITION_NEVER;
    return (!vc_yaml_find(yaml, map, "unblock") ||
            read_rule(yaml, map, "unblock", df, &pin->unblock)) &&
           read_mac(yaml, map, df, &pin->mac, &pin->mac_key);
}

static bool read_parent(const struct vc_yaml *yaml, const yaml_node_t *node, struct vc_df *df)
{
    const struct vc_fs *fs = &yaml->profile->fs;
    uint16_t fid = 0;
    if (!vc_yaml_find(yaml, node, "parent")) {
        return true;
    }
    if (!vc_yaml_fid(yaml, node, "parent", &fid)) {
        return false;
    }
    df->parent = vc_fs_find_fid(fs, fid);
    return df->parent < fs->dfs_n || vc_yaml_fail(yaml, vc_yaml_find(yaml, node, "parent"),
                                                  "no directory before this one has this "
                                                  "identifier");
}

static bool read_life(const struct vc_yaml *yaml, const yaml_node_t *node, struct vc_df *df)
{
    static const char *const words[] = {"active", "blocked", "dead", NULL};
    size_t life = 0;
    if (vc_yaml_find(yaml, node, "life") && !vc_yaml_choice(yaml, node, "life", words, &life)) {
        return false;
    }
    df->life = (enum vc_life)life;
    return true;
}

/* An application reads its settings when keys and files are there. */
static bool read_application(const struct vc_yaml *yaml, const yaml_node_t *node, struct vc_df *df)
{
    const yaml_node_t *settings = vc_yaml_find(yaml, node, "settings");
    const char *name = NULL;
    if (vc_yaml_find(yaml, node, "application")) {
        if (!vc_yaml_text(yaml, node, "application", &name)) {
            return false;
        }
        df->app = vc_app_find(name);
        if (!df->app) {
            return vc_yaml_fail(yaml, vc_yaml_find(yaml, node, "application"),
                                "no application is called \"%s\"", name);
        }
    }
    if (df->app && df->app->load) {
        return df->app->load(yaml, settings, df);
    }
    return !settings || vc_yaml_fail(yaml, settings, "this directory takes no settings");
}

static bool read_df(const struct vc_yaml *yaml, const yaml_node_t *node, struct vc_df *unused)
{
    static const char *const names[] = {"fid",   "name", "parent",      "fci",      "pin", "keys",
                                        "files", "life", "application", "settings", NULL};
    struct vc_fs *fs = &yaml->profile->fs;
    struct vc_df *df = &fs->dfs[fs->dfs_n];
    (void)unused;
    if (!vc_yaml_check_map(yaml, node, names) || !vc_yaml_fid(yaml, node, "fid", &df->fid) ||
        !vc_yaml_bytes(yaml, node, "name", df->name, 1, sizeof df->name, &df->name_length) ||
        (vc_yaml_find(yaml, node, "fci") &&
         !vc_yaml_bytes(yaml, node, "fci", df->proprietary, 1, sizeof df->proprietary,
                        &df->proprietary_length)) ||
        !read_parent(yaml, node, df) || !read_life(yaml, node, df) ||
        !vc_yaml_each(yaml, node, "keys", df, VC_MAX_KEYS, read_key) || !read_pin(yaml, node, df) ||
        !vc_yaml_each(yaml, node, "files", df, VC_MAX_EFS, read_file)) {
        return false;
    }
    if (vc_fs_find_fid(fs, df->fid) < fs->dfs_n ||
        vc_fs_find_name(fs, df->name, df->name_length) < fs->dfs_n) {
        return vc_yaml_fail(yaml, node, "another directory has this identifier or name");
    }
    fs->dfs_n++; /* before the application, whose settings are freed with the directory */
    return read_application(yaml, node, df);
}

/* F1 is the end of the historical bytes, F2 the code of the city and two fixed bytes, F3 that of
 * the province, four zeros and two fixed bytes. */
static bool read_factors(const struct vc_yaml *yaml, const yaml_node_t *root)
{
    static const uint8_t city_tail[] = {0x73, 0x78};
    static const uint8_t province_tail[] = {0x30, 0x30, 0x30, 0x30, 0x73, 0x68};
    struct vc_profile *profile = yaml->profile;
    const char *city = NULL;
    if (!vc_yaml_text(yaml, root, "city", &city)) {
        return false;
    }
    if (strlen(city) != 6 || strspn(city, "0123456789") != 6) {
        return vc_yaml_fail(yaml, vc_yaml_find(yaml, root, "city"),
                            "\"city\" is a code of six digits");
    }
    if ((profile->atr[1] & 0x0F) != VC_HISTORICAL_SIZE) {
        return vc_yaml_fail(yaml, vc_yaml_find(yaml, root, "atr"),
                            "the ATR must announce 13 historical bytes");
    }
    memcpy(profile->factors[0],
           profile->atr + profile->atr_length - profile->has_tck - VC_FACTOR_SIZE, VC_FACTOR_SIZE);
    memcpy(profile->factors[1], city, 6);
    memcpy(profile->factors[1] + 6, city_tail, sizeof city_tail);
    memcpy(profile->factors[2], city, 2);
    memcpy(profile->factors[2] + 2, province_tail, sizeof province_tail);
    return true;
}

/* A setting that nothing took is a misspelt tag. */
static bool check_settings(const struct vc_yaml *yaml, const yaml_node_t *root)
{
    for (size_t i = 0; i < yaml->settings->n; i++) {
        uint8_t tag = yaml->settings->list[i].tag;
        if (!vc_fs_has_tag(&yaml->profile->fs, tag)) {
            return vc_yaml_fail(yaml, root, "no record of this card has the tag %02X", tag);
        }
    }
    return true;
}

static bool read_transport(const struct vc_yaml *yaml, const yaml_node_t *root)
{
    static const char *const names[] = {"extended", "chaining", NULL};
    static const char *const words[] = {"no", "yes", NULL};
    const yaml_node_t *map = vc_yaml_find(yaml, root, "transport");
    struct vc_profile *profile = yaml->profile;
    const yaml_node_t *atr = vc_yaml_find(yaml, root, "atr");
    const char *problem = NULL;
    size_t extended = 0;
    size_t chaining = 0;
    if (!vc_atr_parse(profile->atr, profile->atr_length, &profile->t1, &profile->has_tck,
                      &problem)) {
        return vc_yaml_fail(yaml, atr, "the ATR is wrong: %s", problem);
    }
    if (map && (!vc_yaml_check_map(yaml, map, names) ||
                (vc_yaml_find(yaml, map, "extended") &&
                 !vc_yaml_choice(yaml, map, "extended", words, &extended)) ||
                (vc_yaml_find(yaml, map, "chaining") &&
                 !vc_yaml_choice(yaml, map, "chaining", words, &chaining)))) {
        return false;
    }
    profile->extended = extended != 0;
    profile->chaining = chaining != 0;
    if (profile->extended && !profile->t1) {
        return vc_yaml_fail(yaml, map, "commands of extended length need T=1 in the ATR");
    }
    return true;
}

/* Contents of directories that a defect spoils, where the card has them. */
static void spoil(const struct vc_yaml *yaml)
{
    static const struct {
        enum vc_defect defect;
        uint16_t df;
        uint16_t ef;
    } files[] = {{VC_DEFECT_DF01_WRONG_LENGTH, 0xDF01, 0xEF05},
                 {VC_DEFECT_DF02_WRONG_TAG, 0xDF02, 0xEF06},
                 {VC_DEFECT_DF03_FILE_MISSING, 0xDF03, 0xEF18},
                 {VC_DEFECT_DF04_FILE_MISSING, 0xDF04, 0xEF08},
                 {VC_DEFECT_DF05_RECORD_MISSING, 0xDF05, 0xEF05},
                 {VC_DEFECT_DF05_LENGTH_BYTE, 0xDF05, 0xEF05},
                 {VC_DEFECT_DF07_WRONG_LENGTH, 0xDF07, 0xEF06},
                 {VC_DEFECT_PSAM_NUMBER_SHORT, 0x3F00, 0x0016}};
    struct vc_fs *fs = &yaml->profile->fs;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        size_t place = vc_fs_find_fid(fs, files[i].df);
        struct vc_ef *ef = place < fs->dfs_n ? vc_df_find_fid(&fs->dfs[place], files[i].ef) : NULL;
        if (!ef || !yaml->defects->on[files[i].defect]) {
            continue;
        }
        if (files[i].defect == VC_DEFECT_DF01_WRONG_LENGTH ||
            files[i].defect == VC_DEFECT_DF07_WRONG_LENGTH) {
            ef->records[1].length--;
            ef->records[1].bytes[1]--;
        } else if (files[i].defect == VC_DEFECT_DF02_WRONG_TAG) {
            ef->records[0].bytes[0] ^= 0x20;
        } else if (files[i].defect == VC_DEFECT_DF05_RECORD_MISSING) {
            ef->records_n--;
        } else if (files[i].defect == VC_DEFECT_DF05_LENGTH_BYTE) {
            ef->records[1].bytes[1]++;
        } else if (files[i].defect == VC_DEFECT_PSAM_NUMBER_SHORT) {
            ef->body_n--;
        } else {
            ef->fid = 0;
            ef->sfi = 0;
        }
    }
}

static bool read_root(const struct vc_yaml *yaml, const yaml_node_t *root)
{
    static const char *const names[] = {"kind",        "atr",       "city", "transport",
                                        "directories", "financial", NULL};
    static const char *const kinds[] = {"card", "psam", NULL};
    struct vc_profile *profile = yaml->profile;
    size_t kind = 0;
    if (!vc_yaml_check_map(yaml, root, names) ||
        !vc_yaml_choice(yaml, root, "kind", kinds, &kind) ||
        !vc_yaml_bytes(yaml, root, "atr", profile->atr, 2, VC_MAX_ATR, &profile->atr_length) ||
        !read_transport(yaml, root) || (kind == 0 && !read_factors(yaml, root)) ||
        !vc_yaml_each(yaml, root, "directories", NULL, VC_MAX_DFS, read_df)) {
        return false;
    }
    if (profile->fs.dfs_n == 0) {
        return vc_yaml_fail(yaml, root, "a card needs a directory, the MF first");
    }
    spoil(yaml);
    return check_settings(yaml, root);
}

bool vc_profile_load(const char *path, const struct vc_settings *settings,
                     const struct vc_defects *defects, struct vc_profile *ret_profile,
                     struct vc_err *reterr)
{
    static const struct vc_settings none;
    yaml_parser_t parser;
    yaml_document_t document;
    struct vc_yaml yaml = {path,    &document,   settings ? settings : &none,
                           defects, ret_profile, reterr};
    bool ok = false;
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
    ok = root ? read_root(&yaml, root) : vc_yaml_fail(&yaml, NULL, "the profile is empty");
    yaml_document_delete(&document);
out_parser:
    yaml_parser_delete(&parser);
out_file:
    fclose(file);
    return ok;
}

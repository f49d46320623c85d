/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ys_file.h"

static const uint8_t test_key[YS_REDACT_KEY_BYTES] = "a key that only the tests know..";

int run_setup(void **state)
{
    struct run *run = calloc(1, sizeof *run);
    snprintf(run->dir, sizeof run->dir, "/tmp/ys-evidence-XXXXXX");
    if (!mkdtemp(run->dir)) {
        return -1;
    }
    ys_arena_init(&run->arena);
    run->redactor = ys_redactor_new(test_key);
    run->time.wall_us = INT64_C(1795425151482913);
    run->clock = ys_clock_from_fake(&run->time);
    *state = run;
    return 0;
}

int run_teardown(void **state)
{
    struct run *run = *state;
    ys_folder_remove(run->dir);
    ys_redactor_free(run->redactor);
    ys_arena_clear(&run->arena);
    free(run);
    return 0;
}

char *run_read(const struct run *run, const char *name, size_t *ret_size)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", run->dir, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *bytes = malloc((size_t)size + 1u);
    assert_int_equal(fread(bytes, 1, (size_t)size, file), size);
    bytes[size] = '\0';
    fclose(file);
    *ret_size = (size_t)size;
    return bytes;
}

void run_write(const struct run *run, const char *name, const void *bytes, size_t size)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", run->dir, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

void run_remove(const struct run *run, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", run->dir, name);
    assert_int_equal(unlink(path), 0);
}

struct ys_log *run_open(struct run *run)
{
    struct ys_log *log = NULL;
    enum ys_status status = ys_log_create(run->dir, &run->clock, run->redactor, &log, &run->err);
    if (status != YS_OK) {
        fail_msg("%s", run->err.text);
    }
    return log;
}

int64_t run_append(struct run *run, struct ys_log *log, int number)
{
    int64_t seq = 0;
    struct ys_value *record = ys_value_map(&run->arena);
    ys_value_set_text(&run->arena, record, "kind", "http");
    ys_value_set_text(&run->arena, record, "case", "fees.withdrawal.fifth-free");
    ys_value_set_int(&run->arena, record, "number", number);
    ys_value_set_text(&run->arena, record, "observed", "余额 \"100\"\n");
    assert_int_equal(ys_log_append(log, record, &seq, &run->err), YS_OK);
    return seq;
}

void run_fill_and_seal(struct run *run, int count)
{
    static const char body[] = "\x89PNG\0 a body that is no text";
    static const char other[] = "\xB2\xE2\xCA\xD4 a body in GBK";
    const struct ys_value *value = NULL;
    char head[65];
    int64_t records = 0;
    struct ys_log *log = run_open(run);
    for (int i = 1; i <= count; i++) {
        assert_int_equal(run_append(run, log, i), i);
    }
    assert_int_equal(ys_log_body(log, &run->arena, body, sizeof body, &value, NULL), YS_OK);
    assert_int_equal(ys_log_body(log, &run->arena, other, sizeof other, &value, NULL), YS_OK);
    assert_int_equal(ys_log_close(log, head, &records, &run->err), YS_OK);
    assert_int_equal(records, count);
    ys_log_free(log);
    run_write(run, "manifest.json", "{\"seed\":7}\n", 11);
    run_write(run, "result.json", "{\"conclusion\":\"qualified\"}\n", 27);
    assert_int_equal(ys_seal_write(run->dir, head, records, false, &run->err), YS_OK);
}

enum ys_fault run_verify(struct run *run, struct ys_verification *ret_verification)
{
    struct ys_verification verification;
    assert_int_equal(ys_seal_verify(&run->arena, run->dir, &verification, &run->err), YS_OK);
    assert_non_null(verification.file);
    assert_non_null(verification.text);
    if (ret_verification) {
        *ret_verification = verification;
    }
    return verification.fault;
}

uint32_t random_next(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

size_t random_tamper(uint32_t *seed, const char *bytes, size_t size, char *made)
{
    size_t at = random_next(seed) % size;
    size_t length = 1u + random_next(seed) % 60u;
    length = length > size - at ? size - at : length;
    memcpy(made, bytes, size);
    switch (random_next(seed) % 6u) {
    case 0: /* a bit */
        made[at] = (char)(made[at] ^ (char)(1u << (random_next(seed) % 8u)));
        return size;
    case 1: /* a byte */
        made[at] = (char)random_next(seed);
        return size;
    case 2: /* cut out */
        memcpy(made + at, bytes + at + length, size - at - length);
        return size - length;
    case 3: /* double */
        memcpy(made + at + length, bytes + at, size - at);
        return size + length;
    case 4: /* cut off */
        return at;
    default: /* append */
        memcpy(made + size, bytes + at, length);
        return size + length;
    }
}

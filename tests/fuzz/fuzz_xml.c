/* SPDX-License-Identifier: Apache-2.0 */
/* A document that parses becomes a value; writing that value parses again. */
#include <string.h>

#include "fuzz.h"
#include "ys_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ys_arena arena;
    struct ys_err err = {.status = YS_OK};
    struct ys_xml *xml = NULL;
    const struct ys_value *value = NULL;
    ys_arena_init(&arena);
    if (ys_xml_parse((const char *)data, size, NULL, &xml, &err) == YS_OK) {
        struct ys_buf buf;
        struct ys_xml *again = NULL;
        ys_buf_init(&buf, 8u << 20);
        require(ys_xml_to_value(&arena, xml, &value, &err) == YS_OK);
        if (ys_xml_write(value, NULL, &buf, &err) == YS_OK) {
            require(ys_xml_parse(buf.bytes, buf.length, NULL, &again, &err) == YS_OK);
            ys_xml_free(again);
        }
        require(ys_xml_select(&arena, xml, "/*//@*|//*", &value, &err) == YS_OK);
        ys_buf_clear(&buf);
        ys_xml_free(xml);
    } else {
        require(err.text[0] != '\0');
    }
    ys_arena_clear(&arena);
    return 0;
}

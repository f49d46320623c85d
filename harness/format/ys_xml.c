/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_xml.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xmlwriter.h>
#include <pthread.h>
#include <string.h>

#define XML_DEPTH_MAX 128u

struct ys_xml {
    xmlDocPtr document;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init_library(void)
{
    xmlInitParser();
}

/* Keeps libxml2 from printing: what it says is in the error structs. */
static void silent(void *context, const char *format, ...)
{
    (void)context;
    (void)format;
}

/* Names are plain where a document has namespaces: a bank's prefixes are its own business. */
static void drop_namespaces(xmlNodePtr node)
{
    for (; node; node = node->next) {
        node->ns = NULL;
        for (xmlAttrPtr a = node->type == XML_ELEMENT_NODE ? node->properties : NULL; a;
             a = a->next) {
            a->ns = NULL;
        }
        drop_namespaces(node->children);
    }
}

enum ys_status ys_xml_parse(const char *bytes, size_t length, const char *charset,
                            struct ys_xml **ret_xml, struct ys_err *reterr)
{
    pthread_once(&once, init_library);
    if (length > YS_HTTP_BODY_BYTES_MAX) {
        return ys_err_set(reterr, YS_ERR_LIMIT, "XML of over YS_HTTP_BODY_BYTES_MAX bytes");
    }
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    xmlDocPtr document =
        xmlCtxtReadMemory(parser, bytes, (int)length, "reply", charset,
                          XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                              XML_PARSE_COMPACT);
    enum ys_status status = YS_OK;
    if (!document || !xmlDocGetRootElement(document)) {
        const xmlError *error = xmlCtxtGetLastError(parser);
        const char *message = error && error->message ? error->message : "not an XML document";
        status = ys_err_at(reterr, YS_ERR_SYNTAX, NULL, error ? (uint32_t)error->line : 0, 0,
                           "XML: %.*s", (int)strcspn(message, "\n"), message);
    } else if (document->intSubset) {
        status = ys_err_set(reterr, YS_ERR_SYNTAX, "XML with a document type is refused");
    }
    xmlFreeParserCtxt(parser);
    if (status != YS_OK) {
        xmlFreeDoc(document);
        return status;
    }
    drop_namespaces(xmlDocGetRootElement(document));
    struct ys_xml *xml = ys_calloc(1, sizeof *xml);
    xml->document = document;
    *ret_xml = xml;
    return YS_OK;
}

void ys_xml_free(struct ys_xml *xml)
{
    if (xml) {
        xmlFreeDoc(xml->document);
        ys_free(xml);
    }
}

static const struct ys_value *text_value(struct ys_arena *arena, xmlChar *text)
{
    const struct ys_value *value = ys_value_string(arena, text ? (const char *)text : "");
    xmlFree(text);
    return value;
}

static enum ys_status xpath_error(const char *xpath, struct ys_err *reterr)
{
    return ys_err_set(reterr, YS_ERR_SYNTAX, "'%s' is not an XPath expression", xpath);
}

enum ys_status ys_xml_select(struct ys_arena *arena, struct ys_xml *xml, const char *xpath,
                             const struct ys_value **ret_nodes, struct ys_err *reterr)
{
    xmlXPathContextPtr context = xmlXPathNewContext(xml->document);
    xmlSetGenericErrorFunc(NULL, silent);
    xmlXPathObjectPtr result = xmlXPathEvalExpression((const xmlChar *)xpath, context);
    xmlXPathFreeContext(context);
    if (!result) {
        return xpath_error(xpath, reterr);
    }
    struct ys_value *nodes = ys_value_list(arena);
    if (result->type == XPATH_NODESET) {
        int count = result->nodesetval ? result->nodesetval->nodeNr : 0;
        for (int i = 0; i < count; i++) {
            ys_value_append(arena, nodes,
                            text_value(arena, xmlNodeGetContent(result->nodesetval->nodeTab[i])));
        }
    } else if (result->type == XPATH_BOOLEAN) {
        ys_value_append(arena, nodes, ys_value_bool(arena, result->boolval != 0));
    } else {
        ys_value_append(arena, nodes, text_value(arena, xmlXPathCastToString(result)));
    }
    xmlXPathFreeObject(result);
    *ret_nodes = nodes;
    return YS_OK;
}

enum ys_status ys_xpath_check(const char *xpath, struct ys_err *reterr)
{
    pthread_once(&once, init_library);
    xmlSetGenericErrorFunc(NULL, silent);
    xmlXPathCompExprPtr compiled = xmlXPathCompile((const xmlChar *)xpath);
    if (!compiled) {
        return xpath_error(xpath, reterr);
    }
    xmlXPathFreeCompExpr(compiled);
    return YS_OK;
}

/* Puts a child under its name; a second of the same name makes a list. */
static void put_child(struct ys_arena *arena, struct ys_value *map, const char *name,
                      const struct ys_value *value)
{
    const struct ys_value *before = ys_value_get(map, name);
    if (!before) {
        ys_value_set(arena, map, name, value);
        return;
    }
    struct ys_value *list = ys_value_list(arena);
    for (size_t i = 0; before->kind == YS_KIND_LIST && i < before->as.list.count; i++) {
        ys_value_append(arena, list, before->as.list.items[i]);
    }
    if (before->kind != YS_KIND_LIST) {
        ys_value_append(arena, list, before);
    }
    ys_value_append(arena, list, value);
    ys_value_set(arena, map, name, list);
}

static const struct ys_value *element_value(struct ys_arena *arena, xmlNodePtr element,
                                            size_t depth)
{
    struct ys_value *map = ys_value_map(arena);
    for (xmlAttrPtr a = element->properties; a; a = a->next) {
        xmlChar *text = xmlNodeListGetString(element->doc, a->children, 1);
        const char *name = ys_arena_printf(arena, "@%s", (const char *)a->name);
        ys_value_set(arena, map, name, text_value(arena, text));
    }
    for (xmlNodePtr node = element->children; node && depth < XML_DEPTH_MAX; node = node->next) {
        if (node->type == XML_ELEMENT_NODE) {
            put_child(arena, map, (const char *)node->name,
                      element_value(arena, node, depth + 1));
        }
    }
    if (ys_value_count(map) == 0) {
        return text_value(arena, xmlNodeGetContent(element));
    }
    return map;
}

enum ys_status ys_xml_to_value(struct ys_arena *arena, struct ys_xml *xml,
                               const struct ys_value **ret_value, struct ys_err *reterr)
{
    (void)reterr;
    xmlNodePtr root = xmlDocGetRootElement(xml->document);
    struct ys_value *map = ys_value_map(arena);
    ys_value_set(arena, map, (const char *)root->name, element_value(arena, root, 0));
    *ret_value = map;
    return YS_OK;
}

struct writing {
    struct ys_arena arena;
    xmlTextWriterPtr writer;
    struct ys_err *reterr;
};

static enum ys_status write_element(struct writing *writing, const char *name,
                                    const struct ys_value *value);

static const char *scalar_text(struct writing *writing, const struct ys_value *value)
{
    char number[YS_DECIMAL_TEXT_MAX];
    switch (value->kind) {
    case YS_KIND_STRING:
        return value->as.string.bytes;
    case YS_KIND_NUMBER:
        ys_decimal_format(value->as.number, number);
        return ys_arena_strdup(&writing->arena, value->text ? value->text : number);
    case YS_KIND_BOOL:
        return value->as.boolean ? "true" : "false";
    case YS_KIND_NULL:
        return "";
    case YS_KIND_LIST:
    case YS_KIND_MAP:
        break;
    }
    return NULL;
}

static enum ys_status write_members(struct writing *writing, const struct ys_value *map)
{
    enum ys_status status = YS_OK;
    /* Attributes come before content, wherever they stand in the map. */
    for (size_t i = 0; i < map->as.map.count; i++) {
        const struct ys_member *member = &map->as.map.members[i];
        if (member->name[0] == '@') {
            const char *text = scalar_text(writing, member->value);
            xmlTextWriterWriteAttribute(writing->writer, (const xmlChar *)member->name + 1,
                                        (const xmlChar *)(text ? text : ""));
        }
    }
    for (size_t i = 0; status == YS_OK && i < map->as.map.count; i++) {
        const struct ys_member *member = &map->as.map.members[i];
        if (strcmp(member->name, "#text") == 0) {
            const char *text = scalar_text(writing, member->value);
            xmlTextWriterWriteString(writing->writer, (const xmlChar *)(text ? text : ""));
        } else if (member->name[0] != '@') {
            status = write_element(writing, member->name, member->value);
        }
    }
    return status;
}

static enum ys_status write_element(struct writing *writing, const char *name,
                                    const struct ys_value *value)
{
    enum ys_status status = YS_OK;
    if (value->kind == YS_KIND_LIST) {
        for (size_t i = 0; status == YS_OK && i < value->as.list.count; i++) {
            status = write_element(writing, name, value->as.list.items[i]);
        }
        return status;
    }
    if (xmlValidateNCName((const xmlChar *)name, 0) != 0) {
        return ys_err_set(writing->reterr, YS_ERR_SYNTAX, "'%s' is no element name", name);
    }
    xmlTextWriterStartElement(writing->writer, (const xmlChar *)name);
    if (value->kind == YS_KIND_MAP) {
        status = write_members(writing, value);
    } else {
        xmlTextWriterWriteString(writing->writer, (const xmlChar *)scalar_text(writing, value));
    }
    xmlTextWriterEndElement(writing->writer);
    return status;
}

enum ys_status ys_xml_write(const struct ys_value *value, const char *charset, struct ys_buf *buf,
                            struct ys_err *reterr)
{
    pthread_once(&once, init_library);
    if (value->kind != YS_KIND_MAP || value->as.map.count != 1) {
        return ys_err_set(reterr, YS_ERR_TYPE, "an XML body is a map with one member, the root");
    }
    xmlBufferPtr memory = xmlBufferCreate();
    struct writing writing = {.writer = xmlNewTextWriterMemory(memory, 0), .reterr = reterr};
    ys_arena_init(&writing.arena);
    enum ys_status status = YS_OK;
    if (xmlTextWriterStartDocument(writing.writer, "1.0", charset ? charset : "UTF-8", NULL) < 0) {
        status = ys_err_set(reterr, YS_ERR_ENCODING, "unknown character encoding '%s'",
                            charset ? charset : "UTF-8");
    }
    if (status == YS_OK) {
        status = write_element(&writing, value->as.map.members[0].name,
                               value->as.map.members[0].value);
    }
    if (status == YS_OK && xmlTextWriterEndDocument(writing.writer) < 0) {
        status = ys_err_set(reterr, YS_ERR_ENCODING, "the XML body could not be encoded");
    }
    xmlFreeTextWriter(writing.writer);
    if (status == YS_OK) {
        status = ys_buf_append(buf, xmlBufferContent(memory), (size_t)xmlBufferLength(memory));
        if (status != YS_OK) {
            ys_err_set(reterr, status, "the XML body is too large");
        }
    }
    xmlBufferFree(memory);
    ys_arena_clear(&writing.arena);
    return status;
}

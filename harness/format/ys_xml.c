/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_xml.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
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

/* struct ys_xml_node is libxml2's xmlNode under a name of our own. */
static xmlXPathObjectPtr evaluate(struct ys_xml *xml, const struct ys_xml_node *from,
                                  const char *xpath)
{
    xmlXPathContextPtr context = xmlXPathNewContext(xml->document);
    xmlSetGenericErrorFunc(NULL, silent);
    if (from) {
        context->node = (xmlNodePtr)(uintptr_t)from;
    }
    xmlXPathObjectPtr result = xmlXPathEvalExpression((const xmlChar *)xpath, context);
    xmlXPathFreeContext(context);
    return result;
}

enum ys_status ys_xml_nodes(struct ys_arena *arena, struct ys_xml *xml,
                            const struct ys_xml_node *from, const char *xpath,
                            const struct ys_xml_node *const **ret_nodes, size_t *ret_count,
                            struct ys_err *reterr)
{
    xmlXPathObjectPtr result = evaluate(xml, from, xpath);
    if (!result) {
        return xpath_error(xpath, reterr);
    }
    bool set = result->type == XPATH_NODESET && result->nodesetval;
    size_t count = set ? (size_t)result->nodesetval->nodeNr : 0;
    const struct ys_xml_node **nodes = ys_arena_calloc(arena, count + 1, sizeof *nodes);
    for (size_t i = 0; i < count; i++) {
        nodes[i] = (const struct ys_xml_node *)(const void *)result->nodesetval->nodeTab[i];
    }
    xmlXPathFreeObject(result);
    *ret_nodes = nodes;
    *ret_count = count;
    return YS_OK;
}

enum ys_status ys_xml_select(struct ys_arena *arena, struct ys_xml *xml, const char *xpath,
                             const struct ys_value **ret_nodes, struct ys_err *reterr)
{
    return ys_xml_select_from(arena, xml, NULL, xpath, ret_nodes, reterr);
}

enum ys_status ys_xml_select_from(struct ys_arena *arena, struct ys_xml *xml,
                                  const struct ys_xml_node *from, const char *xpath,
                                  const struct ys_value **ret_nodes, struct ys_err *reterr)
{
    xmlXPathObjectPtr result = evaluate(xml, from, xpath);
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

bool ys_xpath_selects(const char *xpath)
{
    static const char any[] = "<any/>";
    struct ys_xml *xml = NULL;
    if (ys_xml_parse(any, sizeof any - 1, NULL, &xml, NULL) != YS_OK) {
        return false;
    }
    xmlXPathObjectPtr result = evaluate(xml, NULL, xpath);
    bool selects = result && result->type == XPATH_NODESET;
    xmlXPathFreeObject(result);
    ys_xml_free(xml);
    return selects;
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
    struct ys_err *reterr;
};

static enum ys_status write_element(struct writing *writing, xmlNodePtr parent, const char *name,
                                    const struct ys_value *value);

static const xmlChar *scalar_text(struct writing *writing, const struct ys_value *value)
{
    char number[YS_DECIMAL_TEXT_MAX];
    const char *text = "";
    switch (value->kind) {
    case YS_KIND_STRING:
        text = value->as.string.bytes;
        break;
    case YS_KIND_NUMBER:
        ys_decimal_format(value->as.number, number);
        text = value->text ? value->text : ys_arena_strdup(&writing->arena, number);
        break;
    case YS_KIND_BOOL:
        text = value->as.boolean ? "true" : "false";
        break;
    case YS_KIND_NULL:
    case YS_KIND_LIST:
    case YS_KIND_MAP:
        break;
    }
    return (const xmlChar *)text;
}

static enum ys_status write_members(struct writing *writing, xmlNodePtr element,
                                    const struct ys_value *map)
{
    enum ys_status status = YS_OK;
    for (size_t i = 0; status == YS_OK && i < map->as.map.count; i++) {
        const struct ys_member *member = &map->as.map.members[i];
        const xmlChar *name = (const xmlChar *)member->name;
        if (name[0] == '@') {
            xmlNewProp(element, name + 1, scalar_text(writing, member->value));
        } else if (strcmp(member->name, "#text") == 0) {
            xmlAddChild(element, xmlNewText(scalar_text(writing, member->value)));
        } else {
            status = write_element(writing, element, member->name, member->value);
        }
    }
    return status;
}

static enum ys_status write_element(struct writing *writing, xmlNodePtr parent, const char *name,
                                    const struct ys_value *value)
{
    enum ys_status status = YS_OK;
    if (value->kind == YS_KIND_LIST) {
        for (size_t i = 0; status == YS_OK && i < value->as.list.count; i++) {
            status = write_element(writing, parent, name, value->as.list.items[i]);
        }
        return status;
    }
    if (xmlValidateNCName((const xmlChar *)name, 0) != 0) {
        return ys_err_set(writing->reterr, YS_ERR_SYNTAX, "'%s' is no element name", name);
    }
    xmlNodePtr element = xmlNewNode(NULL, (const xmlChar *)name);
    if (parent->type == XML_DOCUMENT_NODE) {
        xmlDocSetRootElement((xmlDocPtr)parent, element);
    } else {
        xmlAddChild(parent, element);
    }
    if (value->kind == YS_KIND_MAP) {
        return write_members(writing, element, value);
    }
    xmlAddChild(element, xmlNewText(scalar_text(writing, value)));
    return YS_OK;
}

enum ys_status ys_xml_write(const struct ys_value *value, const char *charset, struct ys_buf *buf,
                            struct ys_err *reterr)
{
    pthread_once(&once, init_library);
    if (value->kind != YS_KIND_MAP || value->as.map.count != 1) {
        return ys_err_set(reterr, YS_ERR_TYPE, "an XML body is a map with one member, the root");
    }
    const struct ys_member *root = &value->as.map.members[0];
    struct writing writing = {.reterr = reterr};
    xmlDocPtr document = xmlNewDoc((const xmlChar *)"1.0");
    xmlChar *text = NULL;
    int length = 0;
    ys_arena_init(&writing.arena);
    enum ys_status status =
        write_element(&writing, (xmlNodePtr)document, root->name, root->value);
    if (status == YS_OK) {
        xmlDocDumpMemoryEnc(document, &text, &length, charset ? charset : "UTF-8");
        if (!text) {
            status = ys_err_set(reterr, YS_ERR_ENCODING, "the XML body has no form in %s",
                                charset ? charset : "UTF-8");
        }
    }
    if (status == YS_OK) {
        status = ys_buf_append(buf, text, (size_t)length);
        if (status != YS_OK) {
            ys_err_set(reterr, status, "the XML body is too large");
        }
    }
    xmlFree(text);
    xmlFreeDoc(document);
    ys_arena_clear(&writing.arena);
    return status;
}

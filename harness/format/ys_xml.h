/* SPDX-License-Identifier: Apache-2.0 */
/*
 * XML by libxml2: reading with XPath 1.0, and writing of a body from a value. No network, no
 * external entities, no DTD processing.
 */
#ifndef YS_XML_H
#define YS_XML_H

#include "ys_buf.h"
#include "ys_value.h"

struct ys_xml; /* a parsed document; owned by the caller */

/* The encoding is that of the XML declaration unless `charset` names one. YS_ERR_SYNTAX. */
YS_NODISCARD enum ys_status ys_xml_parse(const char *bytes, size_t length, const char *charset,
                                         struct ys_xml **ret_xml, struct ys_err *reterr);
void ys_xml_free(struct ys_xml *xml);
/* Node sets give a list of strings (text content); numbers, strings and booleans a list of one. */
YS_NODISCARD enum ys_status ys_xml_select(struct ys_arena *arena, struct ys_xml *xml,
                                          const char *xpath, const struct ys_value **ret_nodes,
                                          struct ys_err *reterr);
/* Relative to a node (NULL: the document). Nodes live as long as the document. */
struct ys_xml_node;
YS_NODISCARD enum ys_status ys_xml_select_from(struct ys_arena *arena, struct ys_xml *xml,
                                               const struct ys_xml_node *from, const char *xpath,
                                               const struct ys_value **ret_nodes,
                                               struct ys_err *reterr);
/* The nodes themselves; none where the expression gives no node set. */
YS_NODISCARD enum ys_status ys_xml_nodes(struct ys_arena *arena, struct ys_xml *xml,
                                         const struct ys_xml_node *from, const char *xpath,
                                         const struct ys_xml_node *const **ret_nodes,
                                         size_t *ret_count, struct ys_err *reterr);
/* The document element as a value, so that one path language can serve where a suite prefers it:
 * an element with children is a map (repeated names a list, "@name" attributes), else a string. */
YS_NODISCARD enum ys_status ys_xml_to_value(struct ys_arena *arena, struct ys_xml *xml,
                                            const struct ys_value **ret_value,
                                            struct ys_err *reterr);
/* The reverse: `value` is a map with one member, the document element; "@name" members are
 * attributes, "#text" is text beside them, lists repeat an element. `charset` is declared and
 * used (NULL: UTF-8). */
YS_NODISCARD enum ys_status ys_xml_write(const struct ys_value *value, const char *charset,
                                         struct ys_buf *buf, struct ys_err *reterr);
/* Whether an XPath expression compiles: for lint. YS_ERR_SYNTAX. */
YS_NODISCARD enum ys_status ys_xpath_check(const char *xpath, struct ys_err *reterr);
/* Whether it selects nodes. A literal, a number or a call of a function (XPath 1.0, 3.1) makes a
 * value of its own, whatever the document says. */
bool ys_xpath_selects(const char *xpath);

#endif

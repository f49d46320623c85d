/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate's decision as JUnit XML for a CI server's own page: a failing test for each reason, a
 * skipped one for each known failure that stands, an error for each case that could not be decided,
 * and the cases that passed.
 */
#include <assert.h>
#include <string.h>

#include "ys_report.h"
#include "ys_xml_writer.h"

static bool is(const struct ys_value *map, const char *name, const char *wanted)
{
    return strcmp(ys_value_word(map, name), wanted) == 0;
}

static size_t count_of(const struct ys_value *list, const char *name, const char *wanted)
{
    size_t count = 0;
    for (size_t i = 0; i < ys_value_count(list); i++) {
        count += is(ys_value_at(list, i), name, wanted);
    }
    return count;
}

static void write_test(struct ys_xw *xw, const struct ys_value *one, const char *kind,
                       const char *outcome, const char *message)
{
    const char *case_id = ys_value_word(one, "case");
    const char *clause = ys_value_word(one, "clause");
    ys_xw_start(xw, "testcase");
    ys_xw_attr_printf(xw, "classname", "gate.%s", kind);
    ys_xw_attr_printf(xw, "name", "%s%s%s", *case_id ? case_id : kind, *clause ? " " : "", clause);
    ys_xw_start(xw, outcome);
    ys_xw_attr(xw, "message", message);
    if (strcmp(outcome, "skipped") != 0) {
        ys_xw_attr(xw, "type", kind);
    }
    ys_xw_end(xw);
    ys_xw_end(xw);
}

static void write_known(struct ys_xw *xw, const struct ys_value *known)
{
    for (size_t i = 0; i < ys_value_count(known); i++) {
        const struct ys_value *one = ys_value_at(known, i);
        if (is(one, "state", "stands")) {
            ys_xw_start(xw, "testcase");
            ys_xw_attr(xw, "classname", "gate.known-failure");
            ys_xw_attr_printf(xw, "name", "%s %s", ys_value_word(one, "case"),
                              ys_value_word(one, "clause"));
            ys_xw_start(xw, "skipped");
            ys_xw_attr_printf(xw, "message", "known until %s, owner %s: %s",
                              ys_value_word(one, "expires"), ys_value_word(one, "owner"),
                              ys_value_word(one, "reason"));
            ys_xw_end(xw);
            ys_xw_end(xw);
        }
    }
}

static void write_passed(struct ys_xw *xw, const struct ys_value *cases)
{
    for (size_t i = 0; i < ys_value_count(cases); i++) {
        const struct ys_value *one = ys_value_at(cases, i);
        if (is(one, "verdict", "pass")) {
            long long ms = (long long)ys_value_get_int(one, "duration_ms", 0);
            ys_xw_start(xw, "testcase");
            ys_xw_attr(xw, "classname", ys_value_word(one, "suite"));
            ys_xw_attr(xw, "name", ys_value_word(one, "id"));
            ys_xw_attr_printf(xw, "time", "%lld.%03lld", ms / 1000, ms % 1000);
            ys_xw_end(xw);
        }
    }
}

enum ys_status ys_report_gate_junit(const struct ys_value *gate, const struct ys_value *result,
                                    const char *path, struct ys_err *reterr)
{
    assert(gate);
    assert(path);
    struct ys_xw *xw = NULL;
    const struct ys_value *reasons = ys_value_get(gate, "reasons");
    const struct ys_value *warnings = ys_value_get(gate, "warnings");
    const struct ys_value *known = ys_value_get(gate, "known");
    const struct ys_value *cases = ys_value_get(result, "cases");
    size_t errors = count_of(warnings, "kind", "inconclusive");
    size_t skipped = count_of(known, "state", "stands");
    size_t passed = count_of(cases, "verdict", "pass");
    enum ys_status status = ys_xw_open(path, true, &xw, reterr);
    if (status != YS_OK) {
        return status;
    }
    ys_xw_declare_xml(xw);
    ys_xw_start(xw, "testsuites");
    ys_xw_start(xw, "testsuite");
    ys_xw_attr_printf(xw, "name", "gate %s", ys_value_word(gate, "candidate"));
    ys_xw_attr_printf(xw, "tests", "%zu", ys_value_count(reasons) + errors + skipped + passed);
    ys_xw_attr_printf(xw, "failures", "%zu", ys_value_count(reasons));
    ys_xw_attr_printf(xw, "errors", "%zu", errors);
    ys_xw_attr_printf(xw, "skipped", "%zu", skipped);
    for (size_t i = 0; i < ys_value_count(reasons); i++) {
        const struct ys_value *one = ys_value_at(reasons, i);
        write_test(xw, one, ys_value_word(one, "kind"), "failure",
                   ys_value_word(ys_value_get(one, "text"), "en"));
    }
    for (size_t i = 0; i < ys_value_count(warnings); i++) {
        const struct ys_value *one = ys_value_at(warnings, i);
        if (is(one, "kind", "inconclusive")) {
            write_test(xw, one, "inconclusive", "error",
                       ys_value_word(ys_value_get(one, "text"), "en"));
        }
    }
    write_known(xw, known);
    write_passed(xw, cases);
    ys_xw_end(xw);
    ys_xw_end(xw);
    return ys_xw_close(xw, reterr);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "ys_verdict.h"

#include <string.h>

enum ys_verdict ys_verdict_worse(enum ys_verdict a, enum ys_verdict b)
{
    return a > b ? a : b;
}

const char *ys_verdict_name(enum ys_verdict verdict)
{
    switch (verdict) {
    case YS_VERDICT_NOT_APPLICABLE:
        return "not-applicable";
    case YS_VERDICT_PASS:
        return "pass";
    case YS_VERDICT_PENDING:
        return "pending";
    case YS_VERDICT_INCONCLUSIVE:
        return "inconclusive";
    case YS_VERDICT_FAIL:
        return "fail";
    }
    return "";
}

const char *ys_cause_name(enum ys_cause cause)
{
    switch (cause) {
    case YS_CAUSE_NONE:
        return "";
    case YS_CAUSE_CANDIDATE:
        return "candidate";
    case YS_CAUSE_CONFIGURATION:
        return "configuration";
    case YS_CAUSE_ENVIRONMENT:
        return "environment";
    case YS_CAUSE_HARNESS:
        return "harness";
    case YS_CAUSE_PERSON:
        return "person";
    }
    return "";
}

bool ys_verdict_named(const char *name, enum ys_verdict *ret_verdict)
{
    for (int i = 0; name && i < YS_VERDICT_COUNT; i++) {
        if (strcmp(ys_verdict_name((enum ys_verdict)i), name) == 0) {
            *ret_verdict = (enum ys_verdict)i;
            return true;
        }
    }
    return false;
}

bool ys_cause_named(const char *name, enum ys_cause *ret_cause)
{
    for (int i = 0; name && i < YS_CAUSE_COUNT; i++) {
        if (strcmp(ys_cause_name((enum ys_cause)i), name) == 0) {
            *ret_cause = (enum ys_cause)i;
            return true;
        }
    }
    return false;
}

const char *ys_conclusion_name(enum ys_conclusion conclusion)
{
    switch (conclusion) {
    case YS_CONCLUSION_QUALIFIED:
        return "qualified";
    case YS_CONCLUSION_UNQUALIFIED:
        return "unqualified";
    case YS_CONCLUSION_INCOMPLETE:
        return "incomplete";
    }
    return "";
}

const char *ys_conclusion_text(enum ys_conclusion conclusion, const char *lang)
{
    bool zh = strcmp(lang, "zh") == 0;
    switch (conclusion) {
    case YS_CONCLUSION_QUALIFIED:
        return zh ? "合格" : "qualified";
    case YS_CONCLUSION_UNQUALIFIED:
        return zh ? "不合格" : "unqualified";
    case YS_CONCLUSION_INCOMPLETE:
        return zh ? "未完成" : "incomplete";
    }
    return "";
}

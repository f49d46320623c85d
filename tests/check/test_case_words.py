# SPDX-License-Identifier: Apache-2.0
"""What `yanshou explain` tells of each case teaches the one who must mend it, in both languages.

    test_case_words.py YANSHOU SOURCE_DIR

Each description has the usual cause of a failure and who mends it, a cause of its own rather than a
phrase for all; a case that speaks to a card names the standard, its part and year.
"""
import json
import os
import re
import subprocess
import sys

FORMS = {
    "zh": re.compile(r"常见原因：(?P<cause>[^。]+。)由(?P<who>[^。]+)修复。$"),
    "en": re.compile(r"Usual causes?: (?P<cause>.+\.) Mended by (?P<who>[^.]+)\.$"),
}
STANDARD = re.compile(r"\b(LD/T [0-9]+(\.[0-9]+)?|JR/T 0025\.[0-9]+)-20[0-9]{2}\b")
BATCH = 100  # operands of one command


def speaks_to_a_card(value):
    if isinstance(value, dict):
        card = value.get("card")
        return isinstance(card, dict) and "reader" in card or any(map(speaks_to_a_card, value.values()))
    return isinstance(value, list) and any(map(speaks_to_a_card, value))


def faults(case, causes):
    """What is wrong with the words of a case; `causes` has those seen before, by language."""
    found = []
    for language, form in FORMS.items():
        words = case.get("description", {}).get(language, "")
        match = form.search(words)
        if not match:
            found.append(f"{language}: no usual cause, or nobody who mends it")
        else:
            first = causes.setdefault((language, match["cause"]), case["id"])
            if first != case["id"]:
                found.append(f"{language}: the cause is that of {first}, word for word")
        card = any(need.startswith("reader.") for need in case.get("needs", [])) or speaks_to_a_card(case)
        if card and not STANDARD.search(words):
            found.append(f"{language}: speaks to a card and names no standard")
    return found


# The check itself, on descriptions that each lack one thing.
good = {"id": "good", "steps": [{"each": {"of": [1]}, "steps": [{"card": {"reader": "card"}}]}],
        "description": {"zh": "LD/T 32.5-2015。常见原因：甲。由乙修复。",
                        "en": "LD/T 32.5-2015. Usual cause: one. Mended by two."}}
assert not faults(good, {})
assert faults(good, {("zh", "甲。"): "another"})
for language, words in (("zh", "LD/T 32.5-2015。常见原因：甲。"), ("en", "LD/T 32.5-2015. Usual cause: one."),
                        ("zh", "LD/T 32.5-2015。由乙修复。"), ("en", "LD/T 32.5-2015. Mended by two."),
                        ("zh", "常见原因：甲。由乙修复。"), ("en", "Usual cause: one. Mended by two."), ("en", "")):
    bad = dict(good, description=dict(good["description"], **{language: words}))
    assert [f for f in faults(bad, {}) if f.startswith(language)], words

yanshou = os.path.abspath(sys.argv[1])
os.chdir(sys.argv[2])


def asked(*arguments):
    return json.loads(subprocess.run([yanshou, *arguments, "--json"], stdout=subprocess.PIPE, check=True).stdout)


ids = [case["id"] for case in asked("list")]
cases, causes, failures = 0, {}, []
for i in range(0, len(ids), BATCH):
    for told in asked("explain", *ids[i:i + BATCH]):
        cases += 1
        failures += [f"{told['file']}:{told['line']}: {told['id']}: {fault}" for fault in faults(told["case"], causes)]
if cases == 0 or cases != len(ids):
    failures.append(f"{cases} of {len(ids)} cases are explained")
for failure in failures:
    print(failure)
print(f"{cases} cases, {len(failures)} faults")
sys.exit(1 if failures else 0)

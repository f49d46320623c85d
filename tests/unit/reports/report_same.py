# SPDX-License-Identifier: Apache-2.0
"""The same result gives the same bytes wherever it is reported, and reporting many cases takes
hardly more memory than reporting some: report_same.py YANSHOU DATA WATCH. WATCH measures:
a program started from here would be charged with the memory of this one."""
import copy
import json
import os
import subprocess
import sys
import tempfile

KINDS = ("json", "html", "junit", "csv", "ctrf", "sarif", "oscal")
PLACES = ({}, {"TZ": "America/New_York"}, {"TZ": "Asia/Shanghai", "LANG": "zh_CN.UTF-8"},
          {"TZ": "Pacific/Chatham", "LC_ALL": "tr_TR.UTF-8"}, {"LC_ALL": "C", "LANG": "de_DE.UTF-8"},
          {"LC_ALL": "zh_CN.GBK", "LC_NUMERIC": "de_DE.UTF-8", "TZ": ":/nowhere"})
FEW, MANY = 2000, 40000  # as many as the HTML shows, and many more
GROWTH_BYTES = 192  # what one more case may cost: its place, its id at its clauses; a tree costs 5,000


def report(watch, yanshou, folder, kind, lang, place):
    """The bytes, and the peak of memory in KiB."""
    path = os.path.join(folder, "out")
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("TZ", "LANG") and not name.startswith("LC_")}
    # AddressSanitizer would keep what is freed, and the peak would be that of all that ever was.
    environment["ASAN_OPTIONS"] = (environment.get("ASAN_OPTIONS", "") +
                                   ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0")
    watched = subprocess.run(
        [watch, yanshou, "report", folder, "-f", kind, "--lang", lang, "-o", path, "--quiet"],
        env={**environment, **place}, check=True, capture_output=True, text=True)
    status, _, peak = watched.stdout.split()
    assert status == "0", f"{kind}: ended with {status}"
    with open(path, "rb") as file:
        return file.read(), int(peak)


def write(path, result):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(result, file)


def with_cases(result, count):
    big = copy.deepcopy(result)
    big["cases"] = [dict(result["cases"][i % len(result["cases"])], id=f"case.{i}")
                    for i in range(count)]
    for clause in big["clauses"]:
        clause["cases"] = [case["id"] for case in big["cases"] if clause["id"] in case["clauses"]]
    return big


def main():
    yanshou, data, watch = sys.argv[1:]
    with open(data, encoding="utf-8") as file:
        result = json.load(file)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "result.json")
        write(path, result)
        # The HTML looks for the records that it cites, and says where there is none.
        with open(os.path.join(folder, "evidence.jsonl"), "wb"):
            pass
        for kind in KINDS:
            for lang in ("zh", "en"):
                first = report(watch, yanshou, folder, kind, lang, PLACES[0])[0]
                for place in PLACES[1:]:
                    again = report(watch, yanshou, folder, kind, lang, place)[0]
                    assert again == first, (kind, lang, place)
        write(path, with_cases(result, FEW))
        few = {kind: report(watch, yanshou, folder, kind, "zh", {})[1] for kind in KINDS}
        write(path, with_cases(result, MANY))
        for kind in KINDS:
            peak = report(watch, yanshou, folder, kind, "zh", {})[1]
            growth = (peak - few[kind]) * 1024 // (MANY - FEW)
            print(f"{kind}: {FEW} cases {few[kind]} KiB, {MANY} cases {peak} KiB: {growth} bytes a case")
            assert growth < GROWTH_BYTES, f"{kind} grows with the number of cases"


main()

# SPDX-License-Identifier: Apache-2.0
"""The same result gives the same bytes wherever it is reported, and reporting many cases takes no
more memory than reading them: report_same.py YANSHOU DATA."""
import copy
import json
import os
import sys
import tempfile

KINDS = ("json", "html", "junit", "csv", "ctrf", "sarif", "oscal")
PLACES = ({}, {"TZ": "America/New_York"}, {"TZ": "Asia/Shanghai", "LANG": "zh_CN.UTF-8"},
          {"TZ": "Pacific/Chatham", "LC_ALL": "tr_TR.UTF-8"}, {"LC_ALL": "C", "LANG": "de_DE.UTF-8"},
          {"LC_ALL": "zh_CN.GBK", "LC_NUMERIC": "de_DE.UTF-8", "TZ": ":/nowhere"})
CASES = 20000
GROWTH_KIB = 4096  # what a writer may hold beside the result, whatever its length


def report(yanshou, folder, kind, lang, place):
    """The bytes, and the peak of memory in KiB."""
    path = os.path.join(folder, "out")
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("TZ", "LANG") and not name.startswith("LC_")}
    # AddressSanitizer would keep what is freed, and the peak would be that of all that ever was.
    environment["ASAN_OPTIONS"] = environment.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0"
    pid = os.spawnve(os.P_NOWAIT, yanshou,
                     [yanshou, "report", folder, "-f", kind, "--lang", lang, "-o", path, "--quiet"],
                     {**environment, **place})
    _, status, usage = os.wait4(pid, 0)
    assert status == 0, f"{kind}: ended with {status}"
    with open(path, "rb") as file:
        return file.read(), usage.ru_maxrss


def many(result):
    big = copy.deepcopy(result)
    big["cases"] = [dict(result["cases"][i % len(result["cases"])], id=f"case.{i}")
                    for i in range(CASES)]
    for clause in big["clauses"]:
        clause["cases"] = [case["id"] for case in big["cases"] if clause["id"] in case["clauses"]]
    return big


def main():
    yanshou, data = sys.argv[1:]
    with open(data, encoding="utf-8") as file:
        result = json.load(file)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "result.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(result, file)
        # The HTML looks for the records that it cites, and says where there is none.
        with open(os.path.join(folder, "evidence.jsonl"), "wb"):
            pass
        for kind in KINDS:
            for lang in ("zh", "en"):
                first = report(yanshou, folder, kind, lang, PLACES[0])[0]
                for place in PLACES[1:]:
                    assert report(yanshou, folder, kind, lang, place)[0] == first, (kind, lang, place)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(many(result), file)
        # The clauses alone are the shortest report: what it takes is what reading takes.
        reading = report(yanshou, folder, "csv", "zh", {})[1]
        for kind in KINDS:
            peak = report(yanshou, folder, kind, "zh", {})[1]
            print(f"{kind}: {CASES} cases, peak {peak} KiB, reading alone {reading} KiB")
            assert peak - reading < GROWTH_KIB, f"{kind} grows with the number of cases"


main()

# SPDX-License-Identifier: Apache-2.0
"""The JSON Schemas accept and refuse the same documents as the parser.

    test_schema_agrees.py YANSHOU SOURCE_DIR [SEED]

Documents: those of tests/check that are refused, good ones, and mutations of the good ones drawn
from a seed (a key misspelt, taken away or added; a value of another kind). What the schema refuses
the parser refuses, without exception. What the parser refuses the schema refuses too, unless every
complaint is one that schema-differences.txt lists with the reason why a schema cannot know it.
"""
import copy
import glob
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import jsonschema

YANSHOU, SOURCE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 20261124
MUTATIONS = 40  # of each document
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from core_yaml import load  # noqa: E402

os.environ.update(BANK_URL="https://127.0.0.1:1", REFBANK_URL="https://127.0.0.1:1", REFBANK_TERMINALS_URL="https://127.0.0.1:1", REFBANK_DIR="/nowhere")
validators = {}
for path in glob.glob(f"{SOURCE}/suites/schema/*.schema.json"):
    schema = json.load(open(path))
    jsonschema.Draft202012Validator.check_schema(schema)
    validators[os.path.basename(path).split(".")[0]] = jsonschema.Draft202012Validator(schema)
differences = []
for line in open(f"{SOURCE}/tests/check/schema-differences.txt"):
    if line.strip() and not line.startswith("#"):
        pattern, why = re.split(r"\s# ", line.rstrip("\n"), maxsplit=1)
        differences.append([re.compile(pattern.strip()), why, 0])
failures = []
counts = {"both accept": 0, "both refuse": 0, "only the parser refuses": 0}


def semantic(told):
    """Whether every complaint of the parser is one that a schema cannot make."""
    complaints = re.findall(r": error: (.*)", told)
    good = bool(complaints)
    for complaint in complaints:
        known = [d for d in differences if d[0].search(complaint)]
        for d in known[:1]:
            d[2] += 1
        good = good and bool(known)
    return good


def judge(kind, name, document, words):
    done = subprocess.run([YANSHOU, "check", *words], capture_output=True, text=True, cwd=SOURCE)
    told = done.stdout + done.stderr
    if done.returncode not in (0, 2):
        failures.append(f"{name}: status {done.returncode}: {told[:300]}")
        return
    errors = [f"{e.json_path}: {e.message[:120]}" for e in validators[kind].iter_errors(document)]
    if done.returncode == 0 and not errors:
        counts["both accept"] += 1
    elif done.returncode == 2 and errors:
        counts["both refuse"] += 1
    elif errors:
        failures.append(f"{name}: only the schema refuses: {errors[0]}")
    elif semantic(told):
        counts["only the parser refuses"] += 1
    else:
        failures.append(f"{name}: only the parser refuses: " + " | ".join(re.findall(r": error: (.*)", told)[:3] or [told[:200]]))


def places(node, path=()):
    """Every place of a document: (path to the container, key)."""
    keys = node.keys() if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in list(keys):
        yield path, key
        yield from places(node[key], path + (key,))


OTHERS = ["words", 7, -1, 1.5, True, None, [], {}, ["words"], {"zz": 1}, [{"zz": 1}], ""]


def mutate(document, draw):
    changed = copy.deepcopy(document)
    path, key = draw.choice(list(places(changed)))
    holder = changed
    for step in path:
        holder = holder[step]
    how = draw.choice(["other", "other", "take", "misspell", "add"])
    if how == "take" or (how == "misspell" and isinstance(holder, list)):
        del holder[key]
        how = "take"
    elif how == "misspell":
        holder[str(key) + "x"] = holder.pop(key)
    elif how == "add" and isinstance(holder, dict):
        holder["zz"] = draw.choice(OTHERS)
    else:
        holder[key] = draw.choice([o for o in OTHERS if type(o) is not type(holder[key]) or o != holder[key]])
        return changed, f"{'.'.join(map(str, path + (key,)))} = {json.dumps(holder[key])}"
    return changed, f"{how} {'.'.join(map(str, path + (key,)))}"


with tempfile.TemporaryDirectory() as scratch:
    def check(kind, name, document, original=None):
        if original:
            judge(kind, name, document, ["-s", "suites/beijing-2024", original])
        elif kind in ("regulation", "operations", "card", "calendar"):
            folder = f"{scratch}/pack"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(f"{scratch}/empty", folder)
            place = {"calendar": "calendar/2026.yaml"}.get(kind, f"{kind}.yaml")
            with open(f"{folder}/{place}", "w") as file:
                json.dump(document, file, ensure_ascii=False)
            judge(kind, name, document, ["-s", folder])
        elif kind == "facts":  # what a candidate states of the card is read with it
            with open(f"{scratch}/facts.json", "w") as file:
                json.dump(document, file, ensure_ascii=False)
            candidate = load(open(f"{SOURCE}/tests/check/good/candidate.yaml"))
            with open(f"{scratch}/candidate.json", "w") as file:
                json.dump(dict(candidate, card="facts.json"), file, ensure_ascii=False)
            judge(kind, name, document, ["-s", "suites/beijing-2024", f"{scratch}/candidate.json"])
        else:
            with open(f"{scratch}/document.json", "w") as file:
                json.dump(document, file, ensure_ascii=False)
            judge(kind, name, document, ["-s", "suites/beijing-2024", f"{scratch}/document.json"])

    os.mkdir(f"{scratch}/empty")
    for name in ("regulation.yaml", "operations.yaml", "card.yaml"):
        shutil.copy(f"{SOURCE}/suites/beijing-2024/{name}", f"{scratch}/empty")
    shutil.copytree(f"{SOURCE}/suites/beijing-2024/calendar", f"{scratch}/empty/calendar")

    for path in sorted(glob.glob(f"{SOURCE}/tests/check/*.yaml")):
        try:
            document = load(open(path))
        except Exception:
            continue  # a schema never sees what is not YAML
        kind = "candidate" if "candidate" in document else "suite"
        check(kind, os.path.basename(path), document, path)
    draw = random.Random(SEED)
    goods = sorted(glob.glob(f"{SOURCE}/tests/check/good/*.yaml"))
    for path in goods:
        document = load(open(path))
        kind = os.path.basename(path).split(".")[0].split("-")[0]
        check(kind, os.path.basename(path), document)
        for i in range(MUTATIONS):
            changed, how = mutate(document, draw)
            check(kind, f"{os.path.basename(path)}: {how}", changed)

if len(goods) < 4 or min(counts["both accept"], counts["both refuse"]) < 20:
    failures.append("too few documents to prove anything")
if failures:
    print("\n".join(failures))
    print("Mend the loading table or ys_schema.c; where no schema can know, say why in tests/check/schema-differences.txt.")
print(f"seed {SEED}: " + ", ".join(f"{k} {n}" for k, n in counts.items()) + f"; {len(failures)} differ")
sys.exit(1 if failures else 0)

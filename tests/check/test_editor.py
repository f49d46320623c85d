# SPDX-License-Identifier: Apache-2.0
"""The editor's settings give each document of the tree one schema, and the document keeps it.

    test_editor.py SOURCE_DIR
"""
import fnmatch
import glob
import json
import os
import sys

import jsonschema
import yaml

os.chdir(sys.argv[1])
sys.path.insert(0, "tests/check")
from core_yaml import load  # noqa: E402

settings = json.load(open(".vscode/settings.json"))["yaml.schemas"]
failures = []
# Results, findings and proofs are written by the program, as JSON; no person writes them in an editor.
wanted = {os.path.basename(p) for p in glob.glob("suites/schema/*.json")} - {"result.schema.json", "attestations.schema.json", "proof.schema.json"}
if {os.path.basename(p) for p in settings} != wanted:
    failures.append(f"schemas without a place in .vscode/settings.json: {wanted ^ {os.path.basename(p) for p in settings}}")


def fits(path, patterns):
    def one(pattern):
        return fnmatch.fnmatch(path, pattern) and path.count("/") == pattern.count("/")
    return any(one(p) for p in patterns if p[0] != "!") and not any(one(p[1:]) for p in patterns if p[0] == "!")


checked = 0
for path in sorted(glob.glob("suites/*/**/*.yaml", recursive=True) + glob.glob("fixtures/candidates/*.yaml")):
    schemas = [schema for schema, patterns in settings.items() if fits(path, patterns)]
    if len(schemas) != 1:
        failures.append(f"{path} has {schemas}")
        continue
    schema = json.load(open(schemas[0]))
    for error in jsonschema.Draft202012Validator(schema).iter_errors(load(open(path))):
        failures.append(f"{path}: {error.json_path}: {error.message[:200]}")
    checked += 1
print("\n".join(failures[:20]) or f"{checked} documents keep the schema that the editor gives them")
sys.exit(1 if failures or checked < 25 else 0)

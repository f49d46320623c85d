# SPDX-License-Identifier: Apache-2.0
"""Holds recorded exchanges against an OpenAPI document: openapi.py DOCUMENT EXCHANGES.

Every reply must be described for its operation and status, and have the described schema; every
operation must have been seen with each status that the document names.
"""
import json
import re
import sys

import jsonschema
import yaml

document = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
exchanges = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
faults = []


def resolve(node):
    while "$ref" in node:
        target = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def find(path):
    for pattern, item in document["paths"].items():
        if re.fullmatch(re.sub(r"\{[a-z_]+\}", "[^/]+", pattern), path):
            yield pattern, item


def check(exchange):
    where = f"{exchange['method']} {exchange['path']} {exchange['status']}"
    for pattern, item in find(exchange["path"]):
        operation = item.get(exchange["method"].lower())
        if operation is None:
            continue
        responses = operation["responses"]
        status = str(exchange["status"])
        named = status if status in responses else "default"
        if named not in responses:
            return f"{where}: the document has no such answer"
        seen.add((exchange["method"], pattern, named))
        content = resolve(responses[named]).get("content", {}).get("application/json")
        if content is None:
            return None
        schema = dict(content["schema"], components=document["components"])
        validator = jsonschema.Draft202012Validator(schema)
        for error in validator.iter_errors(json.loads(exchange["reply"])):
            return f"{where}: {error.json_path}: {error.message}"
        return None
    return None


seen = set()
for one in exchanges:
    fault = check(one)
    if fault:
        faults.append(fault)
for pattern, item in document["paths"].items():
    for method, operation in item.items():
        if method in ("parameters",) or pattern in ("/oauth/token", "/openapi.yaml"):
            continue
        for status in operation["responses"]:
            if status != "default" and (method.upper(), pattern, status) not in seen:
                faults.append(f"{method.upper()} {pattern}: never seen to answer {status}")
for fault in faults[:20]:
    print(fault)
print(f"{len(exchanges)} exchanges, {len(seen)} answers of the document, {len(faults)} faults")
sys.exit(1 if faults else 0)

# SPDX-License-Identifier: Apache-2.0
"""The parser and the JSON Schema accept and refuse the same files of a gate and proofs.

gate_documents.py YANSHOU SOURCE_DIR
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

yanshou, source = sys.argv[1], pathlib.Path(sys.argv[2])
failed = 0
validators = {}
with tempfile.TemporaryDirectory() as scratch:
    path = pathlib.Path(scratch) / "document.json"
    for line in (source / "tests/check/gate-documents.txt").read_text("utf-8").splitlines():
        wanted, kind, text = line.split(" ", 2)
        if kind not in validators:
            schema = json.loads((source / f"suites/schema/{kind}.schema.json").read_text("utf-8"))
            validators[kind] = jsonschema.validators.validator_for(schema)(schema)
        path.write_text(text, "utf-8")
        told = subprocess.run([yanshou, "check", path], capture_output=True, text=True)
        parser = "good" if told.returncode == 0 else "bad"
        by_schema = "good" if validators[kind].is_valid(json.loads(text)) else "bad"
        if (parser, by_schema) != (wanted, wanted):
            print(f"{wanted} {kind}: parser says {parser}, schema says {by_schema}: {text}")
            print(told.stderr)
            failed = 1
sys.exit(failed)

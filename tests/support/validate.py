# SPDX-License-Identifier: Apache-2.0
"""Checks a JSON document against a JSON Schema: validate.py SCHEMA DOCUMENT."""
import json
import sys

import jsonschema

schema, document = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:3])
validator = jsonschema.validators.validator_for(schema)
validator.check_schema(schema)
errors = list(validator(schema).iter_errors(document))
for error in errors[:10]:
    print(f"{sys.argv[2]}: {error.json_path}: {error.message}")
sys.exit(1 if errors else 0)

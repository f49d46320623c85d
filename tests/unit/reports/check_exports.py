# SPDX-License-Identifier: Apache-2.0
"""Whether the exports of a run say what its result says: check_exports.py RUNDIR."""
import json
import sys

CTRF = {"pass": "passed", "fail": "failed", "inconclusive": "other", "pending": "pending",
        "not-applicable": "skipped"}
SARIF = {"pass": "pass", "fail": "fail", "inconclusive": "open", "pending": "review",
         "not-applicable": "notApplicable"}


def load(name):
    with open(f"{sys.argv[1]}/{name}", encoding="utf-8") as file:
        return json.load(file)


def check_ctrf(result):
    report = load("ctrf.json")["results"]
    assert len(report["tests"]) == len(result["cases"]) == report["summary"]["tests"]
    for test, case in zip(report["tests"], result["cases"]):
        assert test["name"] == case["id"] and test["rawStatus"] == case["verdict"]
        assert test["status"] == CTRF[case["verdict"]], test["name"]
        assert test["tags"] == case["clauses"]
        assert test.get("retries", 0) == case["attempts"] - 1
        assert len(test.get("retryAttempts", [])) == len(case.get("earlier_attempts", []))
        assert not test.get("flaky", False)
    for status in CTRF.values():
        count = sum(test["status"] == status for test in report["tests"])
        assert count == report["summary"][status], status
    assert len({test["id"] for test in report["tests"]}) == len(report["tests"])
    assert report["extra"]["conclusion"] == result["conclusion"]
    assert report["extra"]["clauses"] == result["clauses"]
    assert report["extra"]["attestations"] == result["attestations"]
    assert report["tool"]["extra"]["sm3"] == result["tool"]["sm3"]


def check_sarif(result):
    run = load("report.sarif")["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    taxa = [taxon["id"] for taxon in run["taxonomies"][0]["taxa"]]
    assert taxa == [clause["id"] for clause in result["clauses"]]
    of_rule = {}
    for entry in run["results"]:
        assert rules[entry["ruleIndex"]] == entry["ruleId"]
        assert (entry["level"] == "none") == (entry["kind"] != "fail")
        for taxon in entry["taxa"]:
            assert taxa[taxon["index"]] == taxon["id"]
        of_rule.setdefault(entry["ruleId"], set()).add(entry["kind"])
    for case in result["cases"]:
        assert SARIF[case["verdict"]] in of_rule[case["id"]], case["id"]
    for clause in result["clauses"]:
        told = of_rule.get("clause/" + clause["id"], set())
        for case in result["cases"]:
            if clause["id"] in case["clauses"]:
                told = told | of_rule[case["id"]]
        assert SARIF[clause["verdict"]] in told, clause["id"]
        assert clause["verdict"] == "fail" or "fail" not in of_rule.get("clause/" + clause["id"], [])
    assert run["properties"]["attestations"] == result["attestations"]
    assert run["tool"]["driver"]["properties"]["sm3"] == result["tool"]["sm3"]
    mandatory = {clause["id"] for clause in result["clauses"] if clause["mandatory"]}
    for entry in run["results"]:
        if entry["kind"] == "fail":
            wanted = any(taxon["id"] in mandatory for taxon in entry["taxa"])
            assert entry["level"] == ("error" if wanted else "warning")


def uuids_of(value, found):
    if isinstance(value, dict):
        found += [value["uuid"]] if "uuid" in value else []
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            uuids_of(item, found)
    return found


def values_of(props, name):
    return [prop["value"] for prop in props if prop["name"] == name]


def check_oscal(result):
    document = load("assessment-results.json")["assessment-results"]
    one = document["results"][0]
    uuids = uuids_of(document, [])
    assert len(set(uuids)) == len(uuids), "a uuid stands twice"
    resources = {"#" + resource["uuid"] for resource in document["back-matter"]["resources"]}
    parties = {party["uuid"] for party in document["metadata"]["parties"]}
    roles = {role["id"] for role in document["metadata"]["roles"]}
    platform = one["local-definitions"]["assessment-assets"]["assessment-platforms"][0]["uuid"]
    assert document["import-ap"]["href"] in resources
    observations = {entry["uuid"] for entry in one["observations"]}
    count = sum(len(result[name]) for name in ("cases", "documents", "attestations"))
    assert len(one["observations"]) == count
    for entry in one["observations"]:
        assert all(item["href"] in resources for item in entry.get("relevant-evidence", []))
        actor = entry["origins"][0]["actors"][0]["actor-uuid"]
        assert actor in parties or actor == platform
    assets = one["local-definitions"]["assessment-assets"]["assessment-platforms"][0]
    assert values_of(assets["props"], "sm3") == [result["tool"]["sm3"]]
    for entry, finding in zip(one["attestations"], result["attestations"], strict=True):
        told = entry["parts"][0]["props"]
        persons = finding.get("confirmed_by", [])
        assert [text.split(", ")[0] for text in values_of(told, "confirmed_by")] == [p["who"] for p in persons]
        assert values_of(told, "confirms") == ([finding["confirms"]] if "confirms" in finding else [])
        assert all(role["role-id"] in roles for role in entry["responsible-parties"])
    selection = one["reviewed-controls"]["control-selections"][0]
    states = {entry["target"]["target-id"]: entry for entry in one["findings"]}
    for clause in result["clauses"]:
        name = "clause-" + clause["id"]
        if clause["verdict"] == "not-applicable":
            assert name not in states and {"control-id": name} in selection["exclude-controls"]
            continue
        status = states[name]["target"]["status"]
        assert {"control-id": name} in selection["include-controls"]
        assert (status["state"] == "satisfied") == (clause["verdict"] == "pass"), name
        related = [item["observation-uuid"] for item in states[name].get("related-observations", [])]
        assert set(related) <= observations
        assert len(related) >= len(clause["cases"])


def main():
    result = load("result.json")
    check_ctrf(result)
    check_sarif(result)
    check_oscal(result)
    assert {case["verdict"] for case in result["cases"]} > {"pass", "fail", "inconclusive"}


main()

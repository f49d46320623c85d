# SPDX-License-Identifier: Apache-2.0
"""Checks the recipes of docs/ci for their form and writes their shell lines to run:
recipes.py OUT makes OUT/SERVER.parts and OUT/SERVER.gate."""
import re
import sys
import textwrap

import yaml

OUT = sys.argv[1]


def write(name, *scripts):
    with open(f"{OUT}/{name}", "w", encoding="utf-8") as file:
        file.write("\n".join(scripts) + "\n")


def load(name):
    with open(f"docs/ci/{name}", encoding="utf-8") as file:
        return list(yaml.safe_load_all(file))


def gitlab():
    [recipe] = load("gitlab-ci.yml")
    parts, gate = recipe["conformance"], recipe["gate"]
    assert {parts["stage"], gate["stage"]} <= set(recipe["stages"])
    assert parts["parallel"] == 3 and gate["needs"] == ["conformance"]
    for job in (parts, gate):
        assert job["artifacts"]["when"] == "always"
    assert gate["artifacts"]["reports"]["junit"] == "run/gate-junit.xml"
    write("gitlab.parts", *parts["script"])
    write("gitlab.gate", *gate["script"])


def github():
    [recipe] = load("github-workflow.yml")
    parts, gate = recipe["jobs"]["conformance"], recipe["jobs"]["gate"]
    assert parts["strategy"]["matrix"]["part"] == [1, 2, 3]
    assert parts["strategy"]["fail-fast"] is False
    assert parts["env"]["YANSHOU_SHARD"] == "${{ matrix.part }}/3"
    assert gate["needs"] == "conformance" and gate["if"] == "always()"
    for job in (parts, gate):
        uploads = [s for s in job["steps"] if s.get("uses", "").startswith("actions/upload-artifact")]
        assert [s["if"] for s in uploads] == ["always()"]
    write("github.parts", *(s["run"] for s in parts["steps"] if "run" in s))
    write("github.gate", *(s["run"] for s in gate["steps"] if "run" in s))


def jenkins():
    with open("docs/ci/Jenkinsfile", encoding="utf-8") as file:
        text = file.read()
    bare = re.sub(r"'''.*?'''", "", text, flags=re.S)
    for left, right in ("{}", "()", "[]"):
        assert bare.count(left) == bare.count(right), f"{left} without {right}"
    assert "(1..3)" in text and "YANSHOU_SHARD=${part}/3" in text
    parts, gate = (textwrap.dedent(s) for s in re.findall(r"sh '''\n(.*?)'''", text, flags=re.S))
    write("jenkins.parts", parts)
    write("jenkins.gate", gate)


def kubernetes():
    parts, gate = load("kubernetes-job.yaml")
    for job in (parts, gate):
        assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job")
        assert job["spec"]["template"]["spec"]["restartPolicy"] == "Never"
        assert job["spec"]["backoffLimit"] == 0
    spec = parts["spec"]
    assert spec["completionMode"] == "Indexed"
    assert spec["completions"] == spec["parallelism"] == 3
    for job, name in ((parts, "parts"), (gate, "gate")):
        [container] = job["spec"]["template"]["spec"]["containers"]
        assert container["command"] == ["sh", "-ec"]
        [script] = container["args"]
        write(f"kubernetes.{name}", script)
    with open(f"{OUT}/kubernetes.parts", encoding="utf-8") as file:
        assert f"auto/{spec['completions']}" in file.read()


for check in (gitlab, github, jenkins, kubernetes):
    check()

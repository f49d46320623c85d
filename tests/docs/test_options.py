# SPDX-License-Identifier: Apache-2.0
"""Help, manual page and completions tell the same commands and options.

    test_options.py YANSHOU

Each is read in its own way: help by its layout, the page as mandoc renders it, the completions by
the answers of a real bash, zsh and fish.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

YANSHOU = sys.argv[1]
failures = []


def output(*command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
    if done.returncode != 0:
        failures.append(f"{command[:4]}: status {done.returncode}: {done.stderr[:400]}")
    return done.stdout


def differ(what, wanted, found):
    if wanted != found:
        failures.append(f"{what}: missing {sorted(wanted - found)}, too many {sorted(found - wanted)}")


def spellings(options):
    return {f"--{o['name']}" for o in options} | {f"-{o['letter']}" for o in options if "letter" in o}


table = json.loads(output(YANSHOU, "help", "--json"))
commands = {c["name"]: c for c in table["commands"]}
if len(commands) < 19 or sum(len(c["options"]) for c in commands.values()) < 70:
    failures.append("the table of commands is too small to be true")
wanted = {name: spellings(c["options"] + table["common"]) for name, c in commands.items()}

# The list of all commands, and each command's help: ways of asking agree.
listed = output(YANSHOU, "--help")
differ("--help", set(commands), set(re.findall(r"^  ([a-z]+) +\S", listed, re.M)))
for name in commands:
    text = output(YANSHOU, name, "--help")
    if text != output(YANSHOU, "help", name):
        failures.append(f"help {name} differs from {name} --help")
    body = text[text.index("\noptions:\n"):]
    found = set()
    for letter, option in re.findall(r"^  (-., |    )--([a-z-]+)", body, re.M):
        found.add("--" + option)
        if letter.strip():
            found.add(letter.strip(", "))
    differ(f"{name} --help", wanted[name], found)

# The manual page: valid without a warning, and each command's section has its options.
with tempfile.TemporaryDirectory() as scratch:
    for page in ("yanshou", "yanshou-suite", "yanshou-candidate"):
        path = os.path.join(scratch, page)
        with open(path, "w") as file:
            file.write(output(YANSHOU, "help", "--man", page))
        lint = subprocess.run(["mandoc", "-T", "lint", "-W", "style", path], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        # Lines that are shown as they stand may be long, and the pages need not be installed here.
        told = [line for line in lint.stdout.splitlines()
                if "longer than 80 bytes" not in line and "referenced manual not found" not in line]
        if told or not open(path).read():
            failures.append(f"mandoc complains of {page}: {told[:5]}")
    rendered = output("mandoc", "-T", "utf8", "-O", "width=200", os.path.join(scratch, "yanshou"))
    rendered = re.sub(".\b", "", rendered)
    suite = re.sub(".\b", "", output("mandoc", "-T", "utf8", os.path.join(scratch, "yanshou-suite")))
    source = open(os.path.join(scratch, "yanshou-candidate")).read()


def page_options(text):
    found = set()
    for letter, option in re.findall(r"^ {7}(-., )?--([a-z-]+)(?= |$)", text, re.M):
        found.add("--" + option)
        if letter:
            found.add(letter.strip(", "))
    return found


sections = re.split(r"^   yanshou ([a-z]+)", rendered[:rendered.index("\nOPTIONS OF EVERY COMMAND")],
                    flags=re.M)
differ("sections of yanshou(1)", set(commands), set(sections[1::2]))
common = rendered[rendered.index("\nOPTIONS OF EVERY COMMAND"):rendered.index("\nEXIT STATUS")]
for name, text in zip(sections[1::2], sections[2::2]):
    differ(f"yanshou(1), {name}", wanted[name], page_options(text) | page_options(common))
for word in ("allow_empty", "at_most", "parallel", "starts_with"):
    if word not in suite:
        failures.append(f"yanshou-suite(5) does not tell of {word}")

# The example of a page is a document that the program takes.
example = source[source.index(".EX\n") + 4:source.index(".EE\n")]
for escape, character in (("\\(dq", '"'), ("\\-", "-"), ("\\(aq", "'"), ("\\e", "\\"), ("\\&", "")):
    example = example.replace(escape, character)
with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
    file.write(example)
    file.flush()
    output(YANSHOU, "check", file.name)

with tempfile.TemporaryDirectory() as scratch:
    for shell in ("bash", "zsh", "fish"):
        with open(os.path.join(scratch, shell), "w") as file:
            file.write(output(YANSHOU, "help", "--completion", shell))
    for name in ("a b.yaml", "c.yaml"):
        open(os.path.join(scratch, name), "w").close()

    # bash: what completing the last word offers.
    script = """
        source ./bash
        complete_line() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _yanshou; printf '%s\\n' "${COMPREPLY[@]}" ''; }
        while IFS=$'\\t' read -r -a words; do
            [ "${words[-1]}" = . ] && words[-1]=
            echo "= ${words[*]}"
            complete_line "${words[@]}"
        done
    """
    lines = [["yanshou", "."], ["yanshou", "run", "--purpose", "."], ["yanshou", "run", "--purpose", "=", "g"],
             ["yanshou", "run", "-c", "."], ["yanshou", "run", "--lang", "."],
             ["yanshou", "baseline", "pr"], ["yanshou", "help", "dia"], ["yanshou", "help", "dif"],
             ["yanshou", "run", "--seed", "."]]
    lines += [["yanshou", name, "-"] for name in commands]
    told = output("bash", "-c", script, cwd=scratch, input="".join("\t".join(w) + "\n" for w in lines))
    answers = {}
    for line in told.splitlines():
        if line.startswith("= "):
            current = answers.setdefault(line[2:], set())
        elif line:
            current.add(line)
    differ("bash, commands", set(commands) | {"--help", "--version"}, answers["yanshou "])
    for name in commands:
        differ(f"bash, {name}", wanted[name], answers[f"yanshou {name} -"])
    differ("bash, choices", {"acceptance", "selftest", "gate"}, answers["yanshou run --purpose "])
    differ("bash, choice behind =", {"gate"}, answers["yanshou run --purpose = g"])
    differ("bash, languages", {"zh", "en"}, answers["yanshou run --lang "])
    differ("bash, files", {"a b.yaml", "c.yaml", "bash", "zsh", "fish"}, answers["yanshou run -c "])
    differ("bash, first operand", {"prune"}, answers["yanshou baseline pr"])
    differ("bash, help of", {"diff"}, answers["yanshou help dif"])
    differ("bash, no such", set(), answers["yanshou help dia"])
    differ("bash, a free value", set(), answers["yanshou run --seed "])

    # zsh: what is handed to its own functions; _arguments takes the specifications apart.
    script = """
        _describe() { print -r -l -- ${${(P)2}%%:*} }
        _arguments() { print -r -l -- "$@" }
        source ./zsh
        words=(yanshou ''); CURRENT=2; echo "= "; _yanshou
        for name in "$@"; do words=(yanshou $name -); CURRENT=3; echo "= $name"; _yanshou; done
    """
    told = output("zsh", "-f", "-c", script, "zsh", *commands, cwd=scratch)
    answers = {}
    for line in told.splitlines():
        if line.startswith("= "):
            current = answers.setdefault(line[2:], set())
        else:
            match = re.match(r"\*?(--?[a-z][a-z-]*)[+=]?\[", line)
            if match or re.fullmatch("[a-z]+", line):
                current.add(match.group(1) if match else line)
    differ("zsh, commands", set(commands), answers[""])
    for name in commands:
        differ(f"zsh, {name}", wanted[name], answers[name])

    # fish: its own engine.
    script = """
        source ./fish
        echo "= "; complete -C 'yanshou '
        for name in $argv; echo "= $name"; complete -C "yanshou $name -"; complete -C "yanshou $name --"; end
        echo "= purpose"; complete -C 'yanshou run --purpose '
    """
    told = output("fish", "--no-config", "-c", script, *commands, cwd=scratch)
    answers = {}
    for line in told.splitlines():
        if line.startswith("= "):
            current = answers.setdefault(line[2:], set())
        elif line:
            current.add(line.split("\t")[0])
    differ("fish, commands", set(commands), answers[""])
    for name in commands:
        differ(f"fish, {name}", wanted[name], answers[name])
    differ("fish, choices", {"acceptance", "selftest", "gate"}, answers["purpose"])

print("\n".join(failures) or f"{len(commands)} commands are told alike in six ways")
sys.exit(1 if failures else 0)

# SPDX-License-Identifier: Apache-2.0
"""The commands of a guide do what the guide shows.

    test_guide.py BIN_FOLDER GUIDE.md [--write]

Runs each `$ command` of the ```console blocks in order, in one shell and a folder of its own, with
the reference bank on a free port in the place of 8443, and compares what it prints. --write puts
what was printed into the guide instead.
"""
import os
import re
import subprocess
import sys
import tempfile

BIN, GUIDE = os.path.abspath(sys.argv[1]), sys.argv[2]
WRITE = "--write" in sys.argv
END = "=guide-end="


def plain(line):
    """What differs from run to run, and counts that grow with the suites."""
    line = re.sub(r"⟦([a-z-]+):[0-9a-f]+⟧", r"⟦\1⟧", line)
    line = re.sub(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), .* GMT", "DATE", line)
    line = re.sub(r"\b20\d\d-\d\d-\d\d(T[0-9:+]+)?", "DAY", line)
    line = re.sub(r"\b[0-9a-f]{16,}\b", "DIGEST", line)
    line = re.sub(r"\b\d+ ms", "TIME", line)
    return re.sub(r"(?<![\d.])\d+ (clauses|operations|suites|cases|records|files|bytes|are)\b", r"N \1", line).rstrip()


def commands(block):
    """[(command lines, output lines)] of a console block; a here-document goes on to its END."""
    found, until = [], None
    for line in block:
        if until is not None:
            found[-1][0].append(line)
            until = None if line == until else until
        elif line.startswith("$ "):
            found.append(([line[2:]], []))
            heredoc = re.search(r"<<'(\w+)'$", line)
            until = heredoc.group(1) if heredoc else None
        else:
            found[-1][1].append(line)
    return found


text = open(GUIDE).read().split("\n")
result, blocks, i = [], [], 0
while i < len(text):
    if text[i] == "```console":
        end = text.index("```", i)
        blocks.append(commands(text[i + 1:end]))
        result.append(len(blocks) - 1)
        i = end + 1
    else:
        result.append(text[i])
        i += 1
assert len(blocks) >= 6, "the guide has lost its commands"

failures = 0
with tempfile.TemporaryDirectory() as scratch:
    environment = dict(os.environ, PATH=BIN + os.pathsep + os.environ["PATH"], NO_COLOR="1",
                       XDG_STATE_HOME=os.path.join(scratch, ".state"))
    bank = subprocess.Popen([os.path.join(BIN, "refbank"), "--dir", os.path.join(scratch, "bank"), "--port", "0",
                             "--port-file", os.path.join(scratch, "port")], stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
    try:
        while not (os.path.exists(os.path.join(scratch, "port")) and open(os.path.join(scratch, "port")).read().strip()):
            if bank.poll() is not None:
                sys.exit("the reference bank did not start")
            try:
                bank.wait(0.05)
            except subprocess.TimeoutExpired:
                pass
        port = open(os.path.join(scratch, "port")).read().strip()
        shell = subprocess.Popen(["bash"], cwd=scratch, env=environment, stdin=subprocess.PIPE, text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

        def run(command):
            shell.stdin.write(command.replace("8443", port) + f"\necho {END}\n")
            shell.stdin.flush()
            lines = []
            for line in shell.stdout:
                line = line.rstrip("\n")
                if line == END:
                    return lines
                lines.append(line.replace(port, "8443"))
            sys.exit(f"the shell ended at: {command}")

        run("export BANK_SECRET=$(cat bank/client-secret.txt)")
        run("curl -sS --cacert bank/ca.pem https://127.0.0.1:8443/openapi.yaml -o openapi.yaml")
        for block in blocks:
            for command, wanted in block:
                told = run("\n".join(command))
                if WRITE:
                    wanted[:] = told
                elif [plain(line) for line in told] != [plain(line) for line in wanted]:
                    failures += 1
                    print(f"$ {command[0]}\n--- the guide\n" + "\n".join(wanted) + "\n--- now\n" + "\n".join(told))
        shell.stdin.close()
        shell.wait()
    finally:
        bank.terminate()
        bank.wait()

if WRITE:
    out = []
    for part in result:
        if isinstance(part, int):
            out.append("```console")
            for command, told in blocks[part]:
                out += ["$ " + command[0]] + command[1:] + told
            out.append("```")
        else:
            out.append(part)
    with open(GUIDE, "w") as file:
        file.write("\n".join(out))
print(f"{sum(map(len, blocks))} commands, {failures} differ")
sys.exit(1 if failures else 0)

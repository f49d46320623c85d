# SPDX-License-Identifier: Apache-2.0
"""Every command with each of the options that every command knows: options.py YANSHOU WORK."""
import json
import os
import pty
import re
import shutil
import subprocess
import sys

YANSHOU, WORK = sys.argv[1:3]
CANDIDATE = f"{WORK}/candidate.yaml"
CASES = ["--case", "fees.account.*", "--case", "fees.card.no-cost"]
failures = []
number = 0


def fresh(words):
    """{new} is a name that is not there yet; {copy} a copy of the first run."""
    global number
    number += 1
    if "{copy}" in words:
        shutil.copytree(f"{WORK}/run", f"{WORK}/copy{number}")
    return [w.replace("{new}", f"{WORK}/new{number}").replace("{copy}", f"{WORK}/copy{number}") for w in words]


def piped(*words, environment=None):
    return subprocess.run([YANSHOU, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=environment or plain)


def at_terminal(*words, environment):
    """What a person would see: both outputs are the same terminal."""
    master, slave = pty.openpty()
    child = subprocess.Popen([YANSHOU, *words], stdin=subprocess.DEVNULL, stdout=slave, stderr=slave, env=environment)
    os.close(slave)
    seen = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    child.wait()
    os.close(master)
    return seen.decode()


plain = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
plain["TERM"] = "xterm"


def make(expected, *words):
    done = piped(*words)
    if done.returncode != expected:
        sys.exit(f"{words}: status {done.returncode}\n{done.stdout}\n{done.stderr}")


make(3, "run", "-c", CANDIDATE, *CASES, "-o", f"{WORK}/run", "-q")
make(0, "run", "-c", CANDIDATE, *CASES, "-o", f"{WORK}/gate-run", "--purpose", "gate", "-q")
for part in (1, 2):
    make(3, "run", "-c", CANDIDATE, *CASES, "--shard", f"{part}/2", "--seed", "1", "-o", f"{WORK}/part{part}", "-q")
with open(f"{WORK}/known.yaml", "w") as file:
    file.write("baseline: refbank\nratchet: 0\nknown: []\n")
for name, columns in (("roster", "code,name,address,city,status,instant_issuance"), ("register", "code,name,address,status")):
    with open(f"{WORK}/{name}.csv", "w") as file:
        file.write(columns + "\n")
        for i in range(20):
            row = [f"B{i}", f"测试第{i}支行", f"测试街{i}号"]
            file.write(",".join(row + (["北京市", "open", "true"] if name == "roster" else ["open"])) + "\n")
os.mkdir(f"{WORK}/runs")
shutil.copytree(f"{WORK}/run", f"{WORK}/runs/one")
mark = re.search(r"⟦(?!header|secret|token)[a-z-]+:[0-9a-f]+⟧", open(f"{WORK}/run/evidence.jsonl").read()).group(0)

# A command and what it is tried with; the status it then ends with.
TABLE = {
    "run": (["-c", CANDIDATE, *CASES, "-o", "{new}"], 3),
    "check": (["-c", CANDIDATE], 0),
    "init": (["{new}", "--id", "x", "--name", "x", "--url", "https://127.0.0.1:1", "--ca", "", "--auth", "none", "--applied", ""], 0),
    "doctor": (["-c", CANDIDATE], 0),
    "try": (["clock.get", "-c", CANDIDATE], 0),
    "list": ([], 0),
    "trace": ([], 0),
    "explain": (["fees.card.no-cost"], 0),
    "report": (["{copy}", "-f", "junit"], 0),
    "verify": ([f"{WORK}/run"], 0),
    "sign": (["{copy}", "-k", f"{WORK}/key.pem", "-c", f"{WORK}/key.crt"], 0),
    "attest": ([f"{WORK}/run", "--list"], 0),
    "rejudge": ([f"{WORK}/run"], 3),
    "merge": (["-o", "{new}", "-c", CANDIDATE, f"{WORK}/part1", f"{WORK}/part2"], 3),
    "diff": ([f"{WORK}/run", f"{WORK}/gate-run"], 0),
    "gate": ([f"{WORK}/gate-run", "--baseline", f"{WORK}/known.yaml"], None),
    "baseline": (["list", f"{WORK}/known.yaml"], 0),
    "history": ([f"{WORK}/runs"], 0),
    "coverage": (["--roster", f"{WORK}/roster.csv", "--register", f"{WORK}/register.csv"], 0),
    "schedule": (["--applied", "2026-01-05", "--today", "2026-01-06"], 0),
    "sample": (["--seed", "1", "--register", f"{WORK}/register.csv"], 0),
    "readers": ([], 0),
    "apdu": (["-r", os.environ["YS_READER_CARD"], "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"], 0),
    "reveal": ([f"{WORK}/run", mark, "--by", "测试一", "--why", "test"], 0),
    "help": (["run"], 0),
}
# It runs until it is ended; a test of its own has its options.
ELSEWHERE = {"watch"}

commands = {c["name"] for c in json.loads(piped("help", "--json").stdout)["commands"]}
if set(TABLE) - commands:
    failures.append(f"there is no command {sorted(set(TABLE) - commands)}")
# A command without a row yet is held to what needs no operands.
for name in sorted(commands - set(TABLE) - ELSEWHERE):
    print(f"no row for {name}")
    if piped(name, "--lang", "fr").returncode != 2 or piped(name, "--help", "--quiet", "--no-color").returncode != 0:
        failures.append(f"{name}: --lang fr or --help")
coloured = 0
chinese = 0
for name, (words, status) in TABLE.items():
    def complain(what, text=""):
        failures.append(f"{name}: {what}: {text[:300]!r}")
    done = piped(name, *fresh(words))
    if status is not None and done.returncode != status:
        complain(f"status {done.returncode}, not {status}", done.stdout + done.stderr)
    status = done.returncode
    if "\x1b" in done.stdout + done.stderr:
        complain("escapes in a pipe")
    told = {}
    for lang in ("zh", "en"):
        told[lang] = piped(name, *fresh(words), "--lang", lang)
        if told[lang].returncode != status:
            complain(f"--lang {lang}: status {told[lang].returncode}", told[lang].stderr)
    chinese += told["zh"].stdout != told["en"].stdout
    if piped(name, *fresh(words), "--lang", "fr").returncode != 2:
        complain("--lang fr is taken")
    quiet = piped(name, *fresh(words), "--quiet")
    if quiet.returncode != status or (status == 0 and quiet.stderr):
        complain(f"--quiet: status {quiet.returncode}", quiet.stderr)
    machine = piped(name, *fresh(words), "--json")
    try:
        json.loads(machine.stdout)
    except ValueError as error:
        complain(f"--json: {error}", machine.stdout)
    if machine.returncode != status or "\x1b" in machine.stdout:
        complain(f"--json: status {machine.returncode}", machine.stderr)
    coloured += "\x1b[" in at_terminal(name, *fresh(words), environment=plain)
    for label, more, environment in (("NO_COLOR", [], dict(plain, NO_COLOR="1")), ("--no-color", ["--no-color"], plain)):
        seen = at_terminal(name, *fresh(words), *more, environment=environment)
        # Erasing a line of progress is no colour.
        if re.search(r"\x1b\[[0-9;]*m", seen):
            complain(f"colours in spite of {label}", seen)
    piped_help = piped(name, "--help")
    if piped_help.returncode != 0 or not piped_help.stdout.startswith(f"usage: yanshou {name}"):
        complain("--help", piped_help.stdout)
if coloured < 4 or chinese < 8:
    failures.append(f"only {coloured} commands use colours, {chinese} know Chinese: the test looks at the wrong thing")
print("\n".join(failures) or f"{len(TABLE)} commands keep the common options")
sys.exit(1 if failures else 0)

# SPDX-License-Identifier: Apache-2.0
"""Runs a command on a terminal of its own, answers its first question and tells what it showed:
on_terminal.py ANSWER COMMAND…"""
import os
import pty
import sys

answer, command = sys.argv[1], sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
shown = b""
asked = False
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:  # the terminal's other end is closed
        break
    if not piece:
        break
    shown += piece
    if not asked and shown.rstrip().endswith(b":"):
        asked = True
        os.write(terminal, answer.encode() + b"\n")
_, status = os.waitpid(pid, 0)
text = shown.decode().replace("\r\n", "\n")
print(f"asked: {asked}; echoed: {answer in text}; ended with {os.waitstatus_to_exitcode(status)}")
print(text)

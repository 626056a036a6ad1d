# SPDX-License-Identifier: MIT
"""rtload (tests/bench) against a running server, for the tests that need many streams and much traffic.

RT_FULL_LOAD=1 runs them at the size that the project promises, which takes minutes and most of a machine, and prints
the figures; without it they are small. What is checked is the same.
"""
import json
import os
import subprocess
import sys

from support import BIN

IS_FULL = os.environ.get("RT_FULL_LOAD") == "1"
PATIENCE_S = 1800 if IS_FULL else 110


def rtload(server, scenario, **options):
    """Runs a scenario and returns its figures, or fails when a delivery was wrong. `gzip=True` is `--gzip`."""
    token_file = os.path.join(server.folder.name, "load-token")
    with open(os.open(token_file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
        f.write(server.admin)
    server.tokens_used.add(server.admin)
    command = [os.path.join(BIN, "rtload"), scenario, "--port", str(server.port), "--pid", str(server.process.pid),
               "--token-file", token_file]
    for name, value in options.items():
        if value is not False:
            command += ["--" + name.replace("_", "-")] + ([] if value is True else [str(value)])
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
    server.check_secrecy(done.stdout + done.stderr, "rtload's output")
    if IS_FULL:
        print(" ".join(command[1:2] + command[8:]), done.stderr, sep="\n", file=sys.stderr)
    if done.returncode != 0:
        raise AssertionError(f"rtload {scenario} ended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)

# SPDX-License-Identifier: MIT
"""The programs as a user runs them: to their end with run(), or in the background as a Command.

They see only the settings that a test gives them: the environment's RT_*, RTSERVE_* and the user's files are
left out.
"""
import os
import subprocess
import tempfile
import threading
import time
from typing import NamedTuple

from support import BIN

# Ample: with sanitizers on a busy machine the programs are many times slower.
PATIENCE_S = 60.0

NO_FILES = tempfile.TemporaryDirectory(prefix="rtserve-test-")


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


def environment(server=None, token=None, **more):
    """`server`: a Server or a URL. `token`: "admin" for that of the Server, a JWT, or None."""
    own = ("RT_", "RTSERVE_", "XDG_CONFIG_")
    result = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    result["XDG_CONFIG_HOME"] = NO_FILES.name
    if server is not None:
        result["RT_SERVER"] = server if isinstance(server, str) else f"http://127.0.0.1:{server.port}"
    if token is not None:
        result["RT_TOKEN"] = server.admin if token == "admin" else token
    result.update(more)
    return result


def run(program, *arguments, server=None, token=None, stdin="", env=None):
    """Runs to the end; `stdin` is text."""
    done = subprocess.run([os.path.join(BIN, program), *arguments], input=stdin.encode(), capture_output=True,
                          timeout=PATIENCE_S, env=environment(server, token, **(env or {})))
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


class Command:
    """A program in the background; its lines are collected as they come. Killed at the end of the `with` block."""

    def __init__(self, program, *arguments, server=None, token=None, env=None, stdin=subprocess.DEVNULL):
        path = program if os.path.isabs(program) else os.path.join(BIN, program)
        self.process = subprocess.Popen([path, *arguments], stdin=stdin, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=environment(server, token, **(env or {})))
        self.out, self.err = [], []
        self.news = threading.Condition()
        self.readers = [threading.Thread(target=self.collect, args=pair, daemon=True)
                        for pair in ((self.process.stdout, self.out), (self.process.stderr, self.err))]
        for reader in self.readers:
            reader.start()

    def collect(self, pipe, lines):
        with pipe:
            for line in pipe:
                with self.news:
                    lines.append(line.decode().rstrip("\n"))
                    self.news.notify_all()
        with self.news:
            self.news.notify_all()

    def until(self, condition, what, timeout=PATIENCE_S):
        """Waits until condition() of the collected lines is true, and returns it."""
        deadline = time.monotonic() + timeout
        with self.news:
            while True:
                answer = condition()
                if answer:
                    return answer
                left = deadline - time.monotonic()
                if left <= 0 or not any(reader.is_alive() for reader in self.readers):
                    raise AssertionError(f"{what}: did not come; {self}")
                self.news.wait(min(left, 1.0))

    def until_err(self, text, count=1):
        """Waits for the count-th line on stderr that holds `text`, and returns it."""
        def matching():
            lines = [line for line in self.err if text in line]
            return lines[count - 1] if len(lines) >= count else None
        return self.until(matching, f"{text!r} on stderr, {count} times")

    def until_out(self, count):
        """Waits for that many lines on stdout, and returns all there are."""
        return self.until(lambda: len(self.out) >= count and list(self.out), f"{count} lines on stdout")

    def finish(self, timeout=PATIENCE_S):
        """Waits for the end; returns the exit code."""
        code = self.process.wait(timeout)
        for reader in self.readers:
            reader.join(timeout)
        return code

    def __repr__(self):
        return f"exit code {self.process.poll()}, stdout {self.out[-20:]}, stderr {self.err[-20:]}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.finish()

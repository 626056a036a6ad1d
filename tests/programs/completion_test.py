# SPDX-License-Identifier: MIT
"""The completions in the shells they are for: what TAB makes of a line. RT_COMPLETIONS names their folder."""
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time
import unittest

FOLDER = os.environ.get("RT_COMPLETIONS", os.path.join(os.path.dirname(__file__), "../../completions"))
PATIENCE_S = 60.0
PROGRAMS = ("rtpush", "rtserve", "rtstat", "rtwatch")
BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"


class Terminal:
    """A shell on a terminal of its own, ready when its set-up has run."""

    def __init__(self, command, setup):
        self.shown = b""
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, {"PATH": os.environ["PATH"], "TERM": "dumb", "HOME": "/nonexistent"})
        # Computed, so that the echo of what is typed is not taken for it.
        self.type("; ".join([*setup, "echo ready-$((6 * 7))"]) + "\n")
        self.until(rb"ready-42")

    def type(self, text):
        os.write(self.descriptor, text.encode())

    def until(self, pattern):
        deadline = time.monotonic() + PATIENCE_S
        while not re.search(pattern, self.shown):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.descriptor], [], [], left)[0]:
                raise AssertionError(f"{pattern} did not come: {self.shown[-2000:]}")
            self.shown += os.read(self.descriptor, 65536)

    def expect(self, typed, pattern):
        """TAB twice, as people do who want to see a list, then the line is discarded."""
        self.shown = b""
        self.type(typed + "\t\t")
        self.until(pattern)
        self.type("\x15")

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.close(self.descriptor)
        os.waitpid(self.pid, 0)


class CompletionTest(unittest.TestCase):
    def terminal(self, *arguments):
        terminal = Terminal(*arguments)
        self.addCleanup(terminal.close)
        return terminal

    def check_terminal(self, terminal):
        terminal.expect("rtpush or", rb"rtpush order ")
        terminal.expect("rtpush --outp", rb"rtpush --output")
        terminal.expect("rtpush --output ", rb"json +text")
        terminal.expect("rtpush order O-1 --set sta", rb"--set status=")
        terminal.expect("rtpush order O-1 --set status=D", rb"status=DELIVERED")
        terminal.expect("rtpush gps D-7 --format ow", rb"--format owntracks")
        terminal.expect("rtwatch dri", rb"rtwatch driver ")
        terminal.expect("rtwatch order O-1 --until status=D", rb"status=DELIVERED")
        terminal.expect("rtserve check", rb"rtserve check-config ")
        terminal.expect("rtstat --serv", rb"rtstat --server")

    @unittest.skipUnless(shutil.which("bash") and os.path.exists(BASH_COMPLETION), "bash-completion is not there")
    def test_bash(self):
        files = [BASH_COMPLETION, *(os.path.join(FOLDER, f"{name}.bash") for name in PROGRAMS)]
        self.check_terminal(self.terminal(["bash", "--norc", "--noprofile", "-i"],
                                          ["bind 'set enable-bracketed-paste off'", *(f". '{file}'" for file in files)]))

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not there")
    def test_zsh(self):
        self.check_terminal(self.terminal(["zsh", "-f", "-i"],
                                          [f"fpath=('{FOLDER}' $fpath)", "autoload -Uz compinit", "compinit -u -D"]))

    @unittest.skipUnless(shutil.which("fish"), "fish is not there")
    def test_fish(self):
        files = "; ".join(f"source '{FOLDER}/{name}.fish'" for name in PROGRAMS)
        for typed, wanted in (("rtpush or", {"order"}), ("rtpush --outp", {"--output"}),
                              ("rtpush --output ", {"json", "text"}),
                              ("rtpush order O-1 --set status=", {"status=IN_PROGRESS", "status=DELIVERED"}),
                              ("rtwatch dri", {"driver"}), ("rtserve check", {"check-config"}),
                              ("rtstat --serv", {"--server"})):
            done = subprocess.run(["fish", "--no-config", "-c", f"{files}; complete -C '{typed}'"], text=True,
                                  capture_output=True, timeout=PATIENCE_S)
            self.assertEqual({line.split("\t")[0] for line in done.stdout.splitlines()}, wanted, (typed, done))


if __name__ == "__main__":
    unittest.main()

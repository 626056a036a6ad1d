# SPDX-License-Identifier: MIT
"""`rtserve --dev` prints lines to paste into another terminal, which work as they are, and stays on this machine."""
import json
import os
import shlex
import signal
import subprocess
import unittest

from commands import Command, environment, run
from support import BIN, driver_path, free_port

ANY_PORTS = ("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")


class DevTest(unittest.TestCase):
    def start(self, *options):
        dev = self.enterContext(Command("rtserve", "--dev", *ANY_PORTS, *options))
        dev.until(lambda: any("curl" in line for line in dev.out), "the lines to paste")
        return dev

    def shell(self, pasted, command):
        """Runs `command` in a shell after what was printed was pasted into it."""
        env = environment(PATH=f"{BIN}:{os.environ['PATH']}")
        return subprocess.run(["sh", "-euc", "\n".join([*pasted, command])], capture_output=True, text=True, env=env,
                              timeout=60)

    def test_what_it_prints_works_as_it_is(self):
        pasted = self.start().out
        exports = [line for line in pasted if not line.startswith("#")]
        self.assertEqual([shlex.split(line)[1].split("=")[0] for line in exports], ["RT_SERVER", "RT_TOKEN"])
        self.assertTrue(all(line.startswith("export ") for line in exports))
        pushed = self.shell(pasted, "rtpush driver D-7 --lat 43.6532 --lon -79.3832")
        self.assertEqual(pushed.returncode, 0, pushed)
        watched = self.shell(pasted, "rtwatch driver D-7 -C 1")
        self.assertEqual(watched.returncode, 0, watched)
        self.assertEqual(json.loads(watched.stdout)["data"]["location"], {"latitude": 43.6532, "longitude": -79.3832})
        counted = self.shell(pasted, "rtstat")
        self.assertEqual((counted.returncode, set(json.loads(counted.stdout))),
                         (0, {"orders", "runs", "drivers", "totalClients"}))

    def test_each_example_it_shows_runs(self):
        pasted = self.start().out
        examples = [line.removeprefix("#").strip() for line in pasted if line.startswith("#   ")]
        self.assertEqual([example.split()[0] for example in examples], ["rtwatch", "rtpush", "rtstat", "curl"])
        for example in examples:
            if example.startswith("rtpush"):
                self.assertEqual(self.shell(pasted, example).returncode, 0, example)
        for example in examples:
            # The followers show the position at once, and go on; so they are cut short.
            if example.startswith("rtwatch"):
                example += " -C 1"
            if example.startswith("curl"):
                example += " -s --max-time 2 || test $? = 28"
            done = self.shell(pasted, example)
            self.assertEqual(done.returncode, 0, done)
            if not example.startswith("rtstat"):
                self.assertTrue("43.6532" in done.stdout or "accepted" in done.stdout, done)

    def test_each_run_has_its_own_secret(self):
        first, second = self.start(), self.start()
        url, = [line for line in first.out if "RT_SERVER=" in line]
        token, = [line for line in second.out if "RT_TOKEN=" in line]
        done = self.shell([url, token], "rtstat")
        self.assertEqual(done.returncode, 77, done)
        self.assertNotIn(token.split("=")[1], done.stderr)

    def test_the_token_is_on_stdout_only_and_the_end_is_clean(self):
        dev = self.start("--log-level", "debug")
        token, = [line.split("=", 1)[1] for line in dev.out if "RT_TOKEN=" in line]
        dev.process.send_signal(signal.SIGTERM)
        self.assertEqual(dev.finish(), 0)
        self.assertFalse([line for line in dev.err if token in line])

    def test_it_serves_on_loopback_only(self):
        for address in ("0.0.0.0:0", "[::]:0", "192.0.2.1:3000"):
            done = run("rtserve", "--dev", "--listen", address, "--admin-listen", "127.0.0.1:0")
            self.assertEqual(done.code, 78, (address, done))
            self.assertIn("loopback", done.err)
            self.assertEqual(done.out, "")
        done = run("rtserve", "--dev", "--listen", f"127.0.0.1:{free_port()}", "--listen", "0.0.0.0:0",
                   "--admin-listen", "127.0.0.1:0")
        self.assertEqual(done.code, 78, "one of two addresses is enough")

    def test_the_stream_path_it_shows_is_the_real_one(self):
        self.assertTrue(any(driver_path("D-7") in line for line in self.start().out))


if __name__ == "__main__":
    unittest.main()

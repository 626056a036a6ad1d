# SPDX-License-Identifier: MIT
"""A typo, wherever it is, is named together with what was likely meant, in three lines at most."""
import os
import tempfile
import unittest

from commands import run

AWAY = "http://127.0.0.1:1"


class TyposTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="rtserve-test-"))

    def write(self, text):
        path = os.path.join(self.folder, "config.toml")
        with open(path, "w") as f:
            f.write(text)
        return path

    def expect(self, code, command, wrong, right, env=None):
        with self.subTest(" ".join(command)):
            done = run(*command, env=env)
            self.assertEqual(done.code, code, done)
            lines = done.err.splitlines()
            self.assertLessEqual(len(lines), 3, done)
            for line in lines:
                self.assertTrue(line.startswith(command[0] + ": "), line)
                self.assertLessEqual(len(line.replace(self.folder, "")), 100, line)
            self.assertIn(wrong, done.err)
            self.assertIn(f"did you mean '{right}'?", done.err)
            return done

    def test_in_an_option(self):
        self.expect(64, ("rtserve", "--hartbeat", "5s"), "'--hartbeat'", "--heartbeat")
        self.expect(64, ("rtserve", "token", "--rol", "admin"), "'--rol'", "--role")
        self.expect(64, ("rtpush", "driver", "D-1", "--lat", "1", "--lon", "2", "--sped", "3"), "'--sped'", "--speed")
        self.expect(64, ("rtwatch", "order", "O-1", "--untill", "a=b"), "'--untill'", "--until")
        self.expect(64, ("rtstat", "--intervall=1"), "'--intervall'", "--interval")

    def test_in_a_command(self):
        self.expect(64, ("rtserve", "chek-config"), "'chek-config'", "check-config")
        self.expect(64, ("rtpush", "ordr", "O-1"), "'ordr'", "order")
        self.expect(64, ("rtwatch", "drivr", "D-1"), "'drivr'", "driver")

    def test_in_one_of_a_few_words(self):
        self.expect(64, ("rtserve", "--log-level", "inof"), "'inof'", "info")
        self.expect(64, ("rtpush", "gps", "--format", "nmae"), "'nmae'", "nmea")
        self.expect(64, ("rtwatch", "order", "O-1", "-o", "ndjsn"), "'ndjsn'", "ndjson")
        self.expect(64, ("rtstat", "-o", "tabel"), "'tabel'", "table")

    def test_in_a_field_which_may_be_meant_so_it_is_sent(self):
        done = self.expect(0, ("rtpush", "order", "O-1", "-n", "--set", "staus=NEW"), "--set: 'staus'", "status")
        self.assertIn('"data":{"staus":"NEW"}', done.out)

    def test_in_a_key_of_a_file_with_its_line(self):
        path = self.write('\n# a comment\nhartbeat = "5s"\n')
        self.expect(78, ("rtserve", "-c", path, "check-config"), f"{path}:3: unknown key 'hartbeat'", "heartbeat")
        path = self.write("[roles.a]\nsubscrbe = []\n")
        self.expect(78, ("rtserve", "-c", path, "check-config"), f"{path}:2: ", "subscribe")
        path = self.write('srever = "http://h"\n')
        for command in (("rtpush", "order", "O-1", "--set", "a=b"), ("rtwatch", "order", "O-1"), ("rtstat",)):
            self.expect(78, (*command, "-c", path), f"{path}:1: unknown key 'srever'", "server")

    def test_in_a_variable_of_the_server_which_is_an_error(self):
        self.expect(78, ("rtserve", "check-config"), "$RTSERVE_LISTN", "$RTSERVE_LISTEN", {"RTSERVE_LISTN": "127.0.0.1:1"})
        # A file named wrongly leaves out all that it says.
        self.expect(78, ("rtserve", "--dev", "check-config"), "$RTSERVE_CONFG", "$RTSERVE_CONFIG", {"RTSERVE_CONFG": "x"})

    def test_in_a_variable_of_the_tools_which_is_a_warning_for_others_may_own_it(self):
        for command in (("rtpush", "order", "O-1", "-n", "--set", "a=b"), ("rtwatch", "order", "O-1", "--print-curl")):
            self.expect(0, command, "$RT_SERVR", "$RT_SERVER", {"RT_SERVR": AWAY})
        self.expect(69, ("rtstat", "-s", AWAY), "$RT_TOKN", "$RT_TOKEN", {"RT_TOKN": "x"})
        done = run("rtpush", "-q", "order", "O-1", "-n", "--set", "a=b", env={"RT_SERVR": AWAY})
        self.assertEqual((done.code, done.err), (0, ""), done)

    def test_a_variable_with_nothing_near_is_named_by_the_server_alone(self):
        env = {"RTSERVE_SERVICE_HOST": "10.0.0.1", "RTSERVE_PORT": "tcp://10.0.0.1:80", "RTSERVE_COLOUR": "", "RT_PORT": "1"}
        done = run("rtserve", "--dev", "check-config", env=env)
        self.assertEqual(done.code, 0, done)
        self.assertEqual(len(done.err.splitlines()), 1, done)
        for name in ("$RTSERVE_SERVICE_HOST", "$RTSERVE_PORT"):
            self.assertIn(name, done.err)
        self.assertNotIn("RTSERVE_COLOUR", done.err)
        self.assertEqual(run("rtpush", "order", "O-1", "-n", "--set", "a=b", env=env).err, "")


if __name__ == "__main__":
    unittest.main()

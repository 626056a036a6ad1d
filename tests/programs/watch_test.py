# SPDX-License-Identifier: MIT
"""What rtwatch can do with events beside printing them: tables, a place to resume from, commands, curl's way."""
import csv
import json
import os
import pty
import shutil
import subprocess
import unittest

from commands import PATIENCE_S, Command, environment, run
from support import BIN, Server, driver_path, order_path


class WatchTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def watch(self, *arguments, **more):
        return run("rtwatch", *arguments, server=self.server, token="admin", **more)

    def path(self, name):
        return os.path.join(self.server.folder.name, name)

    def test_csv_is_a_table_whose_positions_rtpush_reads(self):
        self.server.publish(driver_path("C-1"), {"latitude": 1.5, "longitude": 2, "speed": 45.5,
                                                 "timestamp": "2023-12-20T14:35:00Z"})
        done = self.watch("driver", "C-1", "-o", "csv", "-C", "1")
        self.assertEqual(done.code, 0, done)
        row, = csv.DictReader(done.out.splitlines())
        self.assertEqual((row["topic"], row["latitude"], row["speed"]), ("drivers/C-1", "1.5", "45.5"))
        self.assertEqual(json.loads(row["data"])["location"]["latitude"], 1.5)
        again = run("rtpush", "gps", "C-2", "-n", "--format", "csv", stdin=done.out)
        self.assertEqual(json.loads(again.out), {"type": "driver_location", "driverId": "C-2",
                                                 "location": {"latitude": 1.5, "longitude": 2, "speed": 45.5},
                                                 "timestamp": "2023-12-20T14:35:00.000Z"}, again)

    def test_a_state_file_resumes_across_runs(self):
        state = self.path("state")
        first = self.server.publish(order_path("S-1"), {"n": 1})["id"]
        done = self.watch("order", "S-1", "-C", "1", "--state", state, "-o", "data")
        self.assertEqual(done.code, 0, done)
        for n in (2, 3):
            self.server.publish(order_path("S-1"), {"n": n})
        for n in (2, 3):
            done = self.watch("order", "S-1", "-C", "1", "--state", state, "-o", "data")
            self.assertEqual(json.loads(done.out)["data"], {"n": n}, done)
        # An id on the command line wins.
        done = self.watch("order", "S-1", "-C", "2", "--state", state, "--last-event-id", first, "-o", "data")
        self.assertEqual([json.loads(line)["data"] for line in done.out.splitlines()], [{"n": 2}, {"n": 3}], done)
        self.assertEqual(os.listdir(os.path.dirname(state)).count("state"), 1)
        self.assertFalse(os.path.exists(state + ".new"))

    def test_a_state_file_that_is_none_is_an_error(self):
        with open(self.path("noise"), "wb") as f:
            f.write(b"\x1b[2J" * 10)
        self.assertEqual(self.watch("order", "S-2", "--state", self.path("noise")).code, 65)
        self.assertEqual(self.watch("order", "S-2", "--state", self.server.folder.name).code, 74)

    def test_a_state_file_that_cannot_be_written_is_an_error_before_the_first_event(self):
        self.server.publish(order_path("S-3"), {})
        done = self.watch("order", "S-3", "-C", "1", "--state", "/proc/no/state")
        self.assertEqual((done.code, done.out), (74, ""), done)
        self.assertEqual(done.err, "rtwatch: --state /proc/no/state: No such file or directory\n")

    def test_until_finds_members_of_members_and_tells_of_a_typo(self):
        self.server.publish(order_path("T-1"), {"status": "NEW", "stop": {"eta": 5, "late": True}})
        for until in ("stop.eta=5.0", "data.stop.late=true"):
            self.assertEqual(self.watch("order", "T-1", "--until", until).code, 0)
        done = self.watch("order", "T-1", "--until", "staus=NEW", "-q", "-W", "0.2")
        self.assertEqual((done.code, done.err), (124, ""))
        with Command("rtwatch", "order", "T-1", "--until", "staus=NEW", server=self.server, token="admin") as watch:
            watch.until_out(1)
            self.server.publish(order_path("T-1"), {"status": "NEW"})
            watch.until_out(2)
            watch.process.terminate()
            watch.finish()
            self.assertEqual(watch.err[1:], ["rtwatch: --until: no 'staus' in the event; did you mean 'status'?"])

    def test_control_characters_of_the_data_do_not_reach_a_terminal(self):
        self.server.publish(order_path("T-2"), '{"a":"x\x7fy\u009bz"}')
        done = self.watch("order", "T-2", "-C", "1", "-o", "data")
        self.assertIn("x\x7fy\u009bz", done.out)
        master, slave = pty.openpty()
        for form in ("pretty", "ndjson", "csv", "raw", "data"):
            process = subprocess.run([os.path.join(BIN, "rtwatch"), "order", "T-2", "-qC", "1", "-o", form],
                                     stdin=subprocess.DEVNULL, stdout=slave, timeout=PATIENCE_S,
                                     env=environment(self.server, "admin"))
            self.assertEqual(process.returncode, 0)
            self.assertIn(rb"x\x7Fy\xC2\x9Bz", os.read(master, 65536))
        os.close(slave)
        os.close(master)

    def test_exec_runs_a_command_for_each_event_in_order(self):
        self.server.publish(order_path("E-1"), {"n": 1})
        script = 'read line; echo "$RT_EVENT_ID $RT_EVENT_TYPE $line"; exit 3'
        with Command("rtwatch", "order", "E-1", "-C", "2", "--exec", script,
                     server=self.server, token="admin") as watch:
            watch.until_err("--exec: exit status 3")
            self.server.publish(order_path("E-1"), {"n": 2})
            self.assertEqual(watch.finish(), 0, watch)
            self.assertEqual(len(watch.out), 2, watch)
            for line in watch.out:
                id, type, event = line.split(" ", 2)
                self.assertEqual((json.loads(event)["id"], type), (id, "message"))

    def test_a_command_dies_of_signals_as_in_a_shell_and_it_is_told(self):
        self.server.publish(order_path("E-2"), {})
        done = self.watch("order", "E-2", "-C", "1", "--exec", "yes | head -1; kill -9 $$")
        self.assertEqual((done.code, done.out), (0, "y\n"), done)
        self.assertEqual(done.err.splitlines()[1:], ["rtwatch: --exec: ended by signal 9"])

    def test_print_curl_prints_a_command_without_the_token(self):
        done = self.watch("order", "O'1", "-H", "X-Y: it's", "--print-curl")
        self.assertEqual(done.code, 64)  # no id
        self.server.publish(order_path("U-1"), {"n": 1})
        done = self.watch("order", "U-1", "-H", "X-Y: it's", "--print-curl")
        self.assertEqual(done.code, 0, done)
        self.assertNotIn(self.server.admin, done.out)
        with open(self.path("curl-state"), "w") as f:
            f.write("5-0\n")
        more = self.watch("order", "U-1", "--state", self.path("curl-state"), "-k", "--cacert", "ca", "--print-curl")
        self.assertIn(" -H 'Last-Event-ID: 5-0' -k --cacert 'ca' ", more.out)
        self.assertIn("$RT_TOKEN", done.out)
        if shutil.which("curl") is None:
            self.skipTest("curl is not there")
        with Command("/bin/sh", "-c", "exec " + done.out, server=self.server, token="admin") as curl:
            curl.until(lambda: any('"connected"' in line for line in curl.out), "the stream by curl")


if __name__ == "__main__":
    unittest.main()

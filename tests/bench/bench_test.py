# SPDX-License-Identifier: MIT
"""`./dev bench` at its smallest: it measures, and it does not keep a fault to itself. Of speed nothing is asked here."""
import contextlib
import io
import json
import os
import tempfile
import unittest
from unittest import mock

import bench
import servers

SMALL = bench.Sizes(rounds=1, streams=(20,), idle=20, some=20, deliveries=400, publishes=20, seconds=1)


class BenchTest(unittest.TestCase):
    def measure(self, *wanted):
        """The exit code, what was printed, and the JSON."""
        out, said = io.StringIO(), io.StringIO()
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "bench.json")
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
                code = bench.measure_all(SMALL, ["floor", "rtserve"], wanted, file)
            with open(file) as f:
                return code, out.getvalue() + said.getvalue(), json.load(f)

    def test_it_measures_rtserve_and_the_floor_side_by_side(self):
        code, said, written = self.measure("fan", "tls")
        self.assertEqual((code, written["faults"]), (0, []), said)
        self.assertEqual([row["measure"] for row in written["table"]],
                         ["deliveries/s, 20 subscribers, 1 publisher",
                          "server CPU us/delivery, 20 subscribers, 1 publisher",
                          "KiB/idle subscriber, TLS, 20 subscribers", "connects/s, TLS, 20 subscribers",
                          "deliveries/s, TLS, 20 subscribers, 1 publisher",
                          "server CPU us/delivery, TLS, 20 subscribers, 1 publisher"])
        for row in written["table"]:
            self.assertEqual(set(row), {"measure", "floor", "rtserve"})
        self.assertIn("| deliveries/s, 20 subscribers, 1 publisher ", said)
        for run in written["runs"]:
            events = 0 if run["label"] == "TLS, 20 subscribers" else 50
            self.assertEqual(run["figures"]["deliveries"], 20 * events, run)

    def test_a_server_that_does_not_do_its_work_makes_it_fail(self):
        with mock.patch.object(servers.Floor, "load", []):  # is taken for an rtserve, and says no `connected`
            code, said, written = self.measure("fan")
        self.assertEqual((code, len(written["faults"])), (1, 1), said)
        self.assertIn("FAULT: floor, 20 subscribers, 1 publisher, round 1:", said)
        self.assertNotIn("floor", written["table"][0])


if __name__ == "__main__":
    unittest.main()

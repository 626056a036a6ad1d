# SPDX-License-Identifier: MIT
"""rtstat in each of its formats, as a check for Nagios, and `rtstat top`."""
import csv
import fcntl
import io
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unittest

from commands import PATIENCE_S, environment, run
from support import API, BIN, Server, eventually, order_path, run_path

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
AWAY = "http://127.0.0.1:1"
LARGE = '{"x":"%s"}' % ("x" * 20_000)


class WithStreams(unittest.TestCase):
    """Three streams of orders, one of which another user holds and does not read, and one of a run."""
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--threads", "2")
        customer = cls.server.token("--sub", 'C "1"', "--role", "customer", "--order", "S-2")
        cls.streams = [cls.server.stream(order_path("S-1")) for _ in range(2)]
        cls.streams += [cls.server.stream(f"{API}/stream?topic=runs/S-3")]
        cls.slow = cls.server.stream(order_path("S-2"), token=customer, receive_buffer=4096)
        for stream in (*cls.streams, cls.slow):
            stream.connected()

    @classmethod
    def tearDownClass(cls):
        for stream in (*cls.streams, cls.slow):
            stream.close()
        cls.server.__exit__(None)

    def stat(self, *arguments, code=0, **more):
        done = run("rtstat", *arguments, **{"server": self.server, "token": "admin", **more})
        self.assertEqual(done.code, code, done)
        return done

    def top(self, *arguments, **more):
        return self.stat("top", "--admin", f"http://127.0.0.1:{self.server.admin_port}", *arguments, token=None, **more)


class FormatTest(WithStreams):
    def test_each_format_has_the_same_counts(self):
        counts = '"orders":3,"runs":1,"drivers":0,"totalClients":4}'
        self.assertEqual(self.stat().out, "{" + counts + "\n")
        self.assertEqual(self.stat("-o", "json").out, "{" + counts + "\n")
        self.assertRegex(self.stat("-o", "ndjson").out, rf'^{{"time":"{TIME}",{re.escape(counts)}\n$')
        self.assertRegex(self.stat("-o", "csv").out, rf"^time,orders,runs,drivers,totalClients\n{TIME},3,1,0,4\n$")
        self.assertEqual([line.split() for line in self.stat("-o", "table").out.splitlines()],
                         [["orders", "3"], ["runs", "1"], ["drivers", "0"], ["clients", "4"]])
        self.assertEqual(self.stat("-o", "value", "--field", "totalClients").out, "4\n")
        metrics = self.server.admin_request("/metrics").body.decode()
        for line in self.stat("-o", "prom").out.splitlines():
            self.assertIn(line + "\n", metrics)

    def test_details_tell_of_topics_rates_and_the_server(self):
        details = json.loads(self.stat("--details").out)
        self.assertEqual(list(details), ["orders", "runs", "drivers", "totalClients", "topics", "instances", "uptime",
                                         "version", "rates"])
        self.assertEqual(details["topics"], [{"topic": "orders/S-1", "subscribers": 2},
                                             {"topic": "orders/S-2", "subscribers": 1},
                                             {"topic": "runs/S-3", "subscribers": 1}])
        self.assertEqual(details["instances"], 1)
        self.assertIn(details["version"], run("rtserve", "--version").out)
        self.assertIn("orders/S-1", self.stat("--details", "-o", "table").out)
        self.assertGreaterEqual(float(self.stat("-o", "value", "--field", "uptime").out), details["uptime"])

    def test_rates_are_those_of_late(self):
        def rates():
            self.server.publish(run_path("S-3"), {})
            return json.loads(self.stat("--details").out)["rates"]
        self.assertTrue(eventually(lambda: all(rates().values())), "no rate but 0")

    def test_what_makes_no_sense_together_is_a_usage_error(self):
        for wrong in (["-o", "value"], ["--field", "orders"], ["--warn", "orders>1"], ["--check", "-w"],
                      ["top", "-o", "prom"], ["top", "--details"], ["top", "--limit", "0"]):
            done = self.stat(*wrong, code=3 if "--check" in wrong else 64)
            self.assertEqual((done.out, done.err.count("\n")), ("", 2), done)
        self.assertIn("did you mean 'orders'?", self.stat("-o", "value", "--field", "ordres", code=64).err)


class CheckTest(WithStreams):
    def check(self, code, *arguments, **more):
        done = self.stat("--check", *arguments, code=code, **more)
        self.assertRegex(done.out, r"^RTSTAT (OK|WARNING|CRITICAL|UNKNOWN) - [^\n|]+(\| [^\n|]+)?\n$")
        self.assertEqual(done.err, "")
        return done.out

    def test_the_code_and_the_line_say_how_it_is(self):
        self.assertEqual(self.check(0, "--warn", "totalClients>4", "--crit", "orders<3"),
                         "RTSTAT OK - orders 3, runs 1, drivers 0, totalClients 4 | orders=3;;3:;0 runs=1;;;0 "
                         "drivers=0;;;0 totalClients=4;~:4;;0\n")
        self.assertIn("WARNING - totalClients is 4 (totalClients>=4) |", self.check(1, "--warn", "totalClients >= 4"))
        both = self.check(2, "--warn", "orders>0", "--crit", "runs==1", "--crit", "drivers<=0")
        self.assertIn("CRITICAL - runs is 1 (runs==1), drivers is 0 (drivers<=0) |", both)
        self.assertIn("instances=1;;2:;0 uptime=", self.check(2, "--crit", "instances<2"))

    def test_a_server_that_is_away_is_critical_and_one_that_refuses_us_unknown(self):
        self.assertIn("CRITICAL - could not connect", self.check(2, server=AWAY, token=None))
        self.assertIn("UNKNOWN - ", self.check(3, token="a.b.c"))
        self.stat("--check", "--warn", "ordres>1", code=3)


class TopTest(WithStreams):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for _ in range(500):
            if '"slow":0' not in cls.server.admin_request("/streams").body.decode():
                break
            cls.server.publish(order_path("S-2"), LARGE)
        cls.server.publish(order_path("S-2"), LARGE)

    def rows(self, *arguments):
        return [json.loads(line) for line in self.top(*arguments).out.splitlines()]

    def test_the_slow_stream_comes_first_and_says_how_far_it_is_behind(self):
        rows = self.rows()
        self.assertEqual(len(rows), 4)
        self.assertEqual([rows[0][key] for key in ("user", "address", "slow", "topics", "topicCount")],
                         ['C "1"', "127.0.0.1", True, ["orders/S-2"], 1])
        self.assertGreaterEqual(rows[0]["lag"], 1)
        self.assertGreater(rows[0]["lagSeconds"], 0)
        self.assertEqual({(row["slow"], row["lag"]) for row in rows[1:]}, {(False, 0)})

    def test_it_sorts_by_what_is_asked_for_and_shows_no_more_than_that(self):
        for sort, key, is_rising in (("bytes", "bytes", False), ("age", "age", False), ("user", "user", True)):
            keys = [row[key] for row in self.rows("--sort", sort)]
            self.assertEqual(keys, sorted(keys, reverse=not is_rising), sort)
        self.assertEqual([row["user"] for row in self.rows("--sort", "user", "--limit", "1")], ['C "1"'])
        self.assertEqual([row["slow"] for row in self.rows("--sort", "bytes", "--limit", "2")], [True, False])

    def test_the_other_formats_have_the_same(self):
        whole = json.loads(self.top("-o", "json").out)
        self.assertEqual([whole[key] for key in ("streams", "slow", "missingShards")], [4, 1, 0])
        table = self.top("-o", "table").out.splitlines()
        self.assertRegex(table[0], rf"^{TIME}  4 streams, 1 slow$")
        self.assertRegex(table[2], r'^C "1" +127\.0\.0\.1 .* orders/S-2$')
        first = next(csv.DictReader(io.StringIO(self.top("-o", "csv").out)))
        self.assertEqual([first[key] for key in ("user", "slow", "topics")], ['C "1"', "true", "orders/S-2"])

    def test_streams_are_shown_to_this_machine_only_and_tokens_never(self):
        def status(host, path="/streams"):
            return self.server.request("GET", path, headers={"Host": host}, token=None, port=self.server.admin_port).status
        self.assertEqual([status("localhost"), status("127.0.0.1:3001"), status("[::1]:3001")], [200, 200, 200])
        self.assertEqual([status("evil.example"), status("localhost", "/streams?sort=x"),
                          status("localhost", "/streams?limit=1001")], [403, 400, 400])
        self.assertEqual(self.server.request("GET", "/streams").status, 404)
        self.server.check_secrecy(self.server.admin_request("/streams").body.decode(), "/streams")

    def test_what_is_no_admin_listener_is_said_with_the_option(self):
        done = self.stat("top", "--admin", f"http://127.0.0.1:{self.server.port}", code=66)
        self.assertIn("--admin", done.err)
        self.assertIn("--admin", self.stat("top", "--admin", AWAY, code=69).err)

    def test_on_a_terminal_it_refreshes_in_place_and_is_no_wider(self):
        main, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 5, 60, 0, 0))
        process = subprocess.Popen([os.path.join(BIN, "rtstat"), "top", "-i", "0.1", "--color", "never",
                                    "--admin", f"http://127.0.0.1:{self.server.admin_port}"],
                                   stdout=terminal, stdin=subprocess.DEVNULL, env=environment())
        os.close(terminal)
        try:
            shown, deadline = b"", time.monotonic() + PATIENCE_S
            while shown.count(b" slow") < 3 and time.monotonic() < deadline:
                if select.select([main], [], [], 1.0)[0]:
                    shown += os.read(main, 65536)
        finally:
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(PATIENCE_S), -signal.SIGINT)
            os.close(main)
        frames = shown.decode().replace("\r", "").split("\033[4A")
        self.assertGreaterEqual(len(frames), 3)
        for frame in frames[1:-1]:
            lines = re.sub(r"\033\[[KJ]", "", frame).splitlines()
            self.assertEqual(len(lines), 4, frame)
            self.assertEqual(max(map(len, lines)), 60, frame)


if __name__ == "__main__":
    unittest.main()

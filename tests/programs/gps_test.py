# SPDX-License-Identifier: MIT
"""`rtpush gps` and scripts around rtpush: what goes in, what comes out, and what the summary says of it."""
import json
import os
import pty
import signal
import subprocess
import termios
import unittest

from commands import PATIENCE_S, Command, environment, run
from support import BIN, Server, driver_path


class GpsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--max-event-bytes", "100k")

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def push(self, *arguments, **more):
        return run("rtpush", *arguments, server=self.server, token="admin", **more)

    def file(self, name, text):
        path = os.path.join(self.server.folder.name, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def dry(self, text, *arguments):
        """The locations (and the drivers) that rtpush makes of the text."""
        done = run("rtpush", "gps", "--dry-run", *arguments, stdin=text)
        self.assertEqual(done.code, 0, done)
        return [(event["driverId"], event["location"]) for event in map(json.loads, done.out.splitlines())]

    def test_one_line_without_its_end_is_one_event(self):
        with self.server.stream(driver_path("G-1")) as stream:
            stream.connected()
            done = self.push("gps", "G-1", stdin='{"latitude":1,"longitude":2}')
            self.assertEqual((done.code, done.out), (0, ""), done)
            self.assertRegex(done.err, r"^rtpush: 1 line: 1 sent, 0 skipped, 0 rejected; [0-9.]+ s, [0-9]+/s\n$")
            self.assertEqual(stream.next().json["location"], {"latitude": 1, "longitude": 2})

    def test_an_empty_input_ends_at_once_with_nothing_sent(self):
        for command in (("gps", "G-2"), ("raw",)):
            done = self.push(*command)
            self.assertEqual(done.code, 0, done)
            self.assertIn("0 lines: 0 sent, 0 skipped, 0 rejected", done.err)

    def test_a_loop_over_lines_handles_every_line(self):
        """rtpush must not eat the standard input of the loop around it."""
        ids = self.file("ids", "L-1\nL-2\nL-3\n")
        script = 'while read id; do rtpush order "$id" --set status=DELIVERED; done < "$0"'
        done = subprocess.run(["sh", "-c", script, ids], capture_output=True, text=True, timeout=PATIENCE_S,
                              env=environment(self.server, "admin", PATH=f"{BIN}:{os.environ['PATH']}"))
        self.assertEqual([line.split(":")[0] for line in done.stdout.splitlines()],
                         ["order L-1", "order L-2", "order L-3"], done)

    def test_two_bad_lines_of_many_cost_these_two_and_no_memory(self):
        lines = ['{"lat":43.5,"lon":-79.5,"ts":%d}\n' % (1703082900 + i) for i in range(100_000)]
        lines[6] = "nonsense\n"
        lines[70_000] = '{"lat":91,"lon":0}\n'
        path = self.file("many.ndjson", "".join(lines))
        done = self.push("gps", "G-3", path)
        self.assertEqual(done.code, 65, done)
        first, second, summary = done.err.splitlines()
        self.assertIn(": line 7: ", first)
        self.assertIn(": line 70001: latitude ", second)
        self.assertIn("100000 lines: 99998 sent, 0 skipped, 2 rejected; ", summary)

    @unittest.skipIf("RT_SANITIZED" in os.environ, "a sanitizer keeps freed memory")
    def test_memory_stays_flat_whatever_the_length_of_the_input(self):
        def check(start, line, *options):
            with Command("rtpush", "gps", "G-4", "-n", *options, stdin=subprocess.PIPE) as push:
                def peak_kib_after(text, count):
                    push.process.stdin.write(text.encode())
                    push.process.stdin.flush()
                    push.until_out(count)
                    with open(f"/proc/{push.process.pid}/status") as status:
                        return next(int(row.split()[1]) for row in status if row.startswith("VmHWM"))

                short = peak_kib_after(start + line * 100, 100)
                self.assertLess(peak_kib_after(line * 30_000, 30_100), short + 1024, line)
                push.process.stdin.close()

        check("lat,lon,time\n", "43.5,-79.5,1703082900\n", "--format", "csv")
        check("<gpx><trk><trkseg>", '<trkpt lat="43.5" lon="-79.5"><time>2023-12-20T14:35:00Z</time></trkpt>\n')
        check("", '{"lat":43.5,"lon":-79.5,"ts":1703082900}\n')

    def test_thinning_counts_what_it_leaves_out(self):
        fixes = "".join('{"lat":%.4f,"lon":2,"ts":%d}\n' % (43 + i / 10_000, 1703082900 + i) for i in range(10))
        self.assertEqual(len(self.dry(fixes, "G-5", "--min-interval", "3s")), 4)
        self.assertEqual(len(self.dry(fixes, "G-5", "--min-distance", "30")), 4)
        done = run("rtpush", "gps", "-n", "G-5", "--max-age", "1h", stdin=fixes + '{"lat":0,"lon":0}\n')
        self.assertIn("11 lines: 0 valid, 11 skipped (1 no fix, 10 too old), 0 rejected", done.err)

    def test_the_driver_and_the_unit_of_speed_come_from_where_the_options_say(self):
        self.assertEqual(self.dry("van,lat,lon,speed\nV-1,1,2,22.5\n", "--format", "csv", "--driver-from", "van",
                                  "--speed-unit", "knots"),
                         [("V-1", {"latitude": 1, "longitude": 2, "speed": 41.67})])
        self.assertEqual(self.dry('{"_type":"location","lat":1,"lon":2,"tid":"ab"}'),
                         [("ab", {"latitude": 1, "longitude": 2})])

    def test_a_file_where_the_driver_should_be_is_told_how_to_give_it(self):
        path = self.file("fleet.ndjson", '{"lat":1,"lon":2,"driver":"V-1"}\n')
        done = run("rtpush", "gps", "-n", path)
        self.assertEqual(done.code, 64)
        self.assertIn("is a file; name the driver before it, or give it with -f", done.err)
        done = run("rtpush", "gps", "-n", "-f", path)
        self.assertEqual((done.code, json.loads(done.out)["driverId"]), (0, "V-1"))

    def test_on_error_stop_reads_no_further(self):
        done = self.push("gps", "G-6", "--on-error", "stop", stdin='{"lat":1,"lon":2}\nbad\n{"lat":1,"lon":2}\n')
        self.assertEqual(done.code, 65)
        self.assertIn("2 lines: 1 sent, 0 skipped, 1 rejected", done.err)

    def test_a_replay_keeps_the_pace_of_each_drive_and_its_end_by_a_signal_is_counted(self):
        # Two drives: an earlier time begins another, at once; ten hours later it goes on.
        times = (72_000, 1, 36_000, 36_001)
        path = self.file("slow.ndjson", "".join('{"lat":1,"lon":2,"ts":%d}\n' % t for t in times))
        with Command("rtpush", "gps", "G-9", path, "-n", "--replay") as push:
            push.until_out(2)
            push.process.send_signal(signal.SIGINT)
            self.assertEqual(push.finish(), -signal.SIGINT)
            self.assertIn("4 lines: 2 valid, 0 skipped, 0 rejected, 2 not sent", push.err[-1])
        self.assertEqual(run("rtpush", "gps", "G-9", path, "-n", "--replay=1000000x").out.count("\n"), 4)

    def test_a_fix_of_a_live_receiver_does_not_wait_for_the_next(self):
        with self.server.stream(driver_path("G-10")) as stream, \
                Command("rtpush", "gps", "G-10", server=self.server, token="admin", stdin=subprocess.PIPE) as push:
            stream.connected()
            push.process.stdin.write(b"$GPRMC,123519,A,0100.0,N,00200.0,E,,,230394,,*1C\r\n")
            push.process.stdin.flush()
            self.assertEqual(stream.next().json["location"], {"latitude": 1, "longitude": 2})
            push.process.stdin.close()
            self.assertEqual(push.finish(), 0, push)
            self.assertIn("1 line: 1 sent", push.err[-1])

    def test_only_the_first_ten_rejections_are_shown(self):
        done = self.push("gps", "G-7", stdin="bad\n" * 12)
        self.assertEqual(done.code, 65)
        self.assertEqual(len(done.err.splitlines()), 11)
        self.assertIn("12 lines: 0 sent, 0 skipped, 12 rejected", done.err)

    def shown(self, *arguments, columns=80, **more):
        """What a terminal that wide is sent as standard error, while a file of 20,000 positions is read."""
        path = self.file("drive.ndjson", '{"lat":1,"lon":2}\n' * 20_000)
        master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, columns))
        process = subprocess.Popen([os.path.join(BIN, "rtpush"), "gps", "G-8", path, *arguments], stderr=slave,
                                   stdin=subprocess.DEVNULL, env=environment(self.server, "admin", **more))
        os.close(slave)
        shown = b""
        while True:
            try:
                some = os.read(master, 65536)
            except OSError:  # Linux says EIO when the last writer has gone
                break
            shown += some
        self.assertEqual(process.wait(PATIENCE_S), 0)
        os.close(master)
        return shown

    def test_a_bar_is_drawn_on_a_terminal_and_gone_at_the_end(self):
        summary = rb"rtpush: 20000 lines: 20000 sent, [^\r]*\r\n$"
        shown = self.shown()
        self.assertRegex(shown, rb"\r\[#* *\] +[0-9]+ %  [0-9]+ sent")
        self.assertRegex(shown, rb"\r\x1b\[K" + summary)
        shown = self.shown(columns=20)
        self.assertRegex(shown, rb"^\r +[0-9]+ %  [0-9]+ sent\x1b\[K\r")
        self.assertNotIn(b"[#", shown)
        self.assertRegex(self.shown(TERM="dumb"), b"^" + summary)
        self.assertEqual(self.shown("-q"), b"")

    def test_how_large_an_event_may_be_is_for_the_server_to_say(self):
        for size, code in ((90_000, 0), (110_000, 65)):
            data = json.dumps({"a": "x" * size})
            done = self.push("order", "B-1", "-f", self.file("large.json", data))
            self.assertEqual((done.code, "102400 bytes" in done.err), (code, code == 65), done)
            self.assertEqual(self.push("raw", stdin='{"type":"order_update","orderId":"B-1","data":%s}' % data).code, code)

    def test_a_misspelt_field_is_told_with_the_right_one(self):
        done = run("rtpush", "order", "T-1", "-n", "--set", "staus=DELIVERED")
        self.assertEqual((done.code, done.out), (0, '{"type":"order_update","orderId":"T-1","data":{"staus":"DELIVERED"}}\n'))
        self.assertEqual(done.err, "rtpush: --set: 'staus' is not a known field; did you mean 'status'?\n")
        done = run("rtpush", "gps", "T-1", "-n", stdin='{"latitud":1,"lon":2}')
        self.assertIn("line 1: latitude is missing; did you mean it by 'latitud'?", done.err)
        done = run("rtpush", "gps", "T-1", "-n", "--format", "nmae")
        self.assertEqual(done.code, 64)
        self.assertIn("'nmea'", done.err)
        self.assertLessEqual(len(done.err.splitlines()), 3)

    def test_known_numbers_are_sent_as_numbers(self):
        for kind, key in (("order", "orderId"), ("run", "runId")):
            done = run("rtpush", kind, "N-1", "-n", "--set", "completedStops=5", "--set", "note=5", "--set", "x:=[1.0]")
            self.assertEqual(json.loads(done.out)["data"], {"completedStops": 5, "note": "5", "x": [1.0]}, done)
            self.assertIn('"x":[1.0]', done.out)

    def test_set_changes_a_member_of_json_in_its_place(self):
        done = run("rtpush", "order", "N-2", "-n", "--json", '{"a":1.0,"b":2,"c":3}', "--set", "b=x", "--set", "d=y")
        self.assertIn('"data":{"a":1.0,"b":"x","c":3,"d":"y"}', done.out, done)


if __name__ == "__main__":
    unittest.main()

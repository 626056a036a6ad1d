# SPDX-License-Identifier: MIT
"""Scripts can tell from the exit code what happened, and people from one line on stderr."""
import http.server
import os
import signal
import subprocess
import threading
import unittest

from commands import Command, run
from support import BIN, Server, driver_path, eventually, free_port, order_path

HTML = b"<!doctype html><title>It works</title>"
AWAY = "http://127.0.0.1:1"


class HtmlPage(http.server.BaseHTTPRequestHandler):
    """Answers everything like a web server that knows nothing of streams."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(HTML)))
        self.end_headers()
        self.wfile.write(HTML)

    do_POST = do_GET

    def log_message(self, *_):
        pass


class ExitCodes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.folder = cls.server.folder.name
        cls.html = http.server.ThreadingHTTPServer(("127.0.0.1", 0), HtmlPage)
        cls.html_url = f"http://127.0.0.1:{cls.html.server_address[1]}"
        threading.Thread(target=cls.html.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.html.shutdown()
        cls.html.server_close()
        cls.server.__exit__(None)

    def file(self, name, text, mode=0o600):
        path = os.path.join(self.folder, name)
        with open(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, mode), "w") as f:
            f.write(text)
        os.chmod(path, mode)
        return path

    def answering(self, status, *headers):
        """The URL of a server that answers everything with this."""
        class Refusal(HtmlPage):
            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(status)
                for header in (*headers, ("Content-Length", "0")):
                    self.send_header(*header)
                self.end_headers()

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusal)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_address[1]}"

    def expect(self, code, outcome, *words):
        """The code, and on stderr each of the words. Errors are `prog: what`, never a bare line."""
        self.assertEqual(outcome.code, code, outcome)
        for word in words:
            self.assertIn(word, outcome.err)
        for line in outcome.err.splitlines():
            self.assertRegex(line, "^(rtserve|rtpush|rtwatch|rtstat): ")
        return outcome


class RtpushTest(ExitCodes):
    def push(self, *arguments, token="admin", server=None, **more):
        return run("rtpush", *arguments, server=server or self.server, token=token, **more)

    def test_what_was_accepted_is_0(self):
        done = self.expect(0, self.push("order", "X-1", "--set", "status=DELIVERED"))
        self.assertRegex(done.out, r"^order X-1: accepted \(id [0-9]+-[0-9]+, 0 subscribers\)\n$")
        self.expect(0, self.push("driver", "X-1", "--lat", "43.6532", "--lon", "-79.3832"))
        self.expect(0, self.push("gps", "X-1", stdin='{"lat":1,"lon":2}\n'))

    def test_a_typo_is_64_and_the_right_name_is_suggested(self):
        self.expect(64, self.push("driver", "X-2", "--lat", "1", "--lon", "2", "--headin", "3"),
                    "--headin'", "--heading'")
        self.expect(64, self.push("ordr", "X-2", "--set", "a=b"), "'ordr'", "'order'")
        self.expect(64, self.push("order", "X-2"))
        self.expect(64, self.push("driver", "X-2", "--lat", "north", "--lon", "2"), "--lat")

    def test_a_rejected_line_is_65_and_costs_that_line_only(self):
        lines = '{"lat":1,"lon":2}\n{"lat":91,"lon":2}\nnonsense\n{"lat":3,"lon":4}'
        with self.server.stream(driver_path("X-3")) as stream:
            stream.connected()
            done = self.expect(65, self.push("gps", "X-3", stdin=lines),
                               "line 2: ", "line 3: ", "4 lines: 2 sent, 0 skipped, 2 rejected")
            self.assertNotIn("line 1: ", done.err)
            self.assertNotIn("line 4: ", done.err)
            self.assertEqual([stream.next().json["location"]["latitude"] for _ in range(2)], [1, 3])

    def test_an_event_that_only_the_server_rejects_is_65_with_its_line_too(self):
        good = '{"type":"order_update","orderId":"X-4","data":{}}\n'
        done = self.push("raw", stdin=good + '{"type":"order_update","orderId":"X 4","data":{}}\n' + good)
        self.expect(65, done, "line 2: ", "3 lines: 2 sent, 0 skipped, 1 rejected")

    def test_an_object_that_is_none_is_64_from_an_option_and_65_from_a_file(self):
        self.expect(64, self.push("order", "X-5", "--json", "["), "--json: ")
        self.expect(65, self.push("order", "X-5", "-f", self.file("no-object", "[")))

    def test_coordinates_out_of_range_are_not_published(self):
        with self.server.stream(driver_path("X-5")) as stream:
            stream.connected()
            self.assertIn(self.push("driver", "X-5", "--lat", "91", "--lon", "0").code, (64, 65))
            self.expect(0, self.push("driver", "X-5", "--lat", "5", "--lon", "0"))
            self.assertEqual(stream.next().json["location"]["latitude"], 5)

    def test_a_missing_input_file_is_66_before_anything_is_sent(self):
        present = self.file("present.ndjson", '{"lat":1,"lon":2}\n')
        with self.server.stream(driver_path("X-6")) as stream:
            stream.connected()
            missing = os.path.join(self.folder, "missing.ndjson")
            done = self.expect(66, self.push("gps", "X-6", present, missing), missing, "No such file")
            self.assertNotIn("sent", done.err)
            self.expect(66, self.push("order", "X-6", "-f", missing), missing)
            self.expect(66, self.push("gps", "X-6", self.folder), "Is a directory")
            self.expect(0, self.push("driver", "X-6", "--lat", "5", "--lon", "0"))
            self.assertEqual(stream.next().json["location"]["latitude"], 5)

    def test_a_bad_or_insufficient_token_is_77_and_is_not_shown(self):
        done = self.expect(77, self.push("order", "X-8", "--set", "a=b", token="a.b.c"), "401")
        self.assertNotIn("a.b.c", done.err)
        self.expect(77, self.push("order", "X-8", "--set", "a=b", token=None), "token")
        customer = self.server.token("--sub", "C-1", "--role", "customer", "--order", "X-8")
        self.expect(77, self.push("order", "X-8", "--set", "a=b", token=customer), "403")
        self.expect(77, self.push("gps", "X-8", token="a.b.c", stdin='{"lat":1,"lon":2}\n'), "401")

    def test_a_server_that_answers_html_is_1(self):
        done = self.expect(1, self.push("order", "X-9", "--set", "a=b", server=self.html_url, token=None), "text/html")
        self.assertEqual(done.out, "")

    def test_a_path_that_the_server_does_not_know_is_66(self):
        self.expect(66, self.push("order", "X-9", "--set", "a=b", server=self.answering(404), token=None), "404")

    def test_a_server_that_stays_too_busy_is_75(self):
        for status in (429, 503):
            busy = self.answering(status, ("Retry-After", "3600"))
            self.expect(75, self.push("order", "X-9", "--set", "a=b", server=busy, token=None), str(status), "1h")

    def test_output_that_cannot_be_written_is_74(self):
        done = run("/bin/sh", "-c", 'exec "$0" "$@" > /dev/full', os.path.join(BIN, "rtpush"),
                   "order", "X-9", "-n", "--set", "a=b")
        self.expect(74, done, "No space left")

    def test_a_token_file_that_others_can_read_is_78(self):
        path = self.file("open-token", "a.b.c", mode=0o644)
        self.expect(78, self.push("order", "X-9", "--set", "a=b", "--token-file", path, token=None), path, "chmod 600")

    def test_a_signal_ends_a_feed_after_its_summary(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with Command("rtpush", "gps", "X-9", "-v", server=self.server, token="admin", stdin=subprocess.PIPE) as push:
                push.process.stdin.write(b'{"lat":1,"lon":2}\n{"lat":0,"lon":0}\n')
                push.process.stdin.flush()
                push.until_err("skipped: no fix")
                push.process.send_signal(number)
                self.assertEqual(push.finish(), -number)
                push.process.stdin.close()
                self.assertIn("2 lines: 1 sent, 1 skipped (no fix), 0 rejected", push.err[-1])

    def test_the_time_that_ran_out_is_124(self):
        self.expect(124, self.push("order", "X-9", "--set", "a=b", "-W", "0.2", server=AWAY, token=None), "no more time")
        with Command("rtpush", "gps", "X-9", "-W", "0.2", server=self.server, token="admin", stdin=subprocess.PIPE) as push:
            self.assertEqual(push.finish(), 124)
            push.process.stdin.close()
            self.assertIn("0 lines: 0 sent", push.err[0])

    def test_a_reader_that_goes_away_ends_it_as_by_sigpipe(self):
        lines = '{"lat":1,"lon":2}\n' * 50_000
        done = run("/bin/sh", "-c", '{ "$0" "$@"; echo $? >&2; } | head -1', os.path.join(BIN, "rtpush"), "gps", "X-9", "-n",
                   stdin=lines)
        self.assertEqual((done.err, done.out.count("\n")), ("141\n", 1))

    def test_a_dry_run_needs_no_server(self):
        done = self.expect(0, self.push("order", "X-10", "--set", "status=DELIVERED", "-n", server=AWAY, token=None))
        self.assertEqual(done.out, '{"type":"order_update","orderId":"X-10","data":{"status":"DELIVERED"}}\n')


class RtwatchTest(ExitCodes):
    def watch(self, *arguments, token="admin", server=None):
        return run("rtwatch", *arguments, server=server or self.server, token=token)

    def test_the_events_asked_for_are_0(self):
        self.server.publish(order_path("W-1"), {"n": 1})
        done = self.expect(0, self.watch("order", "W-1", "-C", "1"))
        self.assertEqual(len(done.out.splitlines()), 1)

    def test_until_is_0(self):
        with Command("rtwatch", "order", "W-2", "--until", "status=DELIVERED", "-v",
                     server=self.server, token="admin") as watch:
            watch.until_err("connected")
            for status in ("NEW", "DELIVERED", "CLOSED"):
                self.server.publish(order_path("W-2"), {"status": status})
            self.assertEqual(watch.finish(), 0)
            self.assertEqual(len(watch.out), 2)

    def test_a_typo_is_64_and_the_right_name_is_suggested(self):
        self.expect(64, self.watch("order", "W-3", "--notice"), "--notice'", "--notices'")
        self.expect(64, self.watch("drivr", "W-3"), "'drivr'", "'driver'")
        self.expect(64, self.watch())
        self.expect(64, self.watch("order", "a b"))

    def test_a_path_that_is_not_there_is_66(self):
        self.expect(66, self.watch("--path", "/api/v1/realtime/trucks/T-1/stream"), "404")

    def test_giving_up_is_69(self):
        self.expect(69, self.watch("order", "W-4", "--retries", "0", server=AWAY, token=None), AWAY)
        done = self.expect(69, self.watch("order", "W-4", "--retries", "3", "--retry-initial", "10ms",
                                          server=AWAY, token=None), "gave up after 4 attempts")
        self.assertEqual(done.err.count("trying again"), 3)

    def test_what_is_no_event_stream_is_76_at_the_first_answer(self):
        done = self.expect(76, self.watch("order", "W-5", server=self.html_url, token=None), "text/html")
        self.assertEqual(done.out, "")

    def test_a_bad_token_is_77_after_one_request(self):
        self.expect(77, self.watch("order", "W-6", token="a.b.c"), "401")
        customer = self.server.token("--sub", "C-1", "--role", "customer", "--order", "W-6")
        done = self.expect(77, self.watch("order", "W-7", token=customer), "403")
        self.assertNotIn("trying again", done.err)

    def test_the_time_that_ran_out_is_124(self):
        self.expect(124, self.watch("order", "W-8", "-W", "0.2"))
        self.expect(124, self.watch("order", "W-8", "-W", "0.2", "--retries", "inf", server=AWAY, token=None))


class RtstatTest(ExitCodes):
    def stat(self, *arguments, token="admin", server=None):
        return run("rtstat", *arguments, server=server or self.server, token=token)

    def test_the_counts_are_0(self):
        done = self.expect(0, self.stat())
        self.assertEqual(done, (0, '{"orders":0,"runs":0,"drivers":0,"totalClients":0}\n', ""))

    def test_a_typo_is_64_and_the_right_name_is_suggested(self):
        self.expect(64, self.stat("--ouput", "json"), "--ouput'", "--output'")
        self.expect(64, self.stat("-o", "tabel"), "table")
        self.expect(64, self.stat("orders"), "'orders'")

    def test_a_server_that_is_away_is_69(self):
        self.expect(69, self.stat(server=AWAY, token=None), AWAY)

    def test_a_bad_or_insufficient_token_is_77(self):
        self.expect(77, self.stat(token="a.b.c"), "401")
        customer = self.server.token("--sub", "C-1", "--role", "customer", "--order", "W-6")
        self.expect(77, self.stat(token=customer), "403")

    def test_a_server_that_answers_html_is_no_success(self):
        done = self.stat(server=self.html_url, token=None)
        self.assertNotEqual(done.code, 0, done)
        self.assertEqual(done.out, "")


class RtserveTest(ExitCodes):
    def serve(self, *arguments, **more):
        """Started so that it would come up, if nothing else were wrong, on ports that nobody else has."""
        addresses = ("--listen", f"127.0.0.1:{free_port()}", "--admin-listen", f"127.0.0.1:{free_port()}")
        return run("rtserve", *addresses, *arguments, **more)

    def test_no_key_is_78_and_says_how_to_make_one(self):
        self.expect(78, self.serve(), "--jwt-secret-file", "--new-secret", "--dev")

    def test_a_secret_that_others_can_read_is_78(self):
        path = self.file("open-secret", "0123456789abcdef" * 4, mode=0o644)
        done = self.expect(78, self.serve("--jwt-secret-file", path), path)
        self.assertNotIn("0123456789abcdef", done.err)

    def test_a_secret_that_is_missing_or_too_short_is_78(self):
        missing = os.path.join(self.folder, "no-secret")
        self.expect(78, self.serve("--jwt-secret-file", missing), missing)
        short = self.file("short-secret", "hunter2")
        done = self.expect(78, self.serve("--jwt-secret-file", short), short)
        self.assertNotIn("hunter2", done.err)

    def test_a_typo_is_64_and_the_right_name_is_suggested(self):
        self.expect(64, self.serve("--hartbeat", "5s", "--dev"), "--hartbeat'", "--heartbeat'")
        self.expect(64, self.serve("chek-config"), "'chek-config'", "'check-config'")
        self.expect(64, self.serve("--heartbeat", "soon", "--dev"), "--heartbeat", "soon")

    def test_a_port_that_is_taken_is_an_error_that_names_it(self):
        taken = self.html_url.removeprefix("http://")
        done = run("rtserve", "--jwt-secret-file", self.server.secret_file, "--listen", taken,
                   "--admin-listen", "127.0.0.1:0")
        self.assertNotEqual(done.code, 0, done)
        self.assertIn(taken, done.err)

    def verify(self, token, *more):
        return run("rtserve", "token", "--jwt-secret-file", self.server.secret_file, "--verify", *more, token)

    def test_token_verify_is_0_with_the_rights_and_77_with_the_reason(self):
        token = self.server.token("--sub", "D-7", "--role", "driver")
        done = self.expect(0, self.verify(token))
        self.assertIn("valid\n", done.out)
        self.assertIn("may publish: drivers/D-7\n", done.out)
        head, payload, signature = token.split(".")
        done = self.expect(77, self.verify(".".join((head, payload, signature[::-1]))))
        self.assertIn("not valid: ", done.out)
        self.expect(77, self.verify("nonsense"))

    def test_token_verify_reads_stdin(self):
        command = ("token", "--jwt-secret-file", self.server.secret_file, "--verify", "-")
        self.expect(0, run("rtserve", *command, stdin=self.server.admin + "\n"))
        self.expect(77, run("rtserve", *command, stdin="nonsense"))

    def test_token_without_a_secret_is_78_and_with_nothing_to_do_64(self):
        self.expect(78, run("rtserve", "token", "--sub", "U"), "--jwt-secret-file")
        self.expect(64, run("rtserve", "token", "--jwt-secret-file", self.server.secret_file), "--sub")
        self.expect(64, run("rtserve", "token", "--jwt-secret-file", self.server.secret_file, "--sub", "U",
                            "--role", "drivr"), "drivr", "driver")

    def test_a_new_secret_is_one_that_the_server_takes(self):
        done = self.expect(0, run("rtserve", "token", "--new-secret"))
        self.expect(0, self.serve("--jwt-secret-file", self.file("new-secret", done.out), "check-config"))

    def test_check_config_is_0_or_78_and_serves_nothing(self):
        port = free_port()
        listen = ("--listen", f"127.0.0.1:{port}")
        done = run("rtserve", *listen, "--jwt-secret-file", self.server.secret_file, "check-config")
        self.expect(0, done)
        self.assertIn("valid", done.out)
        self.expect(78, run("rtserve", *listen, "check-config"))
        self.expect(78, self.serve("--dev", "--heartbeat", "10ms", "check-config"), "--heartbeat")

    def test_an_unknown_key_in_the_file_is_78_and_names_file_key_and_the_right_one(self):
        path = self.file("rtserve.toml", f'jwt-secret-file = "{self.server.secret_file}"\nhartbeat = "5s"\n')
        self.expect(78, self.serve("-c", path, "check-config"), path, "hartbeat", "'heartbeat'")
        client = self.file("client.toml", f'srever = "{AWAY}"\n')
        for command in (("rtpush", "order", "X-1", "--set", "a=b"), ("rtwatch", "order", "X-1"), ("rtstat",)):
            self.expect(78, run(*command, "-c", client), client, "srever", "'server'")

    def test_a_bad_value_in_the_file_or_the_environment_is_78(self):
        path = self.file("value.toml", f'jwt-secret-file = "{self.server.secret_file}"\nheartbeat = "soon"\n')
        self.expect(78, self.serve("-c", path, "check-config"), path, "heartbeat", "soon")
        self.expect(78, self.serve("--dev", "check-config", env={"RTSERVE_HEARTBEAT": "soon"}),
                    "RTSERVE_HEARTBEAT", "soon")

    def test_a_configuration_file_that_was_named_and_is_missing_is_78(self):
        missing = os.path.join(self.folder, "missing.toml")
        self.expect(78, self.serve("-c", missing, "check-config"), missing)

    def test_healthcheck_is_0_when_ready_and_else_not(self):
        admin = f"127.0.0.1:{self.server.admin_port}"
        self.assertTrue(eventually(lambda: self.server.admin_request("/readyz").status == 200))
        self.expect(0, run("rtserve", "healthcheck", "--admin-listen", admin))
        self.expect(69, run("rtserve", "healthcheck", "--admin-listen", "127.0.0.1:1"))


del ExitCodes  # a base, not a test

if __name__ == "__main__":
    unittest.main()

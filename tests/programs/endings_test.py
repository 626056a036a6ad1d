# SPDX-License-Identifier: MIT
"""However a stream ends, or does not begin: rtwatch says it in words, and to scripts by its exit code."""
import http.server
import os
import signal
import threading
import unittest

from commands import Command, run
from support import BIN, Server, order_path


class Odd(http.server.BaseHTTPRequestHandler):
    """What stands in the place of an rtserve at times; the path chooses."""
    protocol_version = "HTTP/1.1"
    elsewhere = ""  # the URL of a second such server
    tokens = []     # what came to /stream

    def do_GET(self):
        name = self.path[1:]
        if name == "stream":
            self.tokens.append(self.headers["Authorization"])
            return self.answer(200, b"id: 1\ndata: hello\n\n", "text/event-stream")
        if name == "denied":
            return self.answer(401 if self.headers["Authorization"] is None else 500)
        if name == "busy":
            return self.answer(503, b'{"detail":"draining"}', "application/problem+json", "Retry-After", "3000")
        if name == "page":
            return self.answer(200, b"<!doctype html>", "text/html; charset=utf-8")
        places = {"circle": "/circle", "file": "file:///etc/passwd?a=secret", "here": "/stream",
                  "there": self.elsewhere + "/stream", "barred": self.elsewhere + "/denied"}
        if name in places:
            return self.answer(302, b"", "text/plain", "Location", places[name])
        return self.answer(int(name))

    def answer(self, status, body=b"", type="text/plain", *field):
        self.send_response(status)
        self.send_header("Content-Type", type)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        if field:
            self.send_header(*field)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class EndingsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.odd = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), Odd) for _ in range(2)]
        cls.url, Odd.elsewhere = (f"http://127.0.0.1:{one.server_port}" for one in cls.odd)
        for one in cls.odd:
            threading.Thread(target=one.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        for one in cls.odd:
            one.shutdown()
            one.server_close()

    def expect(self, code, path, *lines):
        """The exit code, and on stderr exactly these lines."""
        done = run("rtwatch", "--path", path, "-C", "1", "--retries", "0", server=self.url, token="a.b.c")
        self.assertEqual((done.code, done.err.splitlines()), (code, ["rtwatch: " + line for line in lines]), done)
        return done

    def test_answers_that_are_no_stream(self):
        self.expect(76, "/page", self.url + " answered text/html; charset=utf-8, not an event stream",
                    "is it an rtserve?")
        self.expect(0, "/204", "the server has nothing more to send")
        self.expect(77, "/401", "the server answered 401: Unauthorized")
        self.expect(66, "/404", "the server answered 404: Not Found")
        self.expect(1, "/410", "the server answered 410: Gone")
        self.expect(69, "/502", "the server answered 502: Bad Gateway")
        self.expect(75, "/busy", "the server answered 503: draining")

    def test_the_time_that_a_busy_server_asks_for_is_told_and_waited_for(self):
        with Command("rtwatch", "--path", "/busy", server=self.url) as watch:
            watch.until_err("rtwatch: the server answered 503: draining, trying again in 3000.0 s (1 of 5)")
            watch.process.send_signal(signal.SIGINT)
            self.assertEqual(watch.finish(), -signal.SIGINT)

    def test_redirects(self):
        self.assertIn('"data":"hello"', self.expect(0, "/here").out)
        self.assertIn('"data":"hello"', self.expect(0, "/there").out)
        self.assertEqual(Odd.tokens, ["Bearer a.b.c", None])
        self.expect(77, "/barred", "the server answered 401: Unauthorized",
                    f"redirected to {Odd.elsewhere}, another origin, where the token was not sent")
        self.expect(1, "/circle", f"more than 20 redirects, the last one from {self.url}")
        self.expect(1, "/file", "the server answered 302: Found", "it points to file:///etc/passwd")
        self.expect(0, Odd.elsewhere + "/stream", f"no token is sent to {Odd.elsewhere}: it is not --server")
        self.assertIsNone(Odd.tokens[-1])

    def test_a_silent_stream_ends_with_its_reader_or_by_a_signal(self):
        with Server() as server:
            # The shell holds the pipe's other end until its head has gone.
            script = '{ "$0" order E-1; echo $? >&2; } | head -1'
            with Command("/bin/sh", "-c", script, os.path.join(BIN, "rtwatch"), server=server, token="admin") as pipe:
                pipe.until_err("connected")
                server.publish(order_path("E-1"), {})
                pipe.until_err("141")
            for number in (signal.SIGINT, signal.SIGTERM):
                with Command("rtwatch", "order", "E-2", server=server, token="admin") as watch:
                    watch.until_err("connected")
                    watch.process.send_signal(number)
                    self.assertEqual((watch.finish(), len(watch.err)), (-number, 1), watch)

    def test_a_server_that_vanishes_is_69_after_the_retries(self):
        with Server() as server:
            with Command("rtwatch", "order", "E-3", "--retries", "1", "--retry-initial", "10ms",
                         server=server, token="admin") as watch:
                watch.until_err("connected")
                server.process.kill()
                server.process.wait()
                server.log.close()
                self.assertEqual(watch.finish(), 69)
                url = f"http://127.0.0.1:{server.port}"
                self.assertRegex(watch.err[1], f"^rtwatch: the connection to {url} was cut, trying again in .* s .1 of 1.$")
                self.assertEqual(watch.err[2:], [f"rtwatch: could not connect to {url}; gave up after 2 attempts",
                                                 "rtwatch: is rtserve running there? see --server"])
            server.start()


if __name__ == "__main__":
    unittest.main()

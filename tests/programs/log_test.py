# SPDX-License-Identifier: MIT
"""The log says who came, what for, and why they went: as text, as JSON, and to the journal with its priorities."""
import json
import os
import re
import threading
import unittest

from support import API, Server, eventually, order_path

EVENT = '{"status":"X"}'
CROWD = 100


class LoggingServer(Server):
    log_level = "info"

    def lines(self, text):
        return [line for line in self.log_text().splitlines() if text in line]

    def line(self, text, *more):
        def found():
            return [line for line in self.lines(text) if all(one in line for one in more)]
        lines = eventually(found)
        if not lines:
            raise AssertionError(f"{text!r}, {more} is not in the log: {self.log_text()}")
        return lines[0]


class DebuggingServer(LoggingServer):
    log_level = "debug"


class JournalServer(LoggingServer):
    def command(self):
        at = os.stat(self.log.name)
        return ["env", f"JOURNAL_STREAM={at.st_dev}:{at.st_ino}", *super().command()]


class ElsewhereServer(LoggingServer):
    def command(self):
        return ["env", "JOURNAL_STREAM=1:2", *super().command()]


def visit(server, path=order_path("L-1"), events=2, **more):
    """A stream that gets some events and leaves."""
    with server.stream(path, **more) as stream:
        stream.connected()
        for _ in range(events):
            server.publish(order_path("L-1"), EVENT)
        for _ in range(events):
            stream.next()


class LogTest(unittest.TestCase):
    def test_a_stream_is_logged_at_both_ends_with_who_what_and_why(self):
        with LoggingServer("--allow-query-token") as server:
            token = server.token("--sub", "C-1", "--role", "customer", "--order", "L-1")
            server.tokens_used.add(token)
            visit(server, f"{order_path('L-1')}?token={token}", token=None)
            self.assertRegex(server.line("client connected"),
                             r"^\S+Z info  client connected client=127\.0\.0\.1 user=C-1 topics=orders/L-1 "
                             r"resume=fresh missed=0$")
            self.assertRegex(server.line("client disconnected"),
                             r"^\S+Z info  client disconnected client=127\.0\.0\.1 user=C-1 topics=orders/L-1 "
                             r"reason=(client_left|peer_dead) seconds=[0-9.e-]+ events=2 bytes=[1-9][0-9]{2,}$")
            self.assertEqual(server.lines("token"), [])
            self.assertEqual(server.lines("event"), [line for line in server.lines("event") if "events=" in line])

    def test_of_many_topics_the_first_are_named(self):
        with LoggingServer() as server:
            topics = "&".join(f"topic=orders/L-{n}" for n in range(9))
            visit(server, f"{API}/stream?topic=drivers/*&{topics}", events=0)
            named = "topics=drivers/*,orders/L-0,orders/L-1,orders/L-2,orders/L-3,+5 "
            self.assertIn(named, server.line("client connected"))
            self.assertIn(named, server.line("client disconnected"))

    def test_json_has_the_same(self):
        with LoggingServer("--log-format", "json") as server:
            visit(server)
            gone = json.loads(server.line("client disconnected"))
            self.assertEqual([gone[key] for key in ("level", "client", "user", "topics", "events")],
                             ["info", "127.0.0.1", "boss", "orders/L-1", 2])
            self.assertGreater(gone["bytes"], 100)
            self.assertGreater(gone["seconds"], 0)

    def test_broadcasts_are_logged_at_debug_with_who_published_them(self):
        with DebuggingServer() as server:
            receipt = server.publish(order_path("L-1"), EVENT)
            server.line("debug event broadcast", "topic=orders/L-1", f"id={receipt['id']}")
            server.line("debug event published", "user=boss", f"id={receipt['id']}", "subscribers=0")
            bulk = '{"type":"order_update","orderId":"L-2","data":{}}\n' * 3
            answer = server.request("POST", f"{API}/events", bulk, {"Content-Type": "application/x-ndjson"})
            self.assertEqual(answer.status, 200)
            server.line("debug events published", "user=boss", "events=3")
            self.assertEqual(len(server.lines("event broadcast")), 4)

    def test_a_send_that_fails_is_an_error(self):
        with LoggingServer("--threads", "1") as server:
            # A reset is seen by reading or by writing, whichever comes first: here most of the time is for writing.
            for _ in range(50):
                streams = [server.stream(order_path("L-1")) for _ in range(CROWD)]
                stopping = threading.Event()

                def publish():
                    while not stopping.is_set():
                        server.publish(order_path("L-1"), EVENT)

                publisher = threading.Thread(target=publish)
                publisher.start()
                for stream in streams:
                    stream.reset()
                stopping.set()
                publisher.join()
                if server.lines("cannot send"):
                    break
            self.assertRegex(server.line("cannot send"),
                             r" error cannot send to a client client=127\.0\.0\.1 user=boss error=\"[A-Z][a-z ]+\"$")

    def test_the_journal_gets_priorities_and_no_time_of_ours(self):
        with JournalServer("--max-clients", "1") as server:
            visit(server)
            self.assertRegex(server.line("client connected"), r"^<6>info  client connected client=")
            os.kill(server.process.pid, 1)
            self.assertTrue(eventually(lambda: server.lines("reloaded")))
            os.rename(server.secret_file, server.secret_file + ".gone")
            os.kill(server.process.pid, 1)
            self.assertRegex(server.line("the old configuration stays"), "^<3>error ")

    def test_the_journal_gets_json_with_priorities(self):
        with JournalServer("--log-format", "json") as server:
            visit(server)
            line = server.line("client connected")
            self.assertEqual(line[:3], "<6>")
            self.assertIn("time", json.loads(line[3:]))

    def test_a_journal_elsewhere_gets_nothing(self):
        with ElsewhereServer() as server:
            visit(server, events=0)
            self.assertTrue(re.match(r"\d{4}-", server.line("client connected")))


if __name__ == "__main__":
    unittest.main()

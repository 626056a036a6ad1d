# SPDX-License-Identifier: MIT
"""A live feed of positions outlasts a server that is away: the newest of each driver is kept, and sent when it is
back. What is not live waits a while, and says what it could not send."""
import http.server
import json
import subprocess
import threading
import unittest

from commands import Command, run
from support import Server, driver_path


class Forgetful(http.server.BaseHTTPRequestHandler):
    """Takes the first publish and closes without an answer; answers the second."""
    keys = []

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.keys.append(self.headers["Idempotency-Key"])
        if len(self.keys) == 1:
            self.close_connection = True
            return
        body = b'{"accepted":1,"lastId":"1-0","rejected":[]}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class OfflineTest(unittest.TestCase):
    def feed(self, server, *arguments):
        return Command("rtpush", "gps", *arguments, server=server, token="admin", stdin=subprocess.PIPE)

    def write(self, push, driver, *numbers):
        for number in numbers:
            fix = {"lat": number, "lon": 2, "driver": driver}
            push.process.stdin.write(json.dumps(fix).encode() + b"\n")
        push.process.stdin.flush()

    def positions(self, server, driver):
        """What a new subscriber is shown as the driver's newest."""
        with server.stream(driver_path(driver)) as stream:
            stream.connected()
            return stream.next().json["location"]["latitude"]

    def test_a_live_feed_goes_on_with_the_newest_of_each_driver(self):
        with Server() as server, self.feed(server) as push:
            self.write(push, "A", 1)
            with server.stream(driver_path("A")) as stream:
                stream.connected()
                self.assertEqual(stream.next().json["location"]["latitude"], 1)
            server.stop()
            self.write(push, "A", 2)
            push.until_err("keeping the newest position of each driver")
            self.write(push, "A", 3, 4, 5)
            self.write(push, "B", 10, 11)
            server.start()
            push.until_err("the server is back; 3 older positions were left out")
            self.write(push, "A", 6)
            push.process.stdin.close()
            self.assertEqual(push.finish(), 0, push)
            self.assertEqual(self.positions(server, "A"), 6)
            self.assertEqual(self.positions(server, "B"), 11)
            # 1, 2 (which was on its way), 5, 6 and 11; said once.
            self.assertIn("8 lines: 5 sent, 0 skipped, 0 rejected, 3 not sent; ", push.err[-1])
            self.assertEqual(len(push.err), 3, push)

    def test_a_live_feed_may_begin_before_the_server(self):
        with Server() as server:
            server.stop()
            with self.feed(server) as push:
                self.write(push, "A", 1, 2)
                push.until_err("keeping the newest")
                server.start()
                push.until_err("the server is back")
                push.process.stdin.close()
                self.assertEqual(push.finish(), 0, push)
                self.assertEqual(self.positions(server, "A"), 2)

    def test_the_newest_positions_of_ten_thousand_drivers_are_kept(self):
        with Server() as server:
            server.stop()
            with self.feed(server) as push:
                self.write(push, "A", 1)
                push.until_err("keeping the newest")
                # All but what the pipe holds is read before the server is back.
                push.process.stdin.write(b"".join(b'{"lat":1,"lon":2,"driver":"D-%d"}\n' % i for i in range(13_000)))
                push.process.stdin.flush()
                server.start()
                push.process.stdin.close()
                self.assertEqual(push.finish(), 0, push)
                self.assertRegex(push.err[-1], "13001 lines: 1[0-9]{4} sent, 0 skipped, 0 rejected, [0-9]+ not sent; ")

    def test_events_that_are_no_positions_wait_all_for_the_server(self):
        with Server() as server:
            server.stop()
            with Command("rtpush", "raw", server=server, token="admin", stdin=subprocess.PIPE) as push:
                for n in range(3):
                    push.process.stdin.write(b'{"type":"order_update","orderId":"O-1","data":{"n":%d}}\n' % n)
                push.process.stdin.flush()
                push.until_err("trying again")
                server.start()
                push.process.stdin.close()
                self.assertEqual(push.finish(), 0, push)
                self.assertIn("3 lines: 3 sent, 0 skipped, 0 rejected; ", push.err[-1])

    def test_a_batch_that_may_have_arrived_is_repeated_as_the_same_request(self):
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Forgetful) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            with Command("rtpush", "gps", server=f"http://127.0.0.1:{server.server_port}",
                         stdin=subprocess.PIPE) as push:
                self.write(push, "A", 1)
                push.until_err("the server is back")
                push.process.stdin.close()
                self.assertEqual(push.finish(), 0, push)
            server.shutdown()
        self.assertEqual(len(Forgetful.keys), 2)
        self.assertTrue(Forgetful.keys[0])
        self.assertEqual(Forgetful.keys[0], Forgetful.keys[1])

    def test_an_input_that_ends_while_the_server_is_away_is_told_as_not_sent(self):
        done = run("rtpush", "gps", "A", server="http://127.0.0.1:1", stdin='{"lat":1,"lon":2}\n{"lat":3,"lon":2}\n')
        self.assertEqual(done.code, 69, done)
        self.assertRegex(done.err, "2 lines: 0 sent, 0 skipped, 0 rejected, 2 not sent; ")

    def test_what_cannot_pass_by_itself_ends_a_live_feed_at_once(self):
        with Server() as server, self.feed(server) as push:
            self.write(push, "A", 1)
            with server.stream(driver_path("A")) as stream:
                stream.connected()
                stream.next()
            server.stop()
            with open(server.secret_file, "w") as f:
                f.write("another secret, so that the token is not valid any more")
            server.start()
            self.write(push, "A", 2)
            self.assertEqual(push.finish(), 77, push)
            push.process.stdin.close()


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""SIGTERM: not ready any more, streams end cleanly, what was begun is answered, exit 0."""
import signal
import time
import unittest

from support import Server, eventually, order_path


class DrainTest(unittest.TestCase):
    def test_streams_end_with_a_retry_time_and_a_last_chunk(self):
        with Server() as server:
            streams = [server.stream(order_path("D-1")) for _ in range(20)]
            for stream in streams:
                stream.connected()
                stream.retries.clear()
            last_id = server.publish(order_path("D-1"), {"last": True})["id"]
            started = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - started, 10)
            for stream in streams:
                self.assertEqual([block.id for block in stream.read_to_end()], [last_id])
                self.assertTrue(stream.is_ended and not stream.is_cut)
                self.assertEqual(len(stream.retries), 1)
                stream.close()
            self.assertGreater(len({stream.retries[0] for stream in streams}), 1, "retry times are not jittered")

    def test_ready_before_and_not_while_a_request_is_in_flight(self):
        with Server() as server:
            self.assertEqual(server.admin_request("/readyz").status, 200)
            stream = server.stream(order_path("D-2"))
            stream.connected()
            body = b'{"in":"flight"}'
            with server.connect() as s:
                s.sendall(b"POST %s HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
                          b"Content-Length: %d\r\n\r\n" % (order_path("D-2").encode(), server.admin.encode(), len(body))
                          + body[:5])
                # Another answer of the same server is proof that it has read what was sent before.
                self.assertEqual(server.request("GET", "/healthz").status, 200)
                server.process.send_signal(signal.SIGTERM)
                self.assertTrue(eventually(lambda: server.admin_request("/readyz").status == 503))
                self.assertEqual(server.admin_request("/healthz").status, 200)
                s.sendall(body[5:])
                answer = b""
                while some := s.recv(4096):
                    answer += some
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)
            self.assertIn(b"Connection: close", answer)
            self.assertEqual(server.stop(), 0)
            stream.read_to_end()
            self.assertTrue(stream.is_ended)
            stream.close()

    def test_a_request_that_never_ends_does_not_hold_it_beyond_the_grace(self):
        with Server("--shutdown-grace", "1s") as server, server.connect() as s:
            s.sendall(b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Le")
            self.assertEqual(server.request("GET", "/healthz").status, 200)
            started = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - started, 5)


if __name__ == "__main__":
    unittest.main()

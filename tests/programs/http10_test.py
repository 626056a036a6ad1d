# SPDX-License-Identifier: MIT
"""HTTP/1.0: a stream that ends with its connection, and connections that close unless asked to stay."""
import unittest

from support import Server, order_path


class Http10Test(unittest.TestCase):
    def test_a_stream_is_delimited_by_the_connections_end(self):
        with Server() as server, server.stream(order_path("H-1"), version="1.0") as stream:
            self.assertEqual(stream.status, 200)
            self.assertEqual(stream.headers["content-type"], "text/event-stream")
            self.assertNotIn("transfer-encoding", stream.headers)
            self.assertNotIn("content-length", stream.headers)
            stream.connected()
            ids = [server.publish(order_path("H-1"), {"n": n})["id"] for n in range(3)]
            self.assertEqual([stream.next().id for _ in range(3)], ids)
            self.assertEqual(server.stop(), 0)
            self.assertEqual(stream.read_to_end(), [])
            self.assertTrue(stream.is_ended)

    def test_a_connection_closes_unless_asked_to_stay(self):
        with Server() as server:
            with server.connect() as s:
                s.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                answer = b""
                while some := s.recv(4096):
                    answer += some
                self.assertTrue(answer.startswith(b"HTTP/1.1 200 "))
            with server.connect() as s:
                for _ in range(2):
                    s.sendall(b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    answer = s.recv(4096)
                    self.assertIn(b"Connection: keep-alive", answer)


if __name__ == "__main__":
    unittest.main()

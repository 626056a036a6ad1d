# SPDX-License-Identifier: MIT
"""Requests one behind the other on a connection: each ends at its own byte, wherever the bytes were cut, answers
come in order, and nothing behind the last is answered. Half-closed and vanished clients are let go."""
import socket
import unittest

from raw_rows import (HOST, TOKEN, chunked, exchange, get, head_of_stream, line, post, publish, read_to_end, responses,
                      statuses)
from support import API, Server, eventually, order_path

BODY = b'{"a":1}'
PUBLISH = publish(b"Content-Length: %d\r\n" % len(BODY), BODY)
PUBLISH_CHUNKED = chunked(b'5;x=y\r\n{"a":\r\n2\r\n1}\r\n0\r\nT: v\r\n\r\n')
HEALTH = line(b"GET /healthz HTTP/1.1")
NOWHERE = line(b"GET /nowhere HTTP/1.1")
GOODBYE = get(b"/healthz", HOST + b"Connection: close\r\n")
BAD = line(b"GET")


class PipeliningTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def answers(self, data, methods=()):
        return statuses(exchange(self.server, data), methods)

    def bytes_of(self, data):
        return data.replace(TOKEN, self.server.admin.encode())

    def test_good_behind_good_and_bad_behind_good(self):
        for what, data, expected in (
                ("two", HEALTH + GOODBYE, [200, 200]),
                ("bad", HEALTH + BAD + HEALTH, [200, 400]),
                ("refused without a close", HEALTH + NOWHERE + GOODBYE, [200, 404, 200]),
                ("a body and a GET", PUBLISH + GOODBYE, [200, 200]),
                ("chunks and a GET", PUBLISH_CHUNKED + GOODBYE, [200, 200]),
                ("a body and what is bad", PUBLISH + BAD + PUBLISH, [200, 400]),
                ("chunks and what is bad", PUBLISH_CHUNKED + BAD + PUBLISH, [200, 400]),
                ("an empty line between", HEALTH + b"\r\n" + NOWHERE + b"\r\n" + GOODBYE, [200, 404, 200]),
                ("two empty lines between", HEALTH + b"\r\n\r\n" + HEALTH, [200, 400]),
                ("a body nobody wants and a GET", post(b"Content-Length: 3\r\n", b"GET") + GOODBYE, [404, 200]),
                ("many", PUBLISH + NOWHERE + (PUBLISH + PUBLISH_CHUNKED) * 20 + GOODBYE, [200, 404] + [200] * 41)):
            with self.subTest(what):
                self.assertEqual(self.answers(data), expected)

    def test_a_byte_too_many_is_the_next_request_and_one_too_few_is_taken_from_it(self):
        self.assertEqual(self.answers(publish(b"Content-Length: 2\r\n", b"{}X") + GOODBYE), [200, 405],
                         "XGET is the next one's method")
        # The G is the third byte of the body, and what is left of the request is ET.
        self.assertEqual(self.answers(publish(b"Content-Length: 3\r\n", b"{}") + GOODBYE), [400, 405])
        self.assertEqual(self.answers(chunked(b"2\r\n{}\r\n0\r\n\r\nX") + GOODBYE), [200, 405])

    def test_a_cut_anywhere_changes_nothing(self):
        data = self.bytes_of(PUBLISH_CHUNKED + PUBLISH + GOODBYE)
        for cut in range(1, len(data)):
            with self.server.connect() as s:
                s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                s.sendall(data[:cut])
                s.sendall(data[cut:])
                self.assertEqual(statuses(read_to_end(s)), [200, 200, 200], cut)

    def test_the_same_bytes_one_at_a_time_get_the_same_answers(self):
        with self.server.connect() as s:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in self.bytes_of(PUBLISH_CHUNKED + PUBLISH + GOODBYE):
                s.sendall(bytes([byte]))
            self.assertEqual(statuses(read_to_end(s)), [200, 200, 200])

    def test_what_was_published_in_a_row_is_in_the_row(self):
        path = order_path("W-2")
        with self.server.stream(path) as stream:
            stream.connected()
            bodies = [b'{"n":%d}' % n for n in range(300)]
            data = b"".join(publish(b"Content-Length: %d\r\n" % len(body), body) for body in bodies)
            data = data.replace(b"W-1", b"W-2") + GOODBYE
            self.assertEqual(self.answers(data), [200] * 301)
            self.assertEqual([stream.next().json["data"]["n"] for _ in range(300)], list(range(300)))

    def test_nothing_behind_connection_close_is_answered(self):
        for close in (get(b"/healthz", HOST + b"Connection: x, Close\r\n"), get(b"/healthz", b"", version=b"HTTP/1.0"),
                      publish(b"Connection: close\r\nContent-Length: 2\r\n", b"{}")):
            self.assertEqual(self.answers(close + HEALTH + PUBLISH), [200])

    def test_a_refusal_has_its_body_whatever_was_asked_before(self):
        received = exchange(self.server, line(b"HEAD /healthz HTTP/1.1") + BAD)
        self.assertEqual(statuses(received, [b"HEAD"]), [200, 400])
        self.assertTrue(received.endswith(b"}"), received)

    def test_requests_behind_a_head_of_a_stream_are_all_answered(self):
        head = head_of_stream(b"W-3")
        self.assertEqual(self.answers((head + PUBLISH + HEALTH) * 50 + GOODBYE, [b"HEAD", b"POST", b"GET"] * 50),
                         [200] * 151)

    def test_a_stream_takes_no_further_request(self):
        path = order_path("W-4")
        with self.server.stream(path) as stream:
            stream.connected()
            stream.socket.sendall(self.bytes_of(PUBLISH.replace(b"W-1", b"W-4")) + NOWHERE)
            self.server.publish(path, {"is": "the first"})
            self.assertEqual(stream.next().json["data"], {"is": "the first"})

    def test_a_body_is_asked_for_when_it_is_wanted_and_only_then(self):
        expect = b"Expect: 100-continue\r\nContent-Length: %d\r\n"
        with self.server.connect() as s:
            s.sendall(self.bytes_of(publish(expect % 2)))
            self.assertEqual(s.recv(65536), b"HTTP/1.1 100 Continue\r\n\r\n")
            s.sendall(b"{}" + GOODBYE)
            self.assertEqual(statuses(read_to_end(s)), [200, 200])
        for head, status in ((post(expect % 2), 404), (publish(expect % 99999999), 413),
                             (publish(expect % 2).replace(TOKEN, b"x"), 401)):
            with self.server.connect() as s:
                s.sendall(self.bytes_of(head))
                received = s.recv(65536)
                self.assertNotIn(b"100 Continue", received)
                self.assertEqual(statuses(received), [status])

    def test_a_client_that_has_said_all_still_gets_its_answers(self):
        for data, expected in ((HEALTH, [200]), (PUBLISH, [200]),
                               (NOWHERE + PUBLISH_CHUNKED + HEALTH, [404, 200, 200])):
            self.assertEqual(statuses(exchange(self.server, data, half_close=True)), expected)

    def test_what_was_cut_off_is_not_done(self):
        path = order_path("W-5")
        with self.server.stream(path) as stream:
            stream.connected()
            whole = publish(b"Content-Length: 2\r\n", b"{}").replace(b"W-1", b"W-5")
            in_chunks = chunked(b"2\r\n{}\r\n0\r\n\r\n").replace(b"W-1", b"W-5")
            for data in (whole[:20], whole[:-3], whole[:-1], in_chunks[:-7], in_chunks[:-2], in_chunks[:-1]):
                received = exchange(self.server, data, half_close=True)
                self.assertIn([answer.status for answer in responses(received)], ([], [400], [408]), data)
            self.server.publish(path, {"is": "the first"})
            self.assertEqual(stream.next().json["data"], {"is": "the first"})

    def test_clients_that_vanish_in_the_midst_leave_nothing_behind(self):
        for n in range(200):
            for data in (HEALTH[:n % len(HEALTH)], PUBLISH[:-1 - n % 40], PUBLISH, HEALTH * 5):
                with self.server.connect() as s:
                    s.sendall(self.bytes_of(data))
                    if n % 2:
                        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.assertEqual(self.answers(PUBLISH + GOODBYE), [200, 200])
        self.assertEqual(self.server.request("GET", f"{API}/stats").json()["totalClients"], 0)
        # Metrics are asked on a listener of their own: what is open are the clients' connections.
        self.assertTrue(eventually(lambda: b"rtserve_connections 0" in self.server.admin_request("/metrics").body))


if __name__ == "__main__":
    unittest.main()

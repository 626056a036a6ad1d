# SPDX-License-Identifier: MIT
"""Raw bytes against the real server: each row of the table names the answers that are right, and after a refusal
the connection is closed. The parser's own tests are the finer net; this one finds what the wiring lets through."""
import re
import socket
import unittest

from support import Server, order_path

HOST = b"Host: h\r\n"


def line(request_line):
    return request_line + b"\r\n" + HOST + b"\r\n"


def fields(lines, body=b""):
    return b"POST /nowhere HTTP/1.1\r\n" + HOST + lines + b"\r\n" + body


def chunks(body):
    return fields(b"Transfer-Encoding: chunked\r\n", body)


# (what is wrong, bytes, the statuses that may come)
REFUSED = [
    ("no version", line(b"GET /"), {400}),
    ("two spaces", line(b"GET  / HTTP/1.1"), {400}),
    ("space behind the version", line(b"GET / HTTP/1.1 "), {400}),
    ("space in the target", line(b"GET /a b HTTP/1.1"), {400}),
    ("tab in the request line", line(b"GET\t/ HTTP/1.1"), {400}),
    ("space before the method", line(b" GET / HTTP/1.1"), {400}),
    ("two empty lines first", b"\r\n\r\n" + line(b"GET / HTTP/1.1"), {400}),
    ("a method that is no token", line(b"G@T / HTTP/1.1"), {400}),
    ("lower-case protocol", line(b"GET / http/1.1"), {400}),
    ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {505}),
    ("HTTP/0.9 request", b"GET /\r\n", {400}),
    ("TLS client hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", {400}),
    ("bare LF", b"GET / HTTP/1.1\nHost: h\n\n", {400}),
    ("bare CR", b"GET / HTTP/1.1\rHost: h\r\r", {400}),
    ("NUL in the target", b"GET /\0 HTTP/1.1\r\n" + HOST + b"\r\n", {400}),
    ("NUL in a field", fields(b"A: b\0c\r\n"), {400}),
    ("fragment", line(b"GET /#f HTTP/1.1"), {400}),
    ("asterisk for GET", line(b"GET * HTTP/1.1"), {400}),
    ("authority-form", line(b"CONNECT h:443 HTTP/1.1"), {400}),
    ("bytes beyond ASCII in the target", line(b"GET /\xc3\xa4 HTTP/1.1"), {400}),
    ("long target", line(b"GET /" + b"a" * 9000 + b" HTTP/1.1"), {414}),
    ("endless target", b"GET /" + b"a" * 100_000, {414}),
    ("large field", fields(b"A: " + b"a" * 20_000 + b"\r\n"), {431}),
    ("many fields", fields(b"A: b\r\n" * 200), {431}),
    ("no Host", b"GET / HTTP/1.1\r\n\r\n", {400}),
    ("two Hosts", b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", {400}),
    ("malformed Host", b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", {400}),
    ("empty Host", b"GET / HTTP/1.1\r\nHost:\r\n\r\n", {400}),
    ("space before the colon", fields(b"A : b\r\n"), {400}),
    ("no colon", fields(b"A\r\n"), {400}),
    ("empty name", fields(b": b\r\n"), {400}),
    ("folded field", fields(b"A: b\r\n c\r\n"), {400}),
    ("folded first field", b"GET / HTTP/1.1\r\n Host: h\r\n\r\n", {400}),
    ("both framings", fields(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"), {400}),
    ("both framings, turned", fields(b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"0\r\n\r\n"), {400}),
    ("two lengths", fields(b"Content-Length: 5\r\nContent-Length: 6\r\n", b"hello"), {400}),
    ("the same length twice", fields(b"Content-Length: 5\r\nContent-Length: 5\r\n", b"hello"), {400}),
    ("a list of lengths", fields(b"Content-Length: 5, 5\r\n", b"hello"), {400}),
    ("a signed length", fields(b"Content-Length: +5\r\n", b"hello"), {400}),
    ("a padded length", fields(b"Content-Length: 05\r\n", b"hello"), {400}),
    ("a length with a tab", fields(b"Content-Length:\t5\r\n", b"hello"), {400}),
    ("a negative length", fields(b"Content-Length: -5\r\n", b"hello"), {400}),
    ("a length beyond 64 bits", fields(b"Content-Length: 99999999999999999999\r\n"), {400}),
    ("another coding", fields(b"Transfer-Encoding: gzip\r\n"), {400, 501}),
    ("two codings", fields(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"), {400, 501}),
    ("chunked twice", fields(b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n"), {400}),
    ("identity", fields(b"Transfer-Encoding: identity\r\n"), {400, 501}),
    ("chunked with a vertical tab", fields(b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n"), {400}),
    ("space before the coding's colon", fields(b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n"), {400}),
    ("chunked in HTTP/1.0", b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
    ("unknown expectation", fields(b"Expect: tea\r\n"), {417}),
]

# Here the endpoint answers before or after the parser sees the body, so that its own status may come first.
REFUSED_IN_BODY = [
    ("no size", b"\r\n"),
    ("size that is no number", b"g\r\n"),
    ("size with a prefix", b"0x5\r\nhello\r\n0\r\n\r\n"),
    ("signed size", b"+5\r\nhello\r\n0\r\n\r\n"),
    ("size with a space", b"5 \r\nhello\r\n0\r\n\r\n"),
    ("bare LF behind the size", b"5\nhello\r\n0\r\n\r\n"),
    ("bytes beyond the chunk", b"5\r\nhello!\r\n0\r\n\r\n"),
    ("size beyond 64 bits", b"10000000000000005\r\nhello\r\n0\r\n\r\n"),
    ("long extension", b"5;" + b"e" * 5000 + b"\r\nhello\r\n0\r\n\r\n"),
    ("long trailer", b"0\r\nA: " + b"a" * 5000 + b"\r\n\r\n"),
    ("folded trailer", b"0\r\nA: b\r\n c\r\n\r\n"),
]

ACCEPTED = [
    ("one empty line first", b"\r\n" + line(b"GET /healthz HTTP/1.1"), 200),
    ("absolute-form", line(b"GET http://other:80/healthz HTTP/1.1"), 200),
    ("HTTP/1.0 without Host", b"GET /healthz HTTP/1.0\r\n\r\n", 200),
    ("IPv6 host", b"GET /healthz HTTP/1.1\r\nHost: [::1]:3000\r\n\r\n", 200),
    ("spaces around a value", b"GET /healthz HTTP/1.1\r\nHost:   h  \r\nA:\t b \t\r\n\r\n", 200),
    ("HEAD", line(b"HEAD /healthz HTTP/1.1"), 200),
    ("a query that nobody asked for", line(b"GET /healthz?%zz HTTP/1.1"), 200),
    ("unknown method", line(b"BREW /healthz HTTP/1.1"), 405),
    ("lower-case method", line(b"get /healthz HTTP/1.1"), 405),
    ("nothing there", line(b"GET /nowhere HTTP/1.1"), 404),
]


def read_to_end(s):
    received = b""
    while True:
        try:
            some = s.recv(65536)
        except ConnectionResetError:
            return received
        if not some:
            return received
        received += some


def statuses(received):
    """Of all responses in the bytes; no body in the tests looks like a status line."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


class RawRequestsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def exchange(self, data):
        """All that comes back until the server closes; a server that does not close is caught by the timeout."""
        with self.server.connect() as s:
            try:
                s.sendall(data)
            except (BrokenPipeError, ConnectionResetError):
                pass
            return read_to_end(s)

    def publish_head(self, framing):
        return (b"POST %s HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n%s\r\n"
                % (order_path("W-1").encode(), self.server.admin.encode(), framing))

    def test_what_is_malformed_or_ambiguous_is_refused_and_the_connection_closed(self):
        for what, data, allowed in REFUSED:
            with self.subTest(what):
                received = self.exchange(data + line(b"GET /healthz HTTP/1.1"))
                self.assertEqual(len(statuses(received)), 1, received[:300])
                self.assertIn(statuses(received)[0], allowed)
                self.assertIn(b"application/problem+json", received)
                self.assertIn(b"\r\nConnection: close\r\n", received)
        self.assertTrue(self.server.is_healthy())

    def test_a_malformed_body_is_refused_and_the_connection_closed(self):
        for what, body in REFUSED_IN_BODY:
            with self.subTest(what):
                received = self.exchange(self.publish_head(b"Transfer-Encoding: chunked\r\n") + body
                                         + line(b"GET /healthz HTTP/1.1"))
                self.assertEqual(statuses(received), [400], received[:300])
        self.assertTrue(self.server.is_healthy())

    def test_what_is_unusual_but_right_is_answered(self):
        for what, data, status in ACCEPTED:
            with self.subTest(what), self.server.connect() as s:
                s.sendall(data)
                self.assertEqual(statuses(s.recv(65536)), [status])

    def test_the_same_bytes_one_at_a_time_get_the_same_answer(self):
        request = self.publish_head(b"Transfer-Encoding: chunked\r\n") + b'5;x=y\r\n{"a":\r\n2\r\n1}\r\n0\r\nT: v\r\n\r\n'
        with self.server.connect() as s:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for i in range(len(request)):
                s.sendall(request[i:i + 1])
            self.assertEqual(statuses(s.recv(65536)), [200])

    def test_pipelined_requests_are_answered_in_order(self):
        body = b'{"a":1}'
        publish = self.publish_head(b"Content-Length: %d\r\n" % len(body)) + body
        last = b"GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
        received = self.exchange(publish + line(b"GET /nowhere HTTP/1.1") + publish * 20 + last)
        self.assertEqual(statuses(received), [200, 404] + [200] * 20 + [200])

    def test_nothing_behind_connection_close_is_answered(self):
        close = b"GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n"
        self.assertEqual(statuses(self.exchange(close + line(b"GET /healthz HTTP/1.1"))), [200])

    def test_a_refusal_has_its_body_whatever_was_asked_before(self):
        received = self.exchange(line(b"HEAD /healthz HTTP/1.1") + line(b"GET"))
        self.assertEqual(statuses(received), [200, 400])
        self.assertTrue(received.endswith(b"}"), received)

    def test_requests_behind_a_head_of_a_stream_are_all_answered(self):
        head = (b"HEAD %s HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer %s\r\n\r\n"
                % (order_path("W-2").encode(), self.server.admin.encode()))
        publish = self.publish_head(b"Content-Length: 2\r\n") + b"{}"
        with self.server.connect() as s:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for _ in range(50):
                for request in (head, publish, line(b"GET /healthz HTTP/1.1")):
                    s.sendall(request)
            s.sendall(line(b"GET /nowhere HTTP/1.1"))
            received = b""
            while b" 404 " not in received:
                received += s.recv(65536)
            self.assertEqual(statuses(received), [200] * 150 + [404])

    def test_a_body_is_asked_for_when_it_is_wanted(self):
        with self.server.connect() as s:
            s.sendall(self.publish_head(b"Expect: 100-continue\r\nContent-Length: 2\r\n"))
            self.assertEqual(s.recv(65536), b"HTTP/1.1 100 Continue\r\n\r\n")
            s.sendall(b"{}")
            self.assertEqual(statuses(s.recv(65536)), [200])

    def test_a_body_is_not_asked_for_when_the_head_is_refused(self):
        for head, status in ((fields(b"Expect: 100-continue\r\nContent-Length: 2\r\n"), 404),
                             (self.publish_head(b"Expect: 100-continue\r\nContent-Length: 99999999\r\n"), 413)):
            with self.server.connect() as s:
                s.sendall(head)
                self.assertEqual(statuses(s.recv(65536)), [status])

    def test_a_head_that_never_ends_is_given_up(self):
        with Server("--request-timeout", "1s") as server, server.connect() as s:
            s.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n")
            received = read_to_end(s)
            self.assertIn(statuses(received), ([408], []))


if __name__ == "__main__":
    unittest.main()

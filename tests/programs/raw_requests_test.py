# SPDX-License-Identifier: MIT
"""Raw request lines, targets, Hosts and fields against the real server: each row of the table names the answers
that are right and whether the connection may go on. The parser's own tests are the finer net; this one finds
what the wiring lets through. Bodies and their framing are in framing_requests_test.py."""
import unittest

from raw_rows import EITHER, HOST, OPEN, TOKEN, Row, check_rows, get, head_of_stream, line, post
from support import API, Server

VERSIONS = [
    Row("no version", line(b"GET /"), {400}),
    Row("two spaces", line(b"GET  / HTTP/1.1"), {400}),
    Row("space behind the version", line(b"GET / HTTP/1.1 "), {400}),
    Row("no target", line(b"GET HTTP/1.1"), {400}),
    Row("no target, both spaces", line(b"GET  HTTP/1.1"), {400}),
    Row("tab in the request line", line(b"GET\t/ HTTP/1.1"), {400}),
    Row("vertical tab in the request line", line(b"GET\x0b/ HTTP/1.1"), {400}),
    Row("space before the method", line(b" GET / HTTP/1.1"), {400}),
    Row("two empty lines first", b"\r\n\r\n" + line(b"GET / HTTP/1.1"), {400}),
    Row("an empty line of LF first", b"\n" + line(b"GET / HTTP/1.1"), {400}),
    Row("lower-case protocol", line(b"GET / http/1.1"), {400}),
    Row("another protocol", line(b"GET / ICY/1.1"), {400}),
    Row("TLS in the protocol's name", line(b"GET / HTTPS/1.1"), {400}),
    Row("space in the version", line(b"GET / HTTP/1. 1"), {400}),
    Row("one number for a version", line(b"GET / HTTP/1"), {400}),
    Row("no minor version", line(b"GET / HTTP/1."), {400}),
    Row("three numbers for a version", line(b"GET / HTTP/1.1.1"), {400}),
    Row("two digits of minor version", line(b"GET / HTTP/1.10"), {400}),
    Row("two digits of major version", line(b"GET / HTTP/01.1"), {400}),
    Row("signed version", line(b"GET / HTTP/+1.1"), {400}),
    Row("a later minor version", line(b"GET /healthz HTTP/1.2"), {200, 505}, EITHER),
    Row("HTTP/2.0 in the manner of 1.1", line(b"GET / HTTP/2.0"), {505}),
    Row("HTTP/3.0", line(b"GET / HTTP/3.0"), {505}),
    Row("HTTP/0.9 named", line(b"GET / HTTP/0.9"), {400, 505}),
    Row("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505}),
    Row("HTTP/0.9 request", b"GET /\r\n", {400}),
    Row("TLS client hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", {400}),
    Row("PROXY protocol", b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", {400}),
    Row("an SSH client", b"SSH-2.0-OpenSSH_9.2\r\n", {400}),
    Row("one empty line first", b"\r\n" + line(b"GET /healthz HTTP/1.1"), {200}, OPEN),
    Row("HTTP/1.0 without Host", get(b"/healthz", b"", version=b"HTTP/1.0"), {200}),
    Row("HTTP/1.0 that asks to be kept", get(b"/healthz", b"Connection: Keep-Alive\r\n", version=b"HTTP/1.0"), {200},
        OPEN),
]

METHODS = [
    Row("a method that is no token", line(b"G@T / HTTP/1.1"), {400}),
    Row("a colon in the method", line(b"GET: / HTTP/1.1"), {400}),
    Row("NUL in the method", line(b"GE\0T / HTTP/1.1"), {400}),
    Row("beyond ASCII in the method", line(b"G\xc3\x8bT / HTTP/1.1"), {400}),
    Row("no method", line(b"/ HTTP/1.1"), {400}),
    Row("an endless method", b"A" * 100_000, {400, 414, 431, 501}),
    Row("a long method", line(b"A" * 1000 + b" /healthz HTTP/1.1"), {400, 405, 414, 501}, EITHER),
    Row("CONNECT", line(b"CONNECT h:443 HTTP/1.1"), {400, 405, 501}),
    Row("authority for GET", line(b"GET h:443 HTTP/1.1"), {400}),
    Row("asterisk for GET", line(b"GET * HTTP/1.1"), {400}),
    Row("asterisk for OPTIONS", line(b"OPTIONS * HTTP/1.1"), {200, 204, 400, 404}, EITHER),
    Row("asterisk and more for OPTIONS", line(b"OPTIONS *x HTTP/1.1"), {400}),
    Row("HEAD", line(b"HEAD /healthz HTTP/1.1"), {200}, OPEN),
    Row("TRACE", line(b"TRACE /healthz HTTP/1.1"), {405, 501}, OPEN),
    Row("PUT", line(b"PUT /healthz HTTP/1.1"), {405, 501}, OPEN),
    Row("an unknown method", line(b"BREW /healthz HTTP/1.1"), {405, 501}, OPEN),
    Row("a method of odd characters", line(b"!#$%&'*+-.^_`|~ /healthz HTTP/1.1"), {405, 501}, OPEN),
    Row("a lower-case method", line(b"get /healthz HTTP/1.1"), {405, 501}, OPEN),
]

TARGETS = [
    Row("nothing there", line(b"GET /nowhere HTTP/1.1"), {404}, OPEN),
    Row("space in the target", line(b"GET /a b HTTP/1.1"), {400}),
    Row("NUL in the target", line(b"GET /\0 HTTP/1.1"), {400}),
    Row("tab in the target", line(b"GET /a\tb HTTP/1.1"), {400}),
    Row("DEL in the target", line(b"GET /\x7f HTTP/1.1"), {400}),
    Row("bare CR in the target", line(b"GET /a\rb HTTP/1.1"), {400}),
    Row("fragment", line(b"GET /#f HTTP/1.1"), {400}),
    Row("fragment behind a query", line(b"GET /healthz?a#f HTTP/1.1"), {400}),
    Row("bytes beyond ASCII in the target", line(b"GET /\xc3\xa4 HTTP/1.1"), {400}),
    Row("no slash first", line(b"GET healthz HTTP/1.1"), {400}),
    Row("two slashes first", line(b"GET //healthz HTTP/1.1"), {400, 404}, EITHER),
    Row("a backslash", line(b"GET \\healthz HTTP/1.1"), {400}),
    Row("a backslash in a path", line(b"GET /api\\v1 HTTP/1.1"), {400, 404}, EITHER),
    Row("braces in a path", line(b"GET /{a}|<b>\"^ HTTP/1.1"), {400, 404}, EITHER),
    Row("dots in a path", line(b"GET /a/../healthz HTTP/1.1"), {400, 404}, EITHER),
    Row("encoded dots in a path", line(b"GET /a/%2e%2e/healthz HTTP/1.1"), {400, 404}, EITHER),
    Row("a target as long as it may be", line(b"GET /" + b"a" * 8000 + b" HTTP/1.1"), {404}, OPEN),
    Row("long target", line(b"GET /" + b"a" * 9000 + b" HTTP/1.1"), {414}),
    Row("long query", line(b"GET /healthz?" + b"a" * 9000 + b" HTTP/1.1"), {414}),
    Row("endless target", b"GET /" + b"a" * 100_000, {414}),
    Row("absolute-form", line(b"GET http://other:80/healthz HTTP/1.1"), {200}, OPEN),
    Row("absolute-form, scheme in capitals", line(b"GET HTTP://h/healthz HTTP/1.1"), {200}, OPEN),
    Row("absolute-form of https", line(b"GET https://h/healthz?q HTTP/1.1"), {200}, OPEN),
    Row("absolute-form, IPv6", line(b"GET http://[::1]:3000/healthz HTTP/1.1"), {200}, OPEN),
    Row("absolute-form without a path", line(b"GET http://h HTTP/1.1"), {404}, OPEN),
    Row("absolute-form, query at once", line(b"GET http://h?q=/healthz HTTP/1.1"), {404}, OPEN),
    Row("absolute-form without Host", get(b"http://h/healthz", b""), {400}),
    Row("absolute-form without a host", line(b"GET http:///healthz HTTP/1.1"), {400}),
    Row("absolute-form with a port only", line(b"GET http://:80/healthz HTTP/1.1"), {400}),
    Row("absolute-form with a user", line(b"GET http://u:p@h/healthz HTTP/1.1"), {400}),
    Row("absolute-form with one slash", line(b"GET http:/healthz HTTP/1.1"), {400}),
    Row("absolute-form of ftp", line(b"GET ftp://h/healthz HTTP/1.1"), {400}),
    Row("absolute-form of file", line(b"GET file:///etc/passwd HTTP/1.1"), {400}),
    Row("absolute-form, bad port", line(b"GET http://h:99999/healthz HTTP/1.1"), {400}),
    Row("absolute-form, open bracket", line(b"GET http://[::1/healthz HTTP/1.1"), {400}),
]

# The id of a topic: percent-encoding is decoded once, and what is no id then is 400.
IDS = [
    Row("an id", head_of_stream(b"O-1"), {200}, OPEN),
    Row("an id, encoded", head_of_stream(b"%4f%2D1"), {200}, OPEN),
    Row("an id of 128", head_of_stream(b"a" * 128), {200}, OPEN),
    Row("an id of 128, encoded", head_of_stream(b"%61" * 128), {200}, OPEN),
    Row("dots for an id", head_of_stream(b"%2e%2E"), {200, 400, 404}, EITHER),
    Row("encoded letters before the id", get(b"/%61pi/v1/realtime/orders/O-1/stream"), {401, 404}, OPEN),
] + [Row(f"{what} in an id", head_of_stream(bad), {400, 404}, EITHER) for what, bad in (
    ("NUL", b"a%00"), ("an encoded slash", b"a%2Fb"), ("an encoded slash in small letters", b"a%2fb"),
    ("a slash encoded twice", b"a%252Fb"), ("an encoded percent sign", b"a%25"), ("a space", b"a%20b"),
    ("CRLF", b"a%0d%0aSet-Cookie:b"), ("one digit", b"%4"), ("a lone percent sign", b"a%"), ("no digits", b"%zz"),
    ("a signed digit", b"%-1"), ("a space for a digit", b"%+1"), ("another encoding", b"%u0041"),
    ("overlong UTF-8", b"%C0%AF"), ("UTF-8", b"%C3%A4"), ("a plus", b"a+b"), ("a parameter", b"a;b=c"),
    ("a wildcard", b"*"), ("an encoded wildcard", b"%2A"), ("129 characters", b"a" * 129), ("nothing", b""),
    ("a backslash", b"a%5Cb"))]

QUERIES = [
    Row("an empty query", line(b"GET /healthz? HTTP/1.1"), {200}, OPEN),
    Row("a broken query that nobody reads", line(b"GET /healthz?%zz HTTP/1.1"), {200}, OPEN),
    Row("marks in a query", line(b"GET /healthz?a?b/c:d@e HTTP/1.1"), {200}, OPEN),
    Row("a broken query of a stream", head_of_stream(b"O-1", b"?a=%zz"), {400}, EITHER),
    Row("a truncated query of a stream", head_of_stream(b"O-1", b"?a=%4"), {400}, EITHER),
    Row("NUL in a query", head_of_stream(b"O-1", b"?snapshot=0%00"), {400}, EITHER),
    Row("a topic encoded twice", get(API.encode() + b"/stream?topic=orders%252FO-1",
                                     HOST + b"Authorization: Bearer " + TOKEN + b"\r\n", b"HEAD"), {400}, EITHER),
]

# RFC 9112 section 3.2: whatever is no host, perhaps with a port, is 400.
HOSTS = [
    Row("no Host", get(b"/healthz", b""), {400}),
    Row("two Hosts", get(b"/healthz", b"Host: a\r\nHost: b\r\n"), {400}),
    Row("the same Host twice", get(b"/healthz", b"Host: a\r\nA: b\r\nhOST: a\r\n"), {400}),
    Row("two Hosts in HTTP/1.0", get(b"/healthz", b"Host: a\r\nHost: b\r\n", version=b"HTTP/1.0"), {400}),
    Row("a malformed Host in HTTP/1.0", get(b"/healthz", b"Host: a b\r\n", version=b"HTTP/1.0"), {400}),
    Row("space before the Host's colon", get(b"/healthz", b"Host : h\r\n"), {400}),
    Row("a Host that is folded", get(b"/healthz", b"Host:\r\n h\r\n"), {400}),
] + [Row(f"Host: {host!r}", get(b"/healthz", b"Host: " + host + b"\r\n"), {400}) for host in (
    b"", b"a b", b"a\tb", b"u@h", b"u:p@h", b"h/p", b"h?q", b"h#f", b"http://h", b"h\\", b"%zz", b"<h>", b"h\"",
    b":80", b"h:x", b"h:65536", b"h:-1", b"h:+1", b"h:8 0", b"h:80:80", b"h:99999999999999999999", b"::1", b"[::1",
    b"::1]", b"[::1]x", b"[::g]", b"[]", b"[1.2.3.4]", b"[::1]:x", b"[[::1]]", b"\xc3\xa4", b"h\0")
] + [Row(f"Host: {host!r}", get(b"/healthz", b"Host: " + host + b"\r\n"), {200}, OPEN) for host in (
    b"h", b"   h  \t", b"H.Example.", b"h:80", b"h:65535", b"h:", b"127.0.0.1:3000", b"[::1]", b"[::1]:3000",
    b"[::ffff:1.2.3.4]", b"a_b")
] + [Row(f"Host: {host!r}", get(b"/healthz", b"Host: " + host + b"\r\n"), {200, 400}, EITHER) for host in (
    b"%41", b"[v1.a:b]", b"[fe80::1%25eth0]", b"a!$&'()*+;=b", b"a,b")]

FIELDS = [
    Row("bare LF", b"GET / HTTP/1.1\nHost: h\n\n", {400}),
    Row("bare LF behind a field", b"GET / HTTP/1.1\r\nHost: h\n\r\n", {400}),
    Row("bare LF for the empty line", b"GET / HTTP/1.1\r\nHost: h\r\n\n", {400}),
    Row("bare CR", b"GET / HTTP/1.1\rHost: h\r\r", {400}),
    Row("bare CR in a value", post(b"A: b\rX: c\r\n"), {400}),
    Row("two CRs", post(b"A: b\r\r\n"), {400}),
    Row("LF before CR", post(b"A: b\n\r"), {400}),
    Row("NUL in a field", post(b"A: b\0c\r\n"), {400}),
    Row("a control character in a field", post(b"A: b\x01\r\n"), {400}),
    Row("DEL in a field", post(b"A: b\x7f\r\n"), {400}),
    Row("no colon", post(b"A\r\n"), {400}),
    Row("empty name", post(b": b\r\n"), {400}),
    Row("a colon alone", post(b":\r\n"), {400}),
    Row("folded field", post(b"A: b\r\n c\r\n"), {400}),
    Row("folded by tab", post(b"A: b\r\n\tc\r\n"), {400}),
    Row("folded with nothing", post(b"A: b\r\n \r\n"), {400}),
    Row("folded first field", b"GET / HTTP/1.1\r\n Host: h\r\n\r\n", {400}),
    Row("empty value", get(b"/healthz", HOST + b"A:\r\nB: \r\n"), {200}, OPEN),
    Row("spaces around a value", get(b"/healthz", HOST + b"A:\t b \t\r\n"), {200}, OPEN),
    Row("no space before a value", get(b"/healthz", b"Host:h\r\n"), {200}, OPEN),
    Row("every character of a name", get(b"/healthz", HOST + b"!#$%&'*+-.^_`|~0aA: b\r\n"), {200}, OPEN),
    Row("bytes beyond ASCII in a value", get(b"/healthz", HOST + b"A: \xc3\xa4\xff\r\n"), {200, 400}, EITHER),
    Row("as many fields as there may be", get(b"/healthz", HOST + b"A: b\r\n" * 60), {200}, OPEN),
    Row("many fields", get(b"/healthz", HOST + b"A: b\r\n" * 200), {431}),
    Row("endless fields", b"GET / HTTP/1.1\r\n" + HOST + b"A: b\r\n" * 20_000, {431}),
    Row("a field as large as it may be", get(b"/healthz", HOST + b"A: " + b"a" * 15_000 + b"\r\n"), {200}, OPEN),
    Row("large field", get(b"/healthz", HOST + b"A: " + b"a" * 20_000 + b"\r\n"), {431}),
    Row("large name", get(b"/healthz", HOST + b"a" * 20_000 + b": b\r\n"), {431}),
    Row("endless value", b"GET / HTTP/1.1\r\n" + HOST + b"A: " + b"a" * 200_000, {431}),
] + [Row(f"a name with {bad!r}", post(b"A" + bad + b"B: c\r\n"), {400}) for bad in (
    b" ", b"\t", b"(", b"\"", b"/", b"@", b"[", b"=", b"{", b",", b";", b"\0", b"\x0b", b"\xc3\xa4")
] + [Row(f"{bad!r} before the colon", post(b"A" + bad + b": b\r\n"), {400}) for bad in (b" ", b"\t", b"\x0b")]

MEANINGS = [
    Row("unknown expectation", post(b"Expect: tea\r\n"), {417}),
    Row("one expectation of two unknown", post(b"Expect: 100-continue, tea\r\n"), {417}),
    Row("expectation with a parameter", post(b"Expect: 100-continue;q=1\r\n"), {417}),
    Row("expectation in HTTP/1.0", get(b"/healthz", b"Expect: tea\r\n", version=b"HTTP/1.0"), {200}),
    Row("expectation without a body", get(b"/healthz", HOST + b"Expect: 100-Continue\r\n"), {200}, OPEN),
    Row("Upgrade to HTTP/2", get(b"/healthz", HOST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                                 b"HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n"), {200}, OPEN),
    Row("Upgrade to WebSocket", get(b"/healthz", HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
                                    b"Sec-WebSocket-Version: 13\r\n"), {200}, OPEN),
    Row("Connection: close", get(b"/healthz", HOST + b"Connection: close\r\n"), {200}),
    Row("Connection: close in a list", get(b"/healthz", HOST + b"Connection: x ,\tClose\r\n"), {200}),
    Row("Connection: close between commas", get(b"/healthz", HOST + b"Connection: ,,close,\r\n"), {200, 400}),
    Row("Connection: close wins", get(b"/healthz", HOST + b"Connection: keep-alive, close\r\n"), {200}),
    Row("Connection: close in a second field",
        get(b"/healthz", HOST + b"Connection: keep-alive\r\nConnection: close\r\n"), {200}),
    Row("Connection: closed", get(b"/healthz", HOST + b"Connection: closed, x-close\r\n"), {200}, OPEN),
    Row("Connection: Host", get(b"/healthz", HOST + b"Connection: Host\r\n"), {200, 400}, EITHER),
    Row("Proxy-Connection: close", get(b"/healthz", HOST + b"Proxy-Connection: close\r\n"), {200}, OPEN),
    Row("a method by another name", post(b"X-HTTP-Method-Override: GET\r\nContent-Length: 0\r\n"), {404}, OPEN),
    Row("a path by another name", get(b"/nowhere", HOST + b"X-Original-URL: /healthz\r\n"), {404}, OPEN),
]


class RawRequestsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def test_request_lines_and_versions(self):
        check_rows(self, self.server, VERSIONS)

    def test_methods(self):
        check_rows(self, self.server, METHODS)

    def test_targets(self):
        check_rows(self, self.server, TARGETS)

    def test_ids_and_queries(self):
        check_rows(self, self.server, IDS + QUERIES)

    def test_hosts(self):
        check_rows(self, self.server, HOSTS)

    def test_fields(self):
        check_rows(self, self.server, FIELDS)

    def test_expectations_upgrades_and_connection_lists(self):
        check_rows(self, self.server, MEANINGS)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""What the tables of raw requests are made of: rows of bytes with the outcomes that RFC 9110 and 9112 and the
contract allow, and the exchange that checks them against a running server.

Behind the bytes of each row a sentinel is sent. It shows where the server thinks that the row's requests end:
it is answered exactly once, or not at all because the connection was closed.
"""
import re
import socket
from typing import NamedTuple

from support import API, order_path

HOST = b"Host: h\r\n"
SENTINEL = b"GET /healthz HTTP/1.1\r\nHost: sentinel\r\nConnection: close\r\n\r\n"
TOKEN = b"@TOKEN@"  # in a row: a token that may do everything

CLOSED, OPEN, EITHER = "closed", "open", "either"


class Row(NamedTuple):
    what: str
    data: bytes
    allowed: set          # of statuses of the row's last request
    after: str = CLOSED   # what becomes of the connection
    before: tuple = ()    # statuses of the row's other requests


class Response(NamedTuple):
    status: int
    fields: dict
    body: bytes


def line(request_line):
    return request_line + b"\r\n" + HOST + b"\r\n"


def get(target, fields=HOST, method=b"GET", version=b"HTTP/1.1"):
    return method + b" " + target + b" " + version + b"\r\n" + fields + b"\r\n"


def post(fields, body=b""):
    """To a path that nobody serves, so that a body is dropped."""
    return b"POST /nowhere HTTP/1.1\r\n" + HOST + fields + b"\r\n" + body


def publish(fields, body=b""):
    """To a topic, by a token that may; without framing."""
    return (b"POST " + order_path("W-1").encode() + b" HTTP/1.1\r\n" + HOST + b"Authorization: Bearer " + TOKEN
            + b"\r\nContent-Type: application/json\r\n" + fields + b"\r\n" + body)


def chunked(body):
    return publish(b"Transfer-Encoding: chunked\r\n", body)


def head_of_stream(order, query=b""):
    """HEAD of an order's stream, its id as raw bytes: 200 when the id is valid."""
    path = API.encode() + b"/orders/" + order + b"/stream" + query
    return get(path, HOST + b"Authorization: Bearer " + TOKEN + b"\r\n", method=b"HEAD")


def responses(received, methods=()):
    """All the responses in the bytes, which must hold nothing else; `methods` are those of the requests, in
    order, where one of them is HEAD. Leaves to send a body (100) do not count."""
    found, methods = [], list(methods)
    while received:
        head, end, rest = received.partition(b"\r\n\r\n")
        status_line, *lines = head.split(b"\r\n")
        status = re.fullmatch(rb"HTTP/1\.1 ([1-5]\d\d) [ -~]*", status_line)
        assert end and status, f"no response head: {received[:300]!r}"
        fields = {}
        for text in lines:
            field = re.fullmatch(rb"([!-9;-~]+): ([ -~]*)", text)
            assert field and field[1].lower() not in fields, f"a malformed or repeated field: {head!r}"
            fields[field[1].lower()] = field[2]
        if status[1] == b"100":
            received = rest
            continue
        is_head = bool(methods) and methods.pop(0) == b"HEAD"
        size = 0 if is_head else int(fields.get(b"content-length", b"0"))
        assert len(rest) >= size, f"a body is cut: {received[-300:]!r}"
        assert b"date" in fields, head
        found.append(Response(int(status[1]), fields, rest[:size]))
        received = rest[size:]
    return found


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


def exchange(server, data, half_close=False):
    """All that comes back until the server closes; a server that does not close is caught by the timeout."""
    with server.connect() as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            s.sendall(data.replace(TOKEN, server.admin.encode()))
            if half_close:
                s.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return read_to_end(s)


def statuses(received, methods=()):
    return [response.status for response in responses(received, methods)]


def check_rows(test, server, rows):
    """Each row against the server, the sentinel behind it."""
    names = [row.what for row in rows]
    test.assertEqual(len(set(names)), len(names), "a row is there twice")
    for row in rows:
        with test.subTest(row.what):
            check_row(test, server, row)
    test.assertTrue(server.is_healthy())


def check_row(test, server, row):
    received = exchange(server, row.data + SENTINEL)
    # A method is known where the row's request is one; what is refused has its body in any case.
    methods = [b"HEAD"] if row.data.startswith(b"HEAD ") and row.after != CLOSED else []
    answers = responses(received, methods)
    own = len(row.before) + 1
    test.assertGreaterEqual(len(answers), own, received[:500])
    test.assertEqual(tuple(answer.status for answer in answers[:own - 1]), row.before)
    last = answers[own - 1]
    test.assertIn(last.status, row.allowed, received[:500])
    if last.status >= 400 and not methods:
        test.assertEqual(last.fields.get(b"content-type"), b"application/problem+json")
    if row.after == CLOSED or (row.after == EITHER and len(answers) == own):
        test.assertEqual(len(answers), own, f"something behind it was answered: {received[-500:]!r}")
        test.assertEqual(last.fields.get(b"connection"), b"close")
    else:
        test.assertEqual([answer.status for answer in answers[own:]], [200], received[-500:])

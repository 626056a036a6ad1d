# SPDX-License-Identifier: MIT
"""Where a body ends (RFC 9112 sections 6 and 7), in raw bytes against the real server. What two servers could
read differently is refused, the connection is closed, and nothing behind it is answered: request smuggling."""
import unittest

from raw_rows import EITHER, HOST, OPEN, TOKEN, Row, check_rows, chunked, get, post, publish
from support import Server, order_path

LAST = b"0\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"

# Refused by the head, so that no body is looked at.
LENGTHS = [Row(f"Content-Length: {value!r}", post(b"Content-Length:" + value + b"\r\n", b"hello"), {400}) for value in (
    b" +5", b" -5", b" -0", b" 05", b" 005", b" 00", b" 5, 5", b" 5,5", b" 5,6", b" 5;", b" 5 5", b" 0x5", b" 5.0",
    b" 5e0", b" 5h", b" five", b" \"5\"", b"", b" ", b"\t5", b"  5", b" 5 ", b" 5\t", b" \x0b5", b" 5\0", b" 5\x0c",
    b" \xef\xbc\x95", b" 18446744073709551616", b" 18446744073709551621", b" 99999999999999999999",
    b"\r\n 5", b" 5\r\n ")] + [
    Row("two lengths", post(b"Content-Length: 5\r\nContent-Length: 6\r\n", b"hello"), {400}),
    Row("the same length twice", post(b"Content-Length: 5\r\ncontent-length: 5\r\n", b"hello"), {400}),
    Row("two lengths, one of them 0", post(b"Content-Length: 0\r\nA: b\r\nContent-Length: 5\r\n", b"hello"), {400}),
    Row("two lengths in HTTP/1.0",
        get(b"/healthz", b"Content-Length: 0\r\nContent-Length: 5\r\n", version=b"HTTP/1.0") + b"hello", {400}),
    Row("space before the length's colon", post(b"Content-Length : 5\r\n", b"hello"), {400}),
    Row("tab before the length's colon", post(b"Content-Length\t: 5\r\n", b"hello"), {400}),
    Row("a length that is the first line's fold",
        b"POST /nowhere HTTP/1.1\r\n Content-Length: 5\r\nHost: h\r\n\r\nhello", {400}),
    Row("a length behind a bare LF", post(b"A: b\nContent-Length: 5\r\n", b"hello"), {400}),
    Row("a length behind a bare CR", post(b"A: b\rContent-Length: 5\r\n", b"hello"), {400}),
    Row("the largest length", post(b"Content-Length: 18446744073709551615\r\n"), {404, 413}),
    Row("a length beyond signed numbers", post(b"Content-Length: 9223372036854775808\r\n"), {404, 413}),
    Row("a payload longer than it may be", publish(b"Content-Length: 65537\r\n"), {413}),
    Row("a length of nothing", post(b"Content-Length: 0\r\n"), {404}, OPEN),
    Row("a body that nobody wants", post(b"Content-Length: 5\r\n", b"hello"), {404}, OPEN),
    Row("a body of a GET", get(b"/healthz", HOST + b"Content-Length: 5\r\n") + b"hello", {200, 400, 413}, EITHER),
    Row("no length", post(b""), {404, 411}, OPEN),
    Row("a length by a dash of another kind", post(b"Content_Length: 0\r\n"), {400, 404}, EITHER),
]

CODINGS = [Row(f"Transfer-Encoding: {value!r}", post(b"Transfer-Encoding:" + value + b"\r\n", LAST), {400, 501})
           for value in (
    b" gzip", b" gzip, chunked", b" chunked, gzip", b" chunked, chunked", b" chunked,chunked", b" identity",
    b" identity, chunked", b" chunked, identity", b" xchunked", b" chunkedx", b" x-chunked", b" chunke", b" c hunked",
    b" chunked;q=1", b" chunked; a=b", b" \"chunked\"", b" 'chunked'", b" chunked,", b" ,chunked", b" ,", b" ;chunked",
    b"", b" ", b"\tchunked", b"  chunked", b" chunked ", b" chunked\t", b" \x0bchunked", b" chunked\x0b",
    b" \x0cchunked", b" chunked\0", b" \0chunked", b" chunked\x85", b" \xa0chunked", b" chunked\x01",
    b"\r\n chunked", b" chunked\r\n ", b" gzip\r\n , chunked", b" chunked\rX: y", b" chunked\nX: y")] + [
    Row("both framings", post(b"Content-Length: 5\r\n" + CHUNKED, LAST), {400}),
    Row("both framings, turned", post(CHUNKED + b"Content-Length: 5\r\n", LAST), {400}),
    Row("both framings, a length of 0", post(b"Content-Length: 0\r\n" + CHUNKED, LAST), {400}),
    Row("both framings far apart", post(CHUNKED + b"A: b\r\n" * 20 + b"content-length: 5\r\n", LAST), {400}),
    Row("a coding and a length", post(b"Content-Length: 5\r\nTransfer-Encoding: identity\r\n", b"hello"), {400, 501}),
    Row("an unknown coding and a length", post(b"Transfer-Encoding: x\r\nContent-Length: 5\r\n", b"hello"), {400, 501}),
    Row("an empty coding and a length", post(b"Transfer-Encoding:\r\nContent-Length: 5\r\n", b"hello"), {400, 501}),
    Row("chunked in two fields", post(CHUNKED + CHUNKED, LAST), {400}),
    Row("two codings in two fields", post(b"Transfer-Encoding: gzip\r\n" + CHUNKED, LAST), {400, 501}),
    Row("two codings in two fields, turned", post(CHUNKED + b"Transfer-Encoding: identity\r\n", LAST), {400, 501}),
    Row("space before the coding's colon", post(b"Transfer-Encoding : chunked\r\n", LAST), {400}),
    Row("tab before the coding's colon", post(b"Transfer-Encoding\t: chunked\r\n", LAST), {400}),
    Row("chunked behind a bare LF", post(b"A: b\nTransfer-Encoding: chunked\r\n", LAST), {400}),
    Row("chunked behind a bare CR", post(b"A: b\rTransfer-Encoding: chunked\r\n", LAST), {400}),
    Row("chunked that is a fold", post(b"A: b\r\n Transfer-Encoding: chunked\r\n", LAST), {400}),
    Row("chunked in HTTP/1.0", get(b"/nowhere", CHUNKED, b"POST", b"HTTP/1.0") + LAST, {400}),
    Row("chunked in HTTP/1.0 that is kept",
        get(b"/nowhere", b"Connection: keep-alive\r\n" + CHUNKED, b"POST", b"HTTP/1.0") + LAST, {400}),
    Row("both framings in HTTP/1.0",
        get(b"/nowhere", b"Content-Length: 5\r\n" + CHUNKED, b"POST", b"HTTP/1.0") + LAST, {400}),
    Row("chunked in capitals", post(b"Transfer-Encoding: CHUNKED\r\n", LAST), {400, 404, 501}, EITHER),
    Row("a field in capitals", post(b"TRANSFER-ENCODING: chunked\r\n", LAST), {404}, OPEN),
    Row("a chunked body that nobody wants", post(CHUNKED, b"5\r\nhello\r\n" + LAST), {404}, OPEN),
    Row("a chunked body of a GET", get(b"/healthz", HOST + CHUNKED) + LAST, {200, 400, 413}, EITHER),
    Row("TE is not Transfer-Encoding", get(b"/healthz", HOST + b"TE: trailers, chunked\r\n"), {200}, OPEN),
]

# All are publishes that would be accepted if the body were right; {} is what it would say.
CHUNKS = [Row(f"chunks {body!r}", chunked(body), {400}) for body in (
    b"\r\n", b"\r\n2\r\n{}\r\n0\r\n\r\n", b"g\r\n", b"{}", b"0x2\r\n{}\r\n0\r\n\r\n", b"0X2\r\n{}\r\n0\r\n\r\n",
    b"x2\r\n{}\r\n0\r\n\r\n", b"2h\r\n{}\r\n0\r\n\r\n", b"2.\r\n{}\r\n0\r\n\r\n", b"+2\r\n{}\r\n0\r\n\r\n",
    b"-2\r\n{}\r\n0\r\n\r\n", b" 2\r\n{}\r\n0\r\n\r\n", b"\t2\r\n{}\r\n0\r\n\r\n", b"2 \r\n{}\r\n0\r\n\r\n",
    b"2\t\r\n{}\r\n0\r\n\r\n", b"2 2\r\n{}\r\n0\r\n\r\n", b"2,2\r\n{}\r\n0\r\n\r\n", b"2_0\r\n{}\r\n0\r\n\r\n",
    b"\xef\xbc\x92\r\n{}\r\n0\r\n\r\n", b"2\0\r\n{}\r\n0\r\n\r\n", b"2\x0b\r\n{}\r\n0\r\n\r\n",
    b"2\n{}\r\n0\r\n\r\n", b"2\r{}\r\n0\r\n\r\n", b"2\r\r\n{}\r\n0\r\n\r\n", b"2\n\r\n{}\r\n0\r\n\r\n",
    b"2\r\n{}\n0\r\n\r\n", b"2\r\n{}\r0\r\n\r\n", b"2\r\n{}0\r\n\r\n", b"2\r\n{} \r\n0\r\n\r\n",
    b"2\r\n{}\r\n\r\n0\r\n\r\n", b"2\r\n{}\n\n0\r\n\r\n", b"1\r\n{}\r\n0\r\n\r\n", b"3\r\n{}\r\n0\r\n\r\n",
    b"2\r\n{}\r\n", b"2\r\n{}\r\nG\r\n", b"2\r\n{}\r\n-0\r\n\r\n", b"2\r\n{}\r\n+0\r\n\r\n", b"2\r\n{}\r\n0x0\r\n\r\n",
    b"2\r\n{}\r\n0 \r\n\r\n", b"2\r\n{}\r\n0\n\r\n", b"2\r\n{}\r\n0\r\n\n", b"2\r\n{}\r\n0\r\n\r", b"2\r\n{}\r\n0\r\n",
    b"10000000000000002\r\n{}\r\n0\r\n\r\n", b"fffffffffffffffff\r\n{}\r\n", b"00000000000000002\r\n{}\r\n0\r\n\r\n",
    b"2;a\n{}\r\n0\r\n\r\n", b"2;a\r{}\r\n0\r\n\r\n", b"2;a\0\r\n{}\r\n0\r\n\r\n", b"2;a=\"\n\"\r\n{}\r\n0\r\n\r\n",
    b"2;a=\"b\r\n{}\r\n0\r\n\r\n", b";a\r\n{}\r\n0\r\n\r\n", b"2a=b;\r\n{}\r\n0\r\n\r\n",
    b"2\r\n{}\r\n0;a\n\r\n")] + [
    Row("a size of 64 bits", chunked(b"ffffffffffffffff\r\n{}\r\n"), {400, 413}),
    Row("a size of 63 bits", chunked(b"7fffffffffffffff\r\n{}\r\n"), {400, 413}),
    Row("a size that wraps around", chunked(b"2\r\n{}\r\nfffffffffffffffe\r\n"), {400, 413}),
    Row("a size of 32 bits", chunked(b"100000002\r\n{}\r\n0\r\n\r\n"), {400, 413}),
    Row("a chunk larger than a payload may be", chunked(b"10001\r\n"), {413}),
    Row("chunks larger than a payload may be", chunked(b"8000\r\n" + b"x" * 0x8000 + b"\r\n8001\r\n"), {413}),
    Row("long extension", chunked(b"2;" + b"e" * 5000 + b"\r\n{}\r\n" + LAST), {400}),
    Row("endless extension", chunked(b"2;" + b"e" * 200_000), {400}),
    Row("endless zeros", chunked(b"0" * 200_000), {400}),
    Row("a size with zeros", chunked(b"0002\r\n{}\r\n000\r\n\r\n"), {200, 400}, EITHER),
    Row("a size in capitals", chunked(b'A\r\n{"a":1234}\r\n0\r\n\r\n'), {200}, OPEN),
    Row("extensions", chunked(b'2;a;b=c;d="e;f"\r\n{}\r\n0;g\r\n\r\n'), {200}, OPEN),
    Row("space around an extension", chunked(b"2 ; a = b\r\n{}\r\n" + LAST), {200, 400}, EITHER),
    Row("a chunk a byte", chunked(b"1\r\n{\r\n1\r\n}\r\n" + LAST), {200}, OPEN),
    Row("no chunk with bytes", chunked(LAST), {400, 422}, EITHER),
]

TRAILERS = [Row(f"trailer {trailer!r}", chunked(b"2\r\n{}\r\n0\r\n" + trailer + b"\r\n\r\n"), {400}) for trailer in (
    b"A", b": b", b"A : b", b"A\t: b", b"A: b\r\n c", b" A: b", b"A: b\nB: c", b"A: b\rB: c", b"A: b\0", b"A: \x01",
    b"A B: c", b"GET /healthz HTTP/1.1", b"\xc3\xa4: b", b"A: b\n")] + [
    Row("long trailer", chunked(b"2\r\n{}\r\n0\r\nA: " + b"a" * 5000 + b"\r\n\r\n"), {400, 431}),
    Row("endless trailer", chunked(b"2\r\n{}\r\n0\r\n" + b"A: b\r\n" * 20_000), {400, 431}),
    Row("a trailer", chunked(b"2\r\n{}\r\n0\r\nChecksum: b\r\n\r\n"), {200}, OPEN),
] + [Row(f"{name.decode()} in a trailer", chunked(b"2\r\n{}\r\n0\r\n" + name + b": " + value + b"\r\n\r\n"),
         {200, 400}, EITHER)
     # RFC 9110 section 6.5.1: none of these may have a meaning here.
     for name, value in ((b"Transfer-Encoding", b"chunked"), (b"Content-Length", b"5"), (b"Host", b"other"),
                         (b"Connection", b"close"), (b"Expect", b"tea"), (b"Content-Type", b"text/plain"),
                         (b"Authorization", b"Bearer x"), (b"Cookie", b"rt_token=x"))] + [
    Row("a token that comes in the trailer",
        b"POST " + order_path("W-1").encode() + b" HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
        + CHUNKED + b"\r\n2\r\n{}\r\n0\r\nAuthorization: Bearer " + TOKEN + b"\r\n\r\n", {400, 401}, EITHER),
]

# What they hide would be answered, or be published, if anybody took it for a request.
HIDDEN = get(b"/nowhere")
SMUGGLED = publish(b"Content-Length: 2\r\n", b"{}").replace(b"W-1", b"W-9")
SMUGGLING = [
    Row("CL.TE", post(b"Content-Length: %d\r\n" % (len(LAST) + len(SMUGGLED)) + CHUNKED, LAST + SMUGGLED), {400}),
    Row("TE.CL",
        post(CHUNKED + b"Content-Length: 4\r\n", b"%x\r\n" % len(SMUGGLED) + SMUGGLED + b"\r\n" + LAST), {400}),
    Row("TE.TE", post(CHUNKED + b"Transfer-Encoding: x\r\n", LAST + SMUGGLED), {400, 501}),
    Row("CL.CL", post(b"Content-Length: 0\r\nContent-Length: %d\r\n" % len(SMUGGLED), SMUGGLED), {400}),
    Row("CL.0", get(b"/healthz", HOST + b"Content-Length: %d\r\n" % len(HIDDEN)) + HIDDEN, {200, 400, 413}, EITHER),
    Row("LF for a chunk's end", chunked(b"2\r\n{}\n" + LAST + SMUGGLED), {400}),
    Row("LF in an extension", chunked(b"2;\n{}\r\n" + LAST + SMUGGLED), {400}),
    Row("a request for a trailer", chunked(b"2\r\n{}\r\n0\r\n" + SMUGGLED), {400}),
    Row("a request for a size", chunked(b"2\r\n{}\r\n" + SMUGGLED), {400}),
    Row("a request in a chunk", post(CHUNKED, b"%x\r\n" % len(HIDDEN) + HIDDEN + b"\r\n" + LAST), {404}, OPEN),
    Row("a request in a body", post(b"Content-Length: %d\r\n" % len(HIDDEN), HIDDEN), {404}, OPEN),
    Row("a request in a fold", get(b"/healthz", HOST + b"A: b\r\n " + SMUGGLED), {400}),
    Row("a request behind an expectation that is refused",
        post(b"Expect: tea\r\nContent-Length: %d\r\n" % len(SMUGGLED), SMUGGLED), {417}),
    Row("a request behind a leave that is not given",
        post(b"Expect: 100-continue\r\nContent-Length: %d\r\n" % len(HIDDEN), HIDDEN), {404}, EITHER),
    Row("a request in a body that is too large", publish(b"Content-Length: 100000\r\n", SMUGGLED * 300), {413}),
    Row("a request behind one that may not", post(b"Authorization: Bearer x\r\nContent-Length: %d\r\n" % len(HIDDEN),
                                                  HIDDEN), {401, 404}, EITHER),
]


class FramingRequestsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def test_lengths(self):
        check_rows(self, self.server, LENGTHS)

    def test_transfer_codings(self):
        check_rows(self, self.server, CODINGS)

    def test_chunks(self):
        check_rows(self, self.server, CHUNKS)

    def test_trailers(self):
        check_rows(self, self.server, TRAILERS)

    def test_requests_in_disguise(self):
        with self.server.stream(order_path("W-9")) as stream:
            stream.connected()
            check_rows(self, self.server, SMUGGLING)
            self.server.publish(order_path("W-9"), {"is": "the first"})
            self.assertEqual(stream.next().json["data"], {"is": "the first"})


if __name__ == "__main__":
    unittest.main()

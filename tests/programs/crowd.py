# SPDX-License-Identifier: MIT
"""Thousands of streams in one process, each with all that came on it and when it ended; and publishers who keep a
pace on connections of their own. Times are those of the wall clock, as the kernel stamps what it receives: they do
not depend on how busy the test is.
"""
import multiprocessing
import re
import resource
import select
import socket
import struct
import threading
import time

from support import WAIT_S, order_path

SO_TIMESTAMPNS = 35
ORDER_EVENT = re.compile(rb'id: (\d+)-(\d+)\ndata: \{"type":"order_update"')
RETRY = re.compile(rb"retry: (\d+)\n")


def raise_descriptor_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def came_at(ancillary):
    """When the kernel received the bytes that came with it; None when it does not say."""
    stamps = [struct.unpack("qq", what) for _, kind, what in ancillary if kind == SO_TIMESTAMPNS]
    return stamps[0][0] + stamps[0][1] / 1e9 if stamps else None


class Followed:
    """One stream; `ended_at` is when its last bytes came."""

    def __init__(self, s, topic):
        self.socket, self.topic = s, topic
        self.parts, self.ended_at = [], None

    def text(self):
        """What stands in the chunks, and whether the last chunk came."""
        raw = b"".join(self.parts).split(b"\r\n\r\n", 1)[1]
        at, out = 0, []
        while (end := raw.find(b"\r\n", at)) >= 0:
            size = int(raw[at:end], 16)
            if size == 0:
                return b"".join(out), True
            out.append(raw[end + 2:end + 2 + size])
            at = end + 2 + size + 2
        return b"".join(out), False


class Crowd:
    """Streams of the topics `orders/T-0` ..., as many as there are numbers of topics."""

    def __init__(self, server, topics):
        self.poll, self.open, self.all = select.epoll(), {}, []
        server.tokens_used.add(server.admin)
        for topic in topics:
            s = server.connect()
            s.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            s.sendall(f"GET {order_path(f'T-{topic}')} HTTP/1.1\r\nHost: h\r\n"
                      f"Authorization: Bearer {server.admin}\r\n\r\n".encode())
            s.setblocking(False)
            stream = Followed(s, topic)
            self.open[s.fileno()] = stream
            self.all.append(stream)
            self.poll.register(s, select.EPOLLIN)

    def read(self, timeout):
        for descriptor, _ in self.poll.poll(timeout, 512):
            stream = self.open[descriptor]
            try:
                some, ancillary, _, _ = stream.socket.recvmsg(256 * 1024, 64)
            except ConnectionResetError:
                some, ancillary = b"", ()
            if some:
                stream.parts.append(some)
                stream.ended_at = came_at(ancillary) or time.time()
            else:
                del self.open[descriptor]
                stream.socket.close()

    def read_until(self, condition, timeout=10 * WAIT_S):
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError("what the streams were read for did not come")
            self.read(0.1)

    def until_connected(self):
        self.read_until(lambda: all(b'"type":"connected"' in b"".join(stream.parts[:3]) for stream in self.all))

    def close(self):
        for stream in self.open.values():
            stream.socket.close()
        self.poll.close()


def publish_request(server, topic, body):
    return (f"POST {order_path(f'T-{topic}')} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {server.admin}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()


def read_answer(s):
    """Empty when there is none."""
    received = b""
    while b"\r\n\r\n" not in received or not received.endswith(b"}"):
        some = s.recv(4096)
        if not some:
            return b""
        received += some
    return received


def acknowledgement(topic, answer):
    """(topic, id, time)"""
    event_id = re.search(rb'"id":"(\d+)-(\d+)"', answer)
    return topic, (int(event_id[1]), int(event_id[2])), time.time()


class HeldRequest:
    """A publish that is begun, and finished later."""

    def __init__(self, server, topic):
        self.topic, self.socket = topic, server.connect()
        request = publish_request(server, topic, '{"held":true}')
        self.socket.sendall(request[:-5])
        self.rest = request[-5:]

    def finish(self):
        with self.socket as s:
            s.sendall(self.rest)
            return acknowledgement(self.topic, read_answer(s))


class Publishers:
    """A process with `count` connections that publish `rate` events a second in all, round the topics, until the
    server closes them. finish() gives the acknowledged (topic, id, time) and when what was not answered was sent."""

    def __init__(self, server, count, rate, topics):
        context = multiprocessing.get_context("fork")
        self.results, there = context.Pipe(duplex=False)
        self.process = context.Process(target=self.run, args=(server, count, rate, topics, there))
        self.process.start()
        there.close()

    def run(self, server, count, rate, topics, there):
        self.acknowledged, self.unanswered = [], []
        threads = [threading.Thread(target=self.publish, args=(server, number, count, rate, topics))
                   for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        there.send((self.acknowledged, self.unanswered))

    def publish(self, server, number, count, rate, topics):
        started, n = time.monotonic(), 0
        with server.connect() as s:
            while True:
                topic, sent_at = (number + n * count) % topics, time.time()
                try:
                    s.sendall(publish_request(server, topic, f'{{"p":{number},"n":{n}}}'))
                    answer = read_answer(s)
                except OSError:
                    answer = b""
                if not answer.startswith(b"HTTP/1.1 200 "):
                    self.unanswered.append(sent_at)
                    return
                self.acknowledged.append(acknowledgement(topic, answer))
                if b"Connection: close" in answer:
                    return
                n += 1
                time.sleep(max(0.0, started + n * count / rate - time.monotonic()))

    def finish(self):
        if not self.results.poll(10 * WAIT_S):
            raise AssertionError("the publishers did not end")
        acknowledged, unanswered = self.results.recv()
        self.process.join()
        return acknowledged, unanswered

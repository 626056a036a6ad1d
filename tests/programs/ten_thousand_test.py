# SPDX-License-Identifier: MIT
"""Ten thousand subscribers of one topic: each gets all events, in order, once.

RT_SUBSCRIBERS sets another number of them.
"""
import hashlib
import http.client
import json
import os
import resource
import select
import socket
import threading
import time
import unittest

from support import ID, Block, Server, order_path

SUBSCRIBERS = int(os.environ.get("RT_SUBSCRIBERS", "10000"))
EVENTS = 100
# Both ends hold one descriptor a stream, and some for themselves.
DESCRIPTORS = SUBSCRIBERS + 300
# The loopback net has addresses enough, so that no address runs out of ports.
STREAMS_PER_ADDRESS = 5000
PATIENCE_S = 100.0


class Subscriber:
    """One stream. Of its bytes it keeps only what is not yet decoded; of its events, a digest and a count."""

    def __init__(self, number, port, request):
        self.socket = socket.socket()
        self.socket.bind((f"127.0.0.{2 + number // STREAMS_PER_ADDRESS}", 0))
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(("127.0.0.1", port))
        self.socket.sendall(request)
        self.socket.setblocking(False)
        self.received = b""
        self.is_connected = False
        self.digest = hashlib.sha256()
        self.event_count = 0
        self.kept = [] if number == 0 else None

    def read(self):
        """Takes what is there; False at the connection's end."""
        while True:
            try:
                some = self.socket.recv(64 * 1024)
            except BlockingIOError:
                return True
            if not some:
                return False
            self.received += some
            if not self.is_connected:
                self.read_opening()
            if self.is_connected:
                self.take(self.chunks())

    def read_opening(self):
        """Cuts off the head and `connected`, once both are there; they differ between the streams."""
        head, end, rest = self.received.partition(b"\r\n\r\n")
        if end and not head.startswith(b"HTTP/1.1 200 "):
            raise AssertionError(f"no stream: {head!r}")
        size, end, chunk = rest.partition(b"\r\n")
        if not end or len(chunk) < int(size, 16) + 2:
            return
        text, self.received = chunk[:int(size, 16)], chunk[int(size, 16) + 2:]
        connected, end, rest = text.partition(b"\n\n")
        if not end or b'"type":"connected"' not in connected:
            raise AssertionError(f"the first chunk is not connected: {text!r}")
        self.is_connected = True
        self.take(rest)

    def chunks(self):
        """The text of all complete chunks."""
        data, at, parts = self.received, 0, []
        while (end := data.find(b"\r\n", at)) >= 0:
            start, size = end + 2, int(data[at:end], 16)
            if len(data) < start + size + 2:
                break
            if size == 0 or data[start + size:start + size + 2] != b"\r\n":
                raise AssertionError(f"the stream ended, or its framing is wrong, at {data[at:at + 100]!r}")
            parts.append(data[start:start + size])
            at = start + size + 2
        self.received = data[at:]
        return b"".join(parts)

    def take(self, text):
        self.event_count += text.count(b"\n\n")
        self.digest.update(text)
        if self.kept is not None:
            self.kept.append(text)


class Crowd:
    """All the streams, read by one thread as bytes come."""

    def __init__(self, count, port, request):
        self.by_descriptor = {}
        self.poll = select.epoll()
        for number in range(count):
            subscriber = Subscriber(number, port, request)
            self.by_descriptor[subscriber.socket.fileno()] = subscriber
            self.poll.register(subscriber.socket, select.EPOLLIN)
        self.subscribers = list(self.by_descriptor.values())

    def read_until(self, is_done):
        """Reads until is_done(subscriber) holds for each; returns how many are not done when the time is up."""
        deadline = time.monotonic() + PATIENCE_S
        waiting = {s for s in self.subscribers if not is_done(s)}
        while waiting and time.monotonic() < deadline:
            for descriptor, _ in self.poll.poll(1.0, 1024):
                subscriber = self.by_descriptor[descriptor]
                if not subscriber.read():
                    raise AssertionError(f"a stream ended after {subscriber.event_count} events")
                if is_done(subscriber):
                    waiting.discard(subscriber)
        return len(waiting)

    def close(self):
        self.poll.close()
        for subscriber in self.subscribers:
            subscriber.socket.close()


def publish_all(server, path, ids):
    """One after the other, each after the answer to the one before, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    fields = {"Authorization": f"Bearer {server.admin}", "Content-Type": "application/json"}
    for n in range(EVENTS):
        connection.request("POST", path, json.dumps({"n": n}), fields)
        answer = json.loads(connection.getresponse().read())
        ids.append((answer.get("id"), answer.get("subscribers")))
    connection.close()


class TenThousandTest(unittest.TestCase):
    def setUp(self):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if hard != resource.RLIM_INFINITY and hard < DESCRIPTORS:
            self.skipTest(f"{SUBSCRIBERS} streams need {DESCRIPTORS} descriptors, the hard limit is {hard}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    def test_each_of_many_subscribers_gets_every_event_in_order_and_once(self):
        path = order_path("O-1")
        # No heartbeat comes between the events, so that all streams must hold the same bytes.
        with Server("--heartbeat", "10m") as server:
            request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {server.admin}\r\n\r\n"
            crowd = Crowd(SUBSCRIBERS, server.port, request.encode())
            self.addCleanup(crowd.close)
            self.assertEqual(crowd.read_until(lambda s: s.is_connected), 0, "streams without `connected`")

            answers = []
            publisher = threading.Thread(target=publish_all, args=(server, path, answers), daemon=True)
            publisher.start()
            self.assertEqual(crowd.read_until(lambda s: s.event_count >= EVENTS), 0, "streams without all events")
            publisher.join(PATIENCE_S)
            self.assertEqual([subscribers for _, subscribers in answers], [SUBSCRIBERS] * EVENTS)

            first = crowd.subscribers[0]
            blocks = [Block(text.split("\n")) for text in b"".join(first.kept).decode().split("\n\n")[:-1]]
            self.assertEqual([block.id for block in blocks], [event_id for event_id, _ in answers])
            self.assertTrue(all(ID.match(block.id) for block in blocks))
            self.assertEqual([block.json for block in blocks],
                             [{"type": "order_update", "orderId": "O-1", "data": {"n": n}} for n in range(EVENTS)])
            different = [s for s in crowd.subscribers
                         if s.event_count != EVENTS or s.received or s.digest.digest() != first.digest.digest()]
            self.assertEqual(len(different), 0, "streams that got other bytes than the first")


if __name__ == "__main__":
    unittest.main()

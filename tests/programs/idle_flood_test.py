# SPDX-License-Identifier: MIT
"""Thousands of connections that send a head byte by byte, and twice as many that say nothing: the server closes
all of them at its deadline, while the streams of others get every event.

RT_FLOOD sets another number of connections; where fewer descriptors may be open, there are fewer.
"""
import http.client
import json
import os
import resource
import select
import socket
import threading
import time
import unittest

from raw_rows import statuses
from support import Server, eventually, order_path

CONNECTIONS = int(os.environ.get("RT_FLOOD", "15000"))  # a third of them slow, the others silent
STREAMS = 50
# Both ends hold one descriptor a connection, and some for themselves.
DESCRIPTORS_BESIDE = 500
# The loopback net has addresses enough, so that no address runs out of ports.
CONNECTIONS_PER_ADDRESS = 5000
PATIENCE_S = 100.0
PATH = order_path("F-1")
HEAD = b"GET /healthz HTTP/1.1\r\nHost: h\r\n" + b"A: b\r\n" * 10_000  # never ends


class Flood:
    """The connections that never send a whole request; nobody but the server closes them."""

    def __init__(self, count, port):
        self.poll = select.epoll()
        self.open, self.slow, self.answers = {}, [], []
        for number in range(count):
            s = socket.socket()
            s.bind((f"127.0.0.{2 + number // CONNECTIONS_PER_ADDRESS}", 0))
            s.settimeout(PATIENCE_S)
            s.connect(("127.0.0.1", port))
            s.setblocking(False)
            self.open[s.fileno()] = s
            self.poll.register(s, select.EPOLLIN)
            if number % 3 == 0:
                self.slow.append(s)
                self.send(s, HEAD[:1])

    def send(self, s, data):
        try:
            s.send(data)
        except (BlockingIOError, BrokenPipeError, ConnectionResetError):
            pass  # closed by now; the poll tells

    def run(self):
        """Sends a byte of each slow head about twice a second until the server has closed all; returns how many
        are still open when the time is up."""
        deadline, next_byte, at = time.monotonic() + PATIENCE_S, time.monotonic(), 1
        while self.open and time.monotonic() < deadline:
            if time.monotonic() >= next_byte:
                for s in self.slow:
                    if s.fileno() >= 0:
                        self.send(s, HEAD[at:at + 1])
                next_byte, at = time.monotonic() + 0.5, at + 1
            for descriptor, _ in self.poll.poll(0.1, 1024):
                self.read(descriptor)
        return len(self.open)

    def read(self, descriptor):
        try:
            some = self.open[descriptor].recv(65536)
        except ConnectionResetError:
            some = b""
        if some:
            self.answers.append(some)
        else:
            self.open.pop(descriptor).close()

    def close(self):
        self.poll.close()
        for s in self.open.values():
            s.close()


class Publisher(threading.Thread):
    """Publishes until it is told to stop, then once more, the last."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
        self.fields = {"Authorization": f"Bearer {server.admin}", "Content-Type": "application/json"}
        self.is_enough = threading.Event()
        self.ids = []
        self.start()

    def run(self):
        while not self.is_enough.wait(0.01):
            self.publish({"n": len(self.ids)})
        self.publish({"n": "last"})
        self.connection.close()

    def publish(self, payload):
        self.connection.request("POST", PATH, json.dumps(payload), self.fields)
        self.ids.append(json.loads(self.connection.getresponse().read())["id"])


class Follower(threading.Thread):
    """Reads a stream up to the last event."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.stream = server.stream(PATH)
        self.stream.connected()
        self.ids = []
        self.start()

    def run(self):
        with self.stream:
            while True:
                block = self.stream.next(PATIENCE_S)
                self.ids.append(block.id)
                if block.json["data"]["n"] == "last":
                    return


class IdleFloodTest(unittest.TestCase):
    def connections(self):
        """As many as there shall be, or as this machine lets both ends open."""
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        if hard != resource.RLIM_INFINITY and hard < CONNECTIONS + DESCRIPTORS_BESIDE:
            print(f"{CONNECTIONS} connections are too many for {hard} descriptors; there are fewer")
            return hard - DESCRIPTORS_BESIDE
        return CONNECTIONS

    def test_who_never_asks_is_closed_and_harms_nobody(self):
        count = self.connections()
        with Server("--request-timeout", "3s") as server:
            followers = [Follower(server) for _ in range(STREAMS)]
            publisher = Publisher(server)
            flood = Flood(count, server.port)
            self.addCleanup(flood.close)
            self.assertEqual(flood.run(), 0, "connections that the server leaves open")
            for answer in flood.answers:
                self.assertEqual(statuses(answer), [408])

            publisher.is_enough.set()
            publisher.join(PATIENCE_S)
            for follower in followers:
                follower.join(PATIENCE_S)
                self.assertEqual(follower.ids, publisher.ids)
            self.assertGreater(len(publisher.ids), 10)
            self.assertTrue(eventually(lambda: b"rtserve_connections 0" in server.admin_request("/metrics").body))
            self.assertTrue(server.is_healthy())


if __name__ == "__main__":
    unittest.main()

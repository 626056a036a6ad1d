# SPDX-License-Identifier: MIT
"""Two hundred clients race for fifty places over two shards: never one too many, and no place is lost.

They come, stay for a moment, leave or vanish, or are gone before they are answered, for some seconds, and that for
each of the four limits on clients. What counts is what the clients see and what the server's own counts say.
"""
import json
import multiprocessing
import random
import socket
import threading
import time
import unittest

from support import API, Server, StreamEnded, eventually, order_path

PLACES = 50
PROCESSES = 4
CLIENTS_PER_PROCESS = 50
RACE_S = 3.0
STATUS = {"--max-clients": 503, "--max-clients-per-user": 429, "--max-clients-per-topic": 429,
          "--max-clients-per-ip": 429}


class Tally:
    """Shared by all processes."""

    def __init__(self, fork):
        self.open = fork.Value("i", 0)
        self.most = fork.Value("i", 0)
        self.admitted = fork.Value("i", 0)
        self.refused = fork.Value("i", 0)
        self.complaints = fork.Queue()

    def enter(self):
        with self.open.get_lock():
            self.open.value += 1
            self.most.value = max(self.most.value, self.open.value)
            self.admitted.value += 1

    def leave(self):
        with self.open.get_lock():
            self.open.value -= 1

    def refuse(self):
        with self.refused.get_lock():
            self.refused.value += 1


def one_visit(server, option, tally, dice):
    if dice.random() < 0.1:  # gone before the answer
        with server.connect() as s:
            s.sendall(f"GET {order_path('R-1')} HTTP/1.1\r\nHost: localhost\r\n"
                      f"Authorization: Bearer {server.admin}\r\n\r\n".encode())
            if dice.random() < 0.5:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        return
    stream = server.stream(order_path("R-1"))
    if stream.status == 200:
        tally.enter()
        stream.connected()
        time.sleep(dice.random() * 0.05)
        tally.leave()  # before the place is given back, so that nobody is counted in it twice
    else:
        tally.refuse()
        if stream.status != STATUS[option] or f"{option} ({PLACES})" not in json.loads(stream.body)["detail"]:
            raise AssertionError(f"{stream.status} {stream.body!r}")
        if int(stream.headers["retry-after"]) < 1:
            raise AssertionError(f"Retry-After: {stream.headers['retry-after']}")
    if dice.random() < 0.5:
        stream.reset()
    else:
        stream.close()


def visit(server, option, tally, seed, until):
    dice = random.Random(seed)
    try:
        while time.monotonic() < until:
            one_visit(server, option, tally, dice)
    except (AssertionError, StreamEnded, OSError) as e:
        tally.complaints.put(f"{type(e).__name__}: {e}")


def crowd(server, option, tally, process, until):
    threads = [threading.Thread(target=visit, args=(server, option, tally, process * 1000 + n, until))
               for n in range(CLIENTS_PER_PROCESS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class RacesTest(unittest.TestCase):
    def total(self, server):
        return server.request("GET", f"{API}/stats").json()["totalClients"]

    def fill(self, server, option):
        """Takes all places, sees that there is none more, and leaves half of them without a farewell."""
        streams = []
        try:
            for _ in range(PLACES):
                streams.append(server.stream(order_path("R-1")))
                self.assertEqual(streams[-1].status, 200, f"{option}: only {len(streams) - 1} places: {streams[-1].body}")
            for stream in streams:
                stream.connected()
            self.assertEqual(self.total(server), PLACES)
            with server.stream(order_path("R-1")) as extra:
                self.assertEqual(extra.status, STATUS[option])
        finally:
            for n, stream in enumerate(streams):
                stream.reset() if n % 2 else stream.close()
        self.assertTrue(eventually(lambda: self.total(server) == 0), f"{option}: {self.total(server)} never left")

    def race(self, option):
        with Server("--threads", "2", option, str(PLACES)) as server:
            fork = multiprocessing.get_context("fork")
            tally = Tally(fork)
            until = time.monotonic() + RACE_S
            crowds = [fork.Process(target=crowd, args=(server, option, tally, n, until)) for n in range(PROCESSES)]
            for process in crowds:
                process.start()
            most_by_stats = 0
            while any(process.is_alive() for process in crowds):
                most_by_stats = max(most_by_stats, self.total(server))
            for process in crowds:
                process.join()
                self.assertEqual(process.exitcode, 0)
            self.assertEqual([tally.complaints.get() for _ in range(tally.complaints.qsize())], [])
            self.assertLessEqual(tally.most.value, PLACES)
            self.assertLessEqual(most_by_stats, PLACES)
            # There was a race: more wanted in than could, and places changed hands.
            self.assertGreater(tally.admitted.value, 2 * PLACES)
            self.assertGreater(tally.refused.value, PLACES)
            self.assertTrue(eventually(lambda: self.total(server) == 0), f"{self.total(server)} never left")
            self.fill(server, option)
            self.fill(server, option)

    def test_in_all(self):
        self.race("--max-clients")

    def test_of_a_user(self):
        self.race("--max-clients-per-user")

    def test_of_a_topic(self):
        self.race("--max-clients-per-topic")

    def test_from_an_address(self):
        self.race("--max-clients-per-ip")


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""--store sqlite: killed at random moments under 16 publishers, what was acknowledged is there and is resumed.

RT_ROUNDS: how often it is killed. Each publisher repeats a publish with its Idempotency-Key until it is answered, as
rtpush does, so every event must come exactly once, also those whose answer was lost with the server.
"""
import http.client
import json
import os
import random
import secrets
import threading
import time
import unittest

from commands import Command
from support import Server, order_path

ROUNDS = int(os.environ.get("RT_ROUNDS", "10"))
PUBLISHERS = 16
PATIENCE_S = 60.0


class SqliteServer(Server):
    def key_options(self):
        return [*super().key_options(), "--store", f"sqlite:{self.folder.name}/events.db"]


class Publisher(threading.Thread):
    """Publishes {"n": 0}, {"n": 1} ... to an order of its own."""

    def __init__(self, server, name, acknowledged):
        super().__init__(daemon=True)
        self.server, self.name, self.acknowledged = server, name, acknowledged
        self.ids = []
        self.failure = None
        self.is_stopping = threading.Event()

    def run(self):
        try:
            while not self.is_stopping.is_set():
                self.ids.append(self.publish({"n": len(self.ids)}))
                self.acknowledged.release()
        except Exception as failure:  # told by finish() in the thread of the test
            self.failure = failure

    def publish(self, payload):
        key, deadline = secrets.token_hex(8), time.monotonic() + PATIENCE_S
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE_S)
            try:
                connection.request("POST", order_path(self.name), json.dumps(payload).encode(), {
                    "Content-Type": "application/json", "Idempotency-Key": key,
                    "Authorization": f"Bearer {self.server.admin}"})
                response = connection.getresponse()
                body = response.read()
                if response.status == 200:
                    return json.loads(body)["id"]
                raise AssertionError(f"{response.status} {body}")
            except (OSError, http.client.HTTPException):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            finally:
                connection.close()

    def finish(self):
        self.is_stopping.set()
        self.join(PATIENCE_S)
        if self.failure:
            raise self.failure
        return self.ids


def parse(event_id):
    return tuple(map(int, event_id.split("-")))


class SqliteRestartTest(unittest.TestCase):
    def test_killed_again_and_again_it_loses_and_repeats_nothing_that_was_acknowledged(self):
        seed = random.randrange(2**32)
        draw = random.Random(seed)
        with self.subTest(seed=seed), SqliteServer() as server:
            acknowledged = threading.Semaphore(0)
            publishers = [Publisher(server, f"P-{i}", acknowledged) for i in range(PUBLISHERS)]
            with Command("rtwatch", "topic", "orders/*", "--notices", "--retries", "inf", "--retry-initial", "20ms",
                         "--retry-max", "100ms", server=server, token="admin") as watch:
                watch.until_out(1)
                for publisher in publishers:
                    publisher.start()
                for _ in range(ROUNDS):
                    for _ in range(draw.randrange(1, 200)):
                        self.assertTrue(acknowledged.acquire(timeout=PATIENCE_S), "nobody publishes any more")
                    time.sleep(draw.random() * 0.005)
                    server.process.kill()
                    server.process.wait()
                    server.start()
                ids = {publisher.name: publisher.finish() for publisher in publishers}
                total = sum(map(len, ids.values()))
                watch.until(lambda: sum('"data"' in line for line in watch.out) >= total, f"{total} events")
                self.check([json.loads(line) for line in watch.out], ids)

    def check(self, lines, ids):
        notices = [line for line in lines if "notice" in line]
        self.assertFalse([n for n in notices if n["notice"] == "gap" or n.get("resume") == "gap"])
        self.assertGreaterEqual(sum(n.get("resume") == "resumed" for n in notices), 1)
        events = [line for line in lines if "data" in line]
        order = [parse(event["id"]) for event in events]
        self.assertEqual(order, sorted(set(order)), "ids must rise")
        seen = {name: [] for name in ids}
        for event in events:
            seen[event["data"]["orderId"]].append((event["data"]["data"]["n"], event["id"]))
        for name, acknowledged in ids.items():
            self.assertEqual(seen[name], list(enumerate(acknowledged)))

    def test_a_second_server_on_the_same_file_is_refused(self):
        with SqliteServer() as server:
            with Command("rtserve", *server.key_options(), "--listen", "127.0.0.1:0",
                         "--admin-listen", "127.0.0.1:0") as second:
                self.assertEqual(second.finish(), 74)
                self.assertIn("another process has it open", second.err[0])
            server.publish(order_path("O-1"), "{}")

    def test_a_wrong_store_is_refused(self):
        for store, code, says in (("sqlite:/nowhere/events.db", 74, "there is no folder /nowhere"),
                                  ("sqlite:/dev/null", 74, "it is no file"),
                                  ("sqlite:", 78, "is no store"), ("mysql://x", 78, "is no store")):
            with Command("rtserve", "--dev", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
                         "--store", store) as refused:
                self.assertEqual((refused.finish(), says in refused.err[0]), (code, True), refused)


if __name__ == "__main__":
    unittest.main()

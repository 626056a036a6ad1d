# SPDX-License-Identifier: MIT
"""--store sqlite: a start reads back everything retained before anybody is served, and says how long that took.

RT_EVENTS: how many; a million by hand (python3 -B sqlite_start_test.py shows the seconds).
"""
import json
import os
import time
import unittest

from support import API, Server

EVENTS = int(os.environ.get("RT_EVENTS", "50000"))
TOPICS = 1_000
BULK = 10_000
PATIENCE_S = 120.0


class SqliteServer(Server):
    def key_options(self):
        return [*super().key_options(), "--store", f"sqlite:{self.folder.name}/events.db",
                "--retain-events", str(EVENTS), "--retain-for", "10h"]


class SqliteStartTest(unittest.TestCase):
    def publish_all(self, server):
        for first in range(0, EVENTS, BULK):
            numbers = range(first, min(EVENTS, first + BULK))
            lines = [json.dumps({"type": "order_update", "orderId": f"O-{n % TOPICS}", "data": {"n": n}}) for n in numbers]
            answer = server.request("POST", f"{API}/events", "\n".join(lines).encode(),
                                    {"Content-Type": "application/x-ndjson"})
            self.assertEqual(answer.json()["accepted"], len(numbers), answer)

    def test_everything_retained_is_resumed_after_a_kill(self):
        with SqliteServer() as server:
            with server.stream(f"{API}/stream?topic=orders/*") as stream:
                origin = stream.connected().id
            self.publish_all(server)
            server.process.kill()
            server.process.wait()
            begin = time.monotonic()
            server.start()
            with server.stream(f"{API}/stream?topic=orders/*", {"Last-Event-ID": origin}) as stream:
                connected = stream.connected()
                print(f"{EVENTS} events: served {time.monotonic() - begin:.2f} s after the start")
                self.assertEqual((connected.json["resume"], connected.json["missed"]), ("resumed", EVENTS))
                for n in range(EVENTS):
                    self.assertEqual(stream.next(PATIENCE_S).json["data"]["n"], n)
            # The newest of each topic, to who comes anew.
            with server.stream(f"{API}/stream?topic=orders/*") as stream:
                stream.connected()
                newest = [stream.next() for _ in range(TOPICS)]
                self.assertTrue(all(block.json["snapshot"] for block in newest))
                self.assertEqual(sorted(block.json["data"]["n"] for block in newest), list(range(EVENTS - TOPICS, EVENTS)))


if __name__ == "__main__":
    unittest.main()

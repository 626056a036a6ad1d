# SPDX-License-Identifier: MIT
"""--store on Redis: an instance that starts reads back everything retained before anybody is served.

RT_EVENTS: how many; a million by hand (python3 -B redis_start_test.py shows the seconds).
"""
import os
import time
import unittest

from redis_support import Instance, Redis
from support import API

EVENTS = int(os.environ.get("RT_EVENTS", "20000"))
TOPICS = 1_000
BULK = 1_000
PATIENCE_S = 120.0
ORDERS = f"{API}/stream?topic=orders/*"
RETENTION = ("--retain-events", str(EVENTS), "--retain-for", "10h")


class RedisStartTest(unittest.TestCase):
    def publish_all(self, redis):
        for first in range(0, EVENTS, BULK):
            redis.ask_all([("XADD", "rtserve:events", "*", "topic", f"orders/O-{n % TOPICS}", "data", f'{{"n":{n}}}')
                           for n in range(first, first + BULK)])

    def test_a_late_instance_holds_everything_retained(self):
        with Redis() as redis, Instance(redis, *RETENTION) as server:
            with server.stream(ORDERS) as stream:
                origin = stream.connected().id
            self.publish_all(redis)
            begin = time.monotonic()
            with Instance(redis, *RETENTION, peer=server) as late:
                with late.stream(ORDERS, {"Last-Event-ID": origin}) as stream:
                    connected = stream.connected()
                    print(f"{EVENTS} events: served {time.monotonic() - begin:.2f} s after the start")
                    self.assertEqual((connected.json["resume"], connected.json["missed"]), ("resumed", EVENTS))
                    for n in range(EVENTS):
                        self.assertEqual(stream.next(PATIENCE_S).json["data"]["n"], n)


if __name__ == "__main__":
    unittest.main()

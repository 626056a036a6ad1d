# SPDX-License-Identifier: MIT
"""Many subscribers of everything that never read: the others get all they should, and the server's memory stays flat.

At full size also: the others' latency is as without them (RT_FULL_LOAD, see load.py).
"""
import os
import statistics
import unittest

from load import IS_FULL, rtload
from support import Server

HEALTHY = dict(streams=1000, topics=100, publishers=8, rate=2000) if IS_FULL else \
    dict(streams=50, topics=10, publishers=4, rate=500, payload=2000)
SILENT = 200 if IS_FULL else 20
SECONDS = 120 if IS_FULL else 4
# So that they are full, and the server holds as many events as it will.
WARM_UP_SECONDS = 5 if IS_FULL else 1
# What each may hold: what one write came short of (64 KiB). A queue for each would be far above, by the end.
MEMORY_KIB_MAX = SILENT * 64 + 8 * 1024
ROUNDS = 5
ROUND_SECONDS = 20


class SlowReadersTest(unittest.TestCase):
    def test_the_others_get_everything_and_memory_is_bounded(self):
        with Server("--retain-events", "2000") as server:
            figures = rtload(server, "fan", silent=SILENT, duration=SECONDS, warm_up=WARM_UP_SECONDS, **HEALTHY)
        self.assertEqual(figures["faults"], 0)
        self.assertEqual(figures["gaps_slow"], 0)
        self.assertEqual(figures["deliveries"], figures["published"] * HEALTHY["streams"] // HEALTHY["topics"])
        if not os.environ.get("RT_SANITIZED"):
            grown = figures["server_resident_max_kib"] - figures["server_resident_start_kib"]
            self.assertLess(grown, MEMORY_KIB_MAX)

    @unittest.skipUnless(IS_FULL, "a measurement: it needs a quiet machine")
    def test_the_others_wait_no_longer(self):
        p99 = {0: [], SILENT: []}
        with Server("--retain-events", "2000") as server:
            for _ in range(ROUNDS):
                for silent, found in p99.items():
                    figures = rtload(server, "fan", silent=silent, duration=ROUND_SECONDS,
                                     warm_up=WARM_UP_SECONDS, **HEALTHY)
                    found.append(figures["latency_p99_ms"])
        print("p99 in ms by round, without and with those who never read:", p99)
        self.assertLess(statistics.median(p99[SILENT]), 1.1 * statistics.median(p99[0]))


if __name__ == "__main__":
    unittest.main()

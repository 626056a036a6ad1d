# SPDX-License-Identifier: MIT
"""Dispatchers who all open `drivers/*` within a second, while the drivers move: each gets every driver's newest position
once, and then every move, without a hole and without a repeat.
"""
import unittest

from load import IS_FULL, rtload
from support import Server

SIZE = dict(streams=1000, topics=10_000, publishers=16, rate=100, duration=60) if IS_FULL else \
    dict(streams=25, topics=4000, publishers=16, rate=10_000, duration=1, within="100ms")


class DispatchersTest(unittest.TestCase):
    def check(self, **options):
        with Server() as server:
            figures = rtload(server, "dispatchers", **SIZE, **options)
        self.assertEqual(figures["faults"], 0)
        self.assertEqual(figures["gaps"] + figures["gaps_slow"], 0)
        self.assertEqual(figures["opened"], SIZE["streams"])
        # A driver that moved before its turn came is not told of twice.
        self.assertLessEqual(figures["snapshots"], SIZE["streams"] * SIZE["topics"])
        self.assertGreater(figures["snapshots"], SIZE["streams"] * SIZE["topics"] // 2)
        self.assertGreater(figures["deliveries"], 0)

    def test_plain(self):
        self.check()

    def test_compressed(self):
        self.check(gzip=True)


if __name__ == "__main__":
    unittest.main()

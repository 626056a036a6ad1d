# SPDX-License-Identifier: MIT
"""Clients that are cut anywhere, all the time, and resume: each one's events complete, in order, once; gaps are said
where the events are no longer held, and nowhere else. rtload checks every event and every gap.
"""
import unittest

from load import IS_FULL, rtload
from support import Server

SIZE = dict(streams=1000, topics=100, publishers=16, rate=5000, duration=120) if IS_FULL else \
    dict(streams=100, topics=20, publishers=8, rate=1000, duration=4)
# A fifth of a second's events is less than a client is away, at times.
FEW_RETAINED = SIZE["rate"] // 5


class ReconnectStormTest(unittest.TestCase):
    def test_where_all_is_held_nothing_is_lost_and_no_gap_is_said(self):
        with Server("--retain-events", "100000") as server:
            figures = rtload(server, "storm", retained=100_000, gzip=True, **SIZE)
        self.assertEqual(figures["faults"], 0)
        self.assertEqual(figures["gaps"] + figures["gaps_slow"], 0)
        self.assertGreater(figures["resumed"], SIZE["streams"])
        self.assertGreater(figures["resumed_missed"], 0)
        for cut in ("cuts_fin", "cuts_reset", "cuts_inside_chunk", "cuts_before_connected"):
            self.assertGreater(figures[cut], 0, cut)

    def test_where_little_is_held_each_true_gap_is_said_and_no_false_one(self):
        with Server("--retain-events", str(FEW_RETAINED)) as server:
            figures = rtload(server, "storm", retained=FEW_RETAINED, away_max="1s", gzip=True, **SIZE)
        self.assertEqual(figures["faults"], 0)
        self.assertGreater(figures["gaps"], SIZE["streams"] // 4)
        self.assertGreater(figures["resumed"], SIZE["streams"] // 4)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""A fresh stream starts from the latest known state of its topics."""
import unittest

from support import API, Server, driver_path, order_path


class SnapshotTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def publish(self, order, number):
        return self.server.publish(order_path(order), {"n": number})["id"]

    def expect_no_snapshot(self, stream, order):
        """The first message behind `connected` is a live event."""
        live_id = self.publish(order, 99)
        block = stream.next()
        self.assertEqual(block.id, live_id)
        self.assertNotIn("snapshot", block.json)

    def test_the_newest_state_comes_marked_and_without_an_id(self):
        self.publish("N-1", 1)
        self.publish("N-1", 2)
        with self.server.stream(order_path("N-1")) as stream:
            stream.connected()
            block = stream.next()
            self.assertEqual(block.json, {"type": "order_update", "orderId": "N-1", "data": {"n": 2}, "snapshot": True})
            self.assertIsNone(block.id)
            self.assertIsNone(block.event)
            self.expect_no_snapshot(stream, "N-1")

    def test_a_topic_without_a_state_has_no_snapshot(self):
        with self.server.stream(order_path("N-2")) as stream:
            stream.connected()
            self.expect_no_snapshot(stream, "N-2")

    def test_snapshot_0_leaves_it_out(self):
        self.publish("N-3", 1)
        with self.server.stream(order_path("N-3") + "?snapshot=0") as stream:
            stream.connected()
            self.expect_no_snapshot(stream, "N-3")

    def test_a_resumed_stream_gets_none(self):
        last_id = self.publish("N-4", 1)
        with self.server.stream(order_path("N-4"), {"Last-Event-ID": last_id}) as stream:
            self.assertEqual(stream.connected().json["resume"], "resumed")
            self.expect_no_snapshot(stream, "N-4")

    def test_a_stream_with_a_gap_gets_one(self):
        self.publish("N-5", 1)
        with self.server.stream(order_path("N-5"), {"Last-Event-ID": "1-0"}) as stream:
            self.assertEqual(stream.connected().json["resume"], "gap")
            block = stream.next()
            self.assertEqual((block.json["data"], block.json["snapshot"]), ({"n": 1}, True))

    def test_a_wildcard_gets_the_newest_state_of_each_topic(self):
        for number in range(3):
            for driver in ("N-a", "N-b", "N-c"):
                self.server.publish(driver_path(driver), {"latitude": number, "longitude": 0})
        with self.server.stream(f"{API}/stream?topic=drivers/*") as stream:
            stream.connected()
            blocks = [stream.next() for _ in range(3)]
            self.assertEqual({b.json["driverId"] for b in blocks}, {"N-a", "N-b", "N-c"})
            for block in blocks:
                self.assertEqual((block.json["location"]["latitude"], block.json["snapshot"], block.id), (2, True, None))
            live = self.server.publish(driver_path("N-a"), {"latitude": 9, "longitude": 0})
            self.assertEqual(stream.next().id, live["id"])


if __name__ == "__main__":
    unittest.main()

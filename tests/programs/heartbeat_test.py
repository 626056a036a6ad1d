# SPDX-License-Identifier: MIT
"""A quiet stream shows signs of life, which cost the client nothing and keep its position current."""
import unittest

from commands import Command
from support import ID, Server, order_path


class HeartbeatTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--heartbeat", "1s")

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def next_heartbeat(self, stream):
        while True:
            block = stream.next_block()
            if block.comments:
                self.assertIsNone(block.data, "a heartbeat is no event")
                self.assertIsNone(block.event)
                return block

    def test_a_quiet_stream_gets_one_comment_after_the_other_and_no_event(self):
        with self.server.stream(order_path("H-1")) as stream:
            self.assertEqual(stream.connected().json["heartbeat"], 1)
            for _ in range(3):
                self.next_heartbeat(stream)

    def test_events_come_between_heartbeats_as_ever(self):
        with self.server.stream(order_path("H-2")) as stream:
            stream.connected()
            for n in range(2):
                self.next_heartbeat(stream)
                self.server.publish(order_path("H-2"), {"n": n})
                self.assertEqual(stream.next().json["data"], {"n": n})

    def test_a_reconnect_with_the_id_of_a_heartbeat_is_resumed_and_missed_nothing(self):
        with self.server.stream(order_path("H-3")) as stream:
            opened_at = stream.connected().id
            last_id = [self.server.publish(order_path("H-other"), {"n": n})["id"] for n in range(3)][-1]
            position = self.next_heartbeat(stream).id
        self.assertRegex(position, ID)
        self.assertNotEqual(position, opened_at)
        self.assertEqual(position, last_id, "the position moves on with what happens on other topics")
        with self.server.stream(order_path("H-3"), {"Last-Event-ID": position}) as stream:
            connected = stream.connected()
            self.assertEqual((connected.json["resume"], connected.json["missed"]), ("resumed", 0))
            self.server.publish(order_path("H-3"), {"n": 1})
            self.assertEqual(stream.next().json["data"], {"n": 1})

    def test_a_heartbeat_keeps_a_quiet_stream_resumable_where_events_are_soon_dropped(self):
        with Server("--heartbeat", "1s", "--retain-events", "10") as server:
            with server.stream(order_path("H-4")) as stream:
                opened_at = stream.connected().id
                for n in range(50):
                    server.publish(order_path("H-other"), {"n": n})
                position = self.next_heartbeat(stream).id
            with server.stream(order_path("H-4"), {"Last-Event-ID": opened_at}) as stream:
                self.assertEqual(stream.connected().json["resume"], "gap")
            with server.stream(order_path("H-4"), {"Last-Event-ID": position}) as stream:
                self.assertEqual(stream.connected().json["missed"], 0)

    def test_rtwatch_stays_silent_about_heartbeats_unless_asked(self):
        with Command("rtwatch", "order", "H-5", server=self.server, token="admin") as quiet, \
                Command("rtwatch", "order", "H-5", "--notices", server=self.server, token="admin") as noticing:
            noticing.until(lambda: sum('"notice":"comment"' in line for line in noticing.out) >= 2, "two comments")
            self.server.publish(order_path("H-5"), {"n": 1})
            self.assertEqual(len(quiet.until_out(1)), 1)
            self.assertFalse([line for line in quiet.err if "comment" in line])


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""A stream that was interrupted goes on exactly where it was, or says that it cannot."""
import unittest
import urllib.parse

from support import ID, Server, order_path


class ResumeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def publish(self, order, *numbers):
        return [self.server.publish(order_path(order), {"n": n})["id"] for n in numbers]

    def resume(self, order, last_id):
        return self.server.stream(order_path(order), {"Last-Event-ID": last_id})

    def expect_gap(self, order, last_id):
        with self.resume(order, last_id) as stream:
            block = stream.connected()
            self.assertEqual(block.json["resume"], "gap", last_id)
            self.assertTrue(block.json["reason"])
            self.assertNotIn("missed", block.json)
            self.assertRegex(block.id, ID)
            position = block.id
        with self.resume(order, position) as stream:
            self.assertEqual(stream.connected().json["resume"], "resumed")

    def test_a_dropped_connection_misses_nothing_and_gets_nothing_twice(self):
        with self.server.stream(order_path("R-1")) as stream:
            stream.connected()
            self.publish("R-1", 1, 2, 3)
            last_id = [stream.next().id for _ in range(3)][-1]
        self.publish("R-other", 100)
        missed_ids = self.publish("R-1", 4, 5, 6, 7, 8)
        with self.resume("R-1", last_id) as stream:
            connected = stream.connected()
            self.assertEqual((connected.json["resume"], connected.json["missed"]), ("resumed", 5))
            self.assertEqual(connected.id, last_id)
            blocks = [stream.next() for _ in range(5)]
            self.assertEqual([b.json["data"]["n"] for b in blocks], [4, 5, 6, 7, 8])
            self.assertEqual([b.id for b in blocks], missed_ids)
            self.publish("R-1", 9)
            self.assertEqual(stream.next().json["data"]["n"], 9)

    def test_a_connection_lost_before_the_first_event_resumes_too(self):
        with self.server.stream(order_path("R-2")) as stream:
            position = stream.connected().id
        self.publish("R-2", 1, 2)
        with self.resume("R-2", position) as stream:
            self.assertEqual(stream.connected().json["missed"], 2)
            self.assertEqual([stream.next().json["data"]["n"] for _ in range(2)], [1, 2])

    def test_a_resume_that_missed_nothing_says_so(self):
        last_id, = self.publish("R-3", 1)
        with self.resume("R-3", last_id) as stream:
            connected = stream.connected()
            self.assertEqual((connected.json["resume"], connected.json["missed"]), ("resumed", 0))
            self.publish("R-3", 2)
            self.assertEqual(stream.next().json["data"]["n"], 2)

    def test_an_id_of_the_future_is_a_gap(self):
        last_id, = self.publish("R-4", 1)
        ms, n = map(int, last_id.split("-"))
        self.expect_gap("R-4", f"{ms + 3_600_000}-0")
        self.expect_gap("R-4", f"{2**64 - 1}-{2**64 - 1}")

    def test_an_id_of_another_store_is_a_gap(self):
        self.publish("R-5", 1)
        self.expect_gap("R-5", "1-0")
        self.expect_gap("R-5", "0-0")

    def test_a_malformed_id_is_a_gap(self):
        for last_id in ("x", "1", "1-", "-1", "1-2-3", "01-0", "1703082900000-0x", "99999999999999999999-0", "a" * 2000):
            self.expect_gap("R-6", last_id)

    def test_events_no_longer_held_are_a_gap(self):
        with Server("--retain-events", "10") as server:
            ids = [server.publish(order_path("R-7"), {"n": n})["id"] for n in range(100)]
            with server.stream(order_path("R-7"), {"Last-Event-ID": ids[1]}) as stream:
                self.assertEqual(stream.connected().json["resume"], "gap")
            with server.stream(order_path("R-7"), {"Last-Event-ID": ids[-3]}) as stream:
                self.assertEqual(stream.connected().json["missed"], 2)
                self.assertEqual([stream.next().id for _ in range(2)], ids[-2:])

    def test_an_id_from_before_a_restart_is_a_gap(self):
        with Server() as server:
            last_id = server.publish(order_path("R-8"), {})["id"]
            self.assertEqual(server.stop(), 0)
            server.start()
            with server.stream(order_path("R-8"), {"Last-Event-ID": last_id}) as stream:
                self.assertEqual(stream.connected().json["resume"], "gap")

    def test_the_id_may_be_in_the_query_and_the_header_wins(self):
        first, second = self.publish("R-9", 1, 2)
        query = urllib.parse.urlencode({"lastEventId": first})
        with self.server.stream(f"{order_path('R-9')}?{query}") as stream:
            self.assertEqual(stream.connected().json["missed"], 1)
            self.assertEqual(stream.next().id, second)
        with self.server.stream(f"{order_path('R-9')}?{query}", {"Last-Event-ID": second}) as stream:
            self.assertEqual(stream.connected().json["missed"], 0)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""?rate=: each driver's position at most once per period, the newest; the first at once, the last never left out."""
import time
import unittest

from support import Server, driver_path, order_path

ALL = "/api/v1/realtime/stream?topic=*"


class RateTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())

    def move(self, driver, n):
        return self.server.publish(driver_path(driver), {"latitude": 1, "longitude": 2, "speed": n})["id"]

    def test_the_first_comes_at_once_and_then_the_newest_once_the_period_is_over(self):
        with self.server.stream(driver_path("T-1") + "?rate=1s") as stream:
            stream.connected()
            began = time.monotonic()
            ids = [self.move("T-1", 0)]
            first = stream.next()  # before another shard's publisher may have gone past it
            ids += [self.move("T-1", n) for n in range(1, 50)]
            second = stream.next()
            self.assertGreaterEqual(time.monotonic() - began, 1)
            self.assertEqual([first.id, second.id], [ids[0], ids[-1]])
            self.move("T-1", 99)
            self.assertEqual(stream.next().json["location"]["speed"], 99)

    def test_each_driver_has_a_period_of_its_own_and_orders_none(self):
        with self.server.stream(ALL + "&rate=2s&snapshot=0") as stream:
            stream.connected()
            for n in range(3):
                self.move("T-2", n)
                self.move("T-3", n)
                self.server.publish(order_path("T-4"), {"n": n})
            orders, speeds = [], {"T-2": [], "T-3": []}
            while len(orders) < 3 or speeds["T-2"][-1:] != [2] or speeds["T-3"][-1:] != [2]:
                event = stream.next().json
                if event["type"] == "order_update":
                    orders.append(event["data"]["n"])
                else:
                    speeds[event["driverId"]].append(event["location"]["speed"])
            self.assertEqual(orders, [0, 1, 2])
            # Two at most: the one that came at once, and the last when the period was over.
            self.assertLessEqual(max(map(len, speeds.values())), 2)

    def test_a_resume_brings_the_newest_of_each_driver_and_every_order_event(self):
        position = self.server.publish(order_path("T-5"), {"n": 0})["id"]
        for n in range(10):
            self.move("T-6", n)
            self.move("T-7", n)
            self.server.publish(order_path("T-5"), {"n": n})
        with self.server.stream(ALL + "&rate=1h", {"Last-Event-ID": position}) as stream:
            self.assertEqual(stream.connected().json["missed"], 12)
            events = []
            while len(events) < 12:
                event = stream.next().json
                if not event.get("snapshot"):
                    events.append(event)
            self.assertEqual([event["data"]["n"] for event in events if event["type"] == "order_update"],
                             list(range(10)))
            self.assertEqual({event["driverId"]: event["location"]["speed"] for event in events
                              if event["type"] == "driver_location"}, {"T-6": 9, "T-7": 9})

    def test_what_is_held_goes_out_before_the_end(self):
        with Server() as server:
            with server.stream(driver_path("T-8") + "?rate=1h") as stream:
                stream.connected()
                move = lambda n: server.publish(driver_path("T-8"), {"latitude": 1, "longitude": 2, "speed": n})
                move(0)
                self.assertEqual(stream.next().json["location"]["speed"], 0)
                move(1)
                move(2)
                server.process.terminate()
                self.assertEqual(stream.next().json["location"]["speed"], 2)

    def test_what_is_no_rate_is_refused(self):
        for rate in ("0", "99ms", "-1s", "2h", "soon", ""):
            with self.server.stream(driver_path("T-9") + f"?rate={rate}") as stream:
                self.assertEqual(stream.status, 400, rate)
                self.assertIn(b"rate", stream.body)


if __name__ == "__main__":
    unittest.main()

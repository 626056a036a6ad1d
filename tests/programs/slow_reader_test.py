# SPDX-License-Identifier: MIT
"""A subscriber that never reads costs the others nothing, and is told what it missed when it reads again."""
import unittest

from support import Server, order_path

EVENTS = 4000
RETAINED = 100
PAYLOAD = "x" * 8000  # far more in all than socket buffers hold


class SlowReaderTest(unittest.TestCase):
    def test_others_get_everything_and_the_slow_one_a_gap(self):
        with Server("--retain-events", str(RETAINED)) as server:
            with server.stream(order_path("L-1"), receive_buffer=4096) as slow, server.stream(order_path("L-1")) as fast:
                slow.connected(), fast.connected()
                for n in range(EVENTS):
                    server.publish(order_path("L-1"), '{"n":%d,"x":"%s"}' % (n, PAYLOAD))
                    self.assertEqual(fast.next().json["data"]["n"], n)

                next_n, gaps = 0, 0
                while next_n < EVENTS:
                    message = slow.next().json
                    if message["type"] == "gap":
                        self.assertEqual(message["reason"], "slow")
                        self.assertGreater(message["missed"], 0)
                        next_n += message["missed"]
                        gaps += 1
                    else:
                        self.assertEqual(message["data"]["n"], next_n)
                        next_n += 1
                self.assertEqual(next_n, EVENTS)
                self.assertGreaterEqual(gaps, 1)

                server.publish(order_path("L-1"), '{"n":"live"}')
                self.assertEqual(slow.next().json["data"]["n"], "live")
                self.assertEqual(fast.next().json["data"]["n"], "live")


if __name__ == "__main__":
    unittest.main()

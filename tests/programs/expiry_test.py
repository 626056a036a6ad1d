# SPDX-License-Identifier: MIT
"""A stream does not outlive its token: it is warned, and closed in good order at the token's `exp`."""
import base64
import json
import os
import select
import time
import unittest

from commands import Command, run
from support import ID, Server, driver_path, order_path


def expiry_of(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"]


class ExpiryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Less than the default leeway and the heartbeat: neither must put off the end.
        cls.server = Server("--jwt-leeway", "1h", "--heartbeat", "1h")

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def short_token(self):
        return self.server.token("--sub", "boss", "--role", "admin", "--ttl", "3s")

    def test_the_stream_says_token_expiring_and_ends_at_exp_with_a_retry_time(self):
        token = self.short_token()
        with self.server.stream(driver_path("E-1"), token=token) as stream:
            stream.connected()
            self.server.publish(driver_path("E-1"), {"latitude": 1, "longitude": 2})
            blocks = stream.read_to_end()
            self.assertTrue(stream.is_ended, "no last chunk")
            self.assertGreaterEqual(time.time(), expiry_of(token))
        warnings = [block for block in blocks if block.json["type"] == "token_expiring"]
        self.assertEqual(len(warnings), 1, blocks)
        self.assertEqual(set(warnings[0].json), {"type", "expiresIn"})
        self.assertIn(warnings[0].json["expiresIn"], (0, 1, 2, 3))
        self.assertIsNone(warnings[0].event)
        self.assertEqual([block.json["type"] for block in blocks if block not in warnings], ["driver_location"])
        self.assertEqual(len(stream.retries), 2, "one with the first bytes and one before the end")

    def test_a_token_with_much_time_left_is_not_warned_about(self):
        with self.server.stream(order_path("E-2")) as stream:
            stream.connected()
            self.server.publish(order_path("E-2"), {"n": 1})
            self.assertEqual(stream.next().json["type"], "order_update")

    def test_the_warning_does_not_move_the_position(self):
        last_id = self.server.publish(order_path("E-3"), {"n": 1})["id"]
        with self.server.stream(order_path("E-3"), {"Last-Event-ID": last_id}, token=self.short_token()) as stream:
            stream.connected()
            blocks = stream.read_to_end()
        for block in blocks:
            if block.id is not None:
                self.assertRegex(block.id, ID)
        position = ([block.id for block in blocks if block.id] or [last_id])[-1]
        self.server.publish(order_path("E-3"), {"n": 2})
        with self.server.stream(order_path("E-3"), {"Last-Event-ID": position}) as stream:
            self.assertEqual(stream.connected().json["missed"], 1)
            self.assertEqual(stream.next().json["data"], {"n": 2})

    def test_a_stream_that_has_ended_is_no_longer_counted(self):
        with self.server.stream(order_path("E-4"), token=self.short_token()) as stream:
            stream.read_to_end()
        answer = self.server.publish(order_path("E-4"), {})
        self.assertEqual(answer["subscribers"], 0)


class ManyExpireTest(unittest.TestCase):
    """1,000 streams (fewer under a sanitizer), their tokens' ends spread over ten seconds."""

    def test_none_ends_before_its_token_and_none_lives_on(self):
        leeway, slack = 1, 10  # seconds; the slack is for a machine that is busy with other tests
        count = int(os.environ.get("RT_SUBSCRIBERS", "1000"))
        with Server("--jwt-leeway", f"{leeway}s") as server:
            tokens = [server.token("--sub", "boss", "--role", "admin", "--ttl", f"{4 + i}s") for i in range(11)]
            ends, streams = {}, {}
            for i in range(count):
                token = tokens[i % len(tokens)]
                stream = server.stream(order_path(f"M-{i}"), token=token)
                self.assertEqual(stream.status, 200)
                streams[stream.socket] = stream
                ends[stream] = expiry_of(token)
            while streams:
                for ready in select.select(list(streams), [], [], slack)[0]:
                    stream = streams[ready]
                    stream.receive(time.monotonic())
                    stream.decode()
                    if stream.is_ended or stream.is_cut:
                        self.assertTrue(stream.is_ended, "cut off without a last chunk")
                        self.assertGreaterEqual(time.time(), ends[stream])
                        self.assertLess(time.time(), ends[stream] + leeway + slack)
                        del streams[ready]
                        stream.close()
                self.assertLess(time.time(), max(ends.values()) + leeway + slack, f"{len(streams)} streams live on")
            self.assertEqual(server.request("GET", "/api/v1/realtime/stats",
                                            token=server.token("--sub", "b", "--role", "admin")).json()["totalClients"], 0)


class RtwatchExpiryTest(unittest.TestCase):
    def test_rtwatch_announces_the_expiry_and_ends_with_77_when_it_has_come(self):
        with Server("--jwt-leeway", "0s") as server:
            token = server.token("--sub", "boss", "--role", "admin", "--ttl", "3s")
            with Command("rtwatch", "order", "E-5", "--retry-initial", "100ms", server=server, token=token) as watch:
                watch.until_err("the token expires in")
                self.assertEqual(watch.finish(), 77)
                self.assertIn("expired", "\n".join(watch.err))
            done = run("rtwatch", "order", "E-5", server=server, token=token)
            self.assertEqual(done.code, 77, done)
            self.assertIn("the token expired at ", done.err)
            self.assertNotIn(token, done.err)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""--max-memory: above it new streams and publishes are 503, open streams live on, and it recovers by itself.

RT_SANITIZED: the allocator of a sanitizer keeps what is freed, so recovery cannot be seen.
"""
import os
import unittest

from support import WAIT_S, Server, StreamEnded, eventually, order_path

PAYLOAD = '{"note":"' + "x" * 60_000 + '"}'
ROOM_BYTES = 32 << 20
EVENTS_MAX = 20_000  # far more than there is room for
IS_SANITIZED = bool(os.environ.get("RT_SANITIZED"))


def resident_bytes(server):
    with open(f"/proc/{server.process.pid}/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE")


class MemoryLimitTest(unittest.TestCase):
    def setUp(self):
        with Server("--threads", "2") as unlimited:
            unlimited.publish(order_path("M-0"), "{}")
            self.limit = resident_bytes(unlimited) + ROOM_BYTES

    def post(self, server, topic):
        return server.request("POST", order_path(topic), PAYLOAD.encode(), {"Content-Type": "application/json"})

    def fill(self, server):
        """Publishes to the limit; returns the ids and the refusal."""
        ids = []
        for n in range(EVENTS_MAX):
            answer = self.post(server, f"M-{n}")
            if answer.status != 200:
                return ids, answer
            ids.append(answer.json()["id"])
        self.fail("the limit was never reached")

    def expect_refusal(self, answer):
        self.assertEqual(answer.status, 503)
        self.assertIn(f"--max-memory ({self.limit})", answer.json()["detail"])
        self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)

    def test_above_the_limit_publishes_are_refused_streams_live_on_and_it_recovers(self):
        with Server("--threads", "2", "--heartbeat", "1s", "--max-memory", str(self.limit)) as server, \
                server.stream(order_path("M-1")) as stream:
            first = stream.connected().id
            ids, refusal = self.fill(server)
            self.expect_refusal(refusal)
            self.assertIn('rtserve_limited_total{limit="max-memory"}', server.admin_request("/metrics").body.decode())
            self.assertEqual(stream.next().id, ids[1])
            if IS_SANITIZED:
                return
            # It makes room by forgetting what it retained, so that it can go on ...
            again = eventually(lambda: (a := self.post(server, "M-1")).status == 200 and a, 3 * WAIT_S)
            self.assertTrue(again, server.log_text())
            self.assertEqual(stream.next().id, again.json()["id"])
            self.assertLess(resident_bytes(server), self.limit + ROOM_BYTES)
            # ... and tells those who come back for it.
            with server.stream(order_path("M-1"), {"Last-Event-ID": first}) as late:
                self.assertEqual(late.connected().json["resume"], "gap")

    def test_it_holds_over_many_times_the_limit(self):
        if IS_SANITIZED:
            self.skipTest("what is freed is not given back")
        with Server("--threads", "2", "--max-memory", str(self.limit)) as server:
            accepted = most = 0
            for n in range(EVENTS_MAX):
                answer = self.post(server, f"M-{n % 500}")
                if answer.status == 200:
                    accepted += 1
                else:
                    self.expect_refusal(answer)
                    self.assertTrue(eventually(lambda: self.post(server, "M-0").status == 200, 3 * WAIT_S))
                most = max(most, resident_bytes(server))
                if accepted * len(PAYLOAD) > 4 * ROOM_BYTES:
                    break
            self.assertGreater(accepted * len(PAYLOAD), 4 * ROOM_BYTES)
            self.assertLess(most, self.limit + ROOM_BYTES)

    def test_above_the_limit_new_streams_are_refused(self):
        # What no forgetting brings below: less than the program itself takes.
        self.limit = 1 << 20
        with Server("--max-memory", str(self.limit)) as server:
            self.expect_refusal(server.request("GET", order_path("M-1")))
            self.expect_refusal(self.post(server, "M-1"))
            self.assertEqual(server.request("GET", "/healthz", token=None).status, 200)
            self.assertTrue(eventually(lambda: server.admin_request("/readyz").status == 503))
            self.assertIn("--max-memory", server.admin_request("/readyz").body.decode())


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""Limits on streams and publishes: each holds, says its name and what to do, and gives way when there is room."""
import json
import time
import unittest

from support import API, Server, driver_path, eventually, order_path, run_path


class LimitsTest(unittest.TestCase):
    def serve(self, *options):
        return self.enterContext(Server(*options))

    def total(self, server):
        return server.request("GET", f"{API}/stats").json()["totalClients"]

    def open(self, server, path, **how):
        stream = self.enterContext(server.stream(path, **how))
        self.assertEqual(stream.status, 200, stream.body)
        stream.connected()
        return stream

    def expect_refusal(self, server, answer, status, option, value):
        self.assertEqual(answer.status, status)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertEqual(answer.json()["status"], status)
        self.assertIn(f"--{option} ({value})", answer.json()["detail"])
        self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
        metrics = server.admin_request("/metrics").body.decode()
        self.assertRegex(metrics, f'rtserve_limited_total{{limit="{option}"}} [1-9]')
        self.assertEqual(metrics.count("rtserve_limited_total{"), 6)

    def test_of_all_clients_one_too_many_is_503_until_another_leaves(self):
        server = self.serve("--max-clients", "2")
        self.open(server, order_path("L-1"))
        second = self.open(server, run_path("L-1"))
        self.expect_refusal(server, server.request("GET", order_path("L-1")), 503, "max-clients", 2)
        second.close()
        self.assertTrue(eventually(lambda: self.total(server) == 1))
        self.open(server, order_path("L-1"))

    def test_of_a_users_clients_one_too_many_is_429_whatever_they_read(self):
        server = self.serve("--max-clients-per-user", "2")
        other = server.token("--sub", "other", "--role", "admin")
        again = server.token("--sub", "boss", "--role", "dispatcher")  # another token of the same user
        first = self.open(server, order_path("L-1"))
        self.open(server, run_path("L-1"), token=again)
        self.expect_refusal(server, server.request("GET", driver_path("L-1")), 429, "max-clients-per-user", 2)
        self.open(server, order_path("L-1"), token=other)
        first.close()
        self.assertTrue(eventually(lambda: self.total(server) == 2))
        self.open(server, order_path("L-1"))

    def test_of_a_topics_clients_one_too_many_is_429_however_it_is_asked_for(self):
        server = self.serve("--max-clients-per-topic", "1")
        stream = f"{API}/stream"
        first = self.open(server, order_path("L-1"))
        refused = server.request("GET", f"{stream}?topic=runs/L-2&topic=orders/L-1")
        self.expect_refusal(server, refused, 429, "max-clients-per-topic", 1)
        self.assertIn("orders/L-1", refused.json()["detail"])
        self.open(server, f"{stream}?topic=runs/L-2&topic=orders/*")  # runs/L-2 was not counted by the refusal
        self.assertIn("orders/*", server.request("GET", f"{stream}?topic=*").json()["detail"])
        first.close()
        self.assertTrue(eventually(lambda: self.total(server) == 1))
        self.open(server, order_path("L-1"))

    def test_of_an_addresss_clients_one_too_many_is_429(self):
        server = self.serve("--max-clients-per-ip", "1")
        self.open(server, order_path("L-1"))
        self.expect_refusal(server, server.request("GET", run_path("L-1")), 429, "max-clients-per-ip", 1)

    def test_what_is_no_open_stream_takes_no_place(self):
        server = self.serve("--max-clients", "1", "--max-clients-per-user", "1")
        for method in ("HEAD", "HEAD", "OPTIONS"):
            self.assertLess(server.request(method, order_path("L-1")).status, 300)
        self.assertEqual(server.request("GET", order_path("L-1"), headers={"Accept": "text/plain"}).status, 406)
        self.open(server, order_path("L-1"))
        self.assertEqual(server.request("HEAD", order_path("L-1")).status, 200)

    def test_zero_is_no_limit(self):
        server = self.serve("--max-clients", "0", "--max-clients-per-user", "0", "--publish-rate", "0")
        self.open(server, order_path("L-1"))
        self.open(server, order_path("L-1"))

    def post(self, server, **how):
        return server.request("POST", order_path("L-1"), b"{}", {"Content-Type": "application/json"}, **how)

    def post_bulk(self, server, count, **how):
        line = json.dumps({"type": "order_update", "orderId": "L-1", "data": {}}) + "\n"
        return server.request("POST", f"{API}/events", (line * count).encode(),
                              {"Content-Type": "application/x-ndjson"}, **how)

    def test_who_publishes_too_fast_is_told_to_wait_and_may_then_go_on(self):
        server = self.serve("--publish-rate", "4")
        deadline = time.monotonic() + 60
        accepted = 0
        while (answer := self.post(server)).status == 200 and time.monotonic() < deadline:
            accepted += 1
        self.assertGreaterEqual(accepted, 4)
        self.expect_refusal(server, answer, 429, "publish-rate", 4)
        self.assertEqual(self.post(server, token=server.token("--sub", "other", "--role", "service")).status, 200)
        time.sleep(int(answer.headers["Retry-After"]))  # what the server asked for, and no more
        self.assertEqual(self.post(server).status, 200)

    def test_a_bulk_above_the_rate_is_taken_and_then_owed(self):
        server = self.serve("--publish-rate", "100")
        stream = self.open(server, order_path("L-1"))
        self.assertEqual(self.post_bulk(server, 100_000).json()["accepted"], 100_000)
        answer = self.post_bulk(server, 1)
        self.expect_refusal(server, answer, 429, "publish-rate", 100)
        self.assertIn(int(answer.headers["Retry-After"]), range(900, 1001))
        self.assertEqual(self.post(server).status, 429)
        self.assertEqual(stream.next().json["type"], "order_update")  # reading costs nothing


if __name__ == "__main__":
    unittest.main()

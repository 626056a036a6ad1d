# SPDX-License-Identifier: MIT
"""The counts are those of the open streams, exactly and at once."""
import resource
import unittest
from contextlib import ExitStack

from support import API, Server, driver_path, eventually, order_path, run_path

CROWD = 1000


def raise_descriptor_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class StatsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise_descriptor_limit()
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def stats(self):
        return self.server.request("GET", f"{API}/stats").body.decode().strip()

    def expect(self, orders, runs, drivers, total, timeout=5.0):
        wanted = '{"orders":%d,"runs":%d,"drivers":%d,"totalClients":%d}' % (orders, runs, drivers, total)
        eventually(lambda: self.stats() == wanted, timeout)
        self.assertEqual(self.stats(), wanted)

    def test_the_json_is_exactly_the_four_counts(self):
        self.expect(0, 0, 0, 0)
        with ExitStack() as open_streams:
            for path, count in ((order_path("T-1"), 3), (order_path("T-2"), 2), (run_path("T-1"), 3), (driver_path("T-1"), 2)):
                for _ in range(count):
                    open_streams.enter_context(self.server.stream(path)).connected()
            answer = self.server.request("GET", f"{API}/stats")
            self.assertEqual(answer.headers["Content-Type"], "application/json")
            self.assertEqual(answer.body.decode(), '{"orders":5,"runs":3,"drivers":2,"totalClients":10}')
        self.expect(0, 0, 0, 0, timeout=1.0)

    def test_a_stream_of_several_topics_is_one_client_with_several_subscriptions(self):
        with self.server.stream(f"{API}/stream?topic=orders/T-3&topic=orders/T-4&topic=drivers/*") as stream:
            stream.connected()
            self.expect(2, 0, 1, 1)
        self.expect(0, 0, 0, 0)

    def test_a_refused_request_and_head_count_for_nothing(self):
        self.server.request("HEAD", order_path("T-5"))
        self.server.request("GET", order_path("T-5"), headers={"Accept": "text/html"})
        self.server.request("GET", order_path("T-5"), token=None)
        self.expect(0, 0, 0, 0)

    def test_the_counts_are_right_within_a_second_after_1000_clients_vanish(self):
        crowd = [self.server.stream(order_path(f"T-{n % 50}")) for n in range(CROWD)]
        for stream in crowd:
            self.assertEqual(stream.status, 200)
        self.expect(CROWD, 0, 0, CROWD)
        for stream in crowd:
            stream.reset()
        self.expect(0, 0, 0, 0, timeout=1.0)

    def test_counts_need_their_right(self):
        customer = self.server.token("--sub", "C-1", "--role", "customer")
        self.assertEqual(self.server.request("GET", f"{API}/stats", token=customer).status, 403)
        self.assertEqual(self.server.request("GET", f"{API}/stats", token=None).status, 401)


if __name__ == "__main__":
    unittest.main()

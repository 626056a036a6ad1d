# SPDX-License-Identifier: MIT
"""--max-clients: as many streams as it says, and room again when one leaves."""
import unittest

from support import API, Server, eventually, order_path


class LimitsTest(unittest.TestCase):
    def test_one_stream_too_many_is_503_until_another_leaves(self):
        with Server("--max-clients", "2") as server, server.stream(order_path("L-1")) as first:
            first.connected()
            with server.stream(order_path("L-1")) as second:
                second.connected()
                answer = server.request("GET", order_path("L-1"))
                self.assertEqual(answer.status, 503)
                self.assertIn("--max-clients", answer.json()["detail"])
                self.assertTrue(answer.headers["Retry-After"].isdigit())
            eventually(lambda: server.request("GET", f"{API}/stats").json()["totalClients"] == 1)
            with server.stream(order_path("L-1")) as third:
                third.connected()

    def test_zero_is_no_limit(self):
        with Server("--max-clients", "0") as server, server.stream(order_path("L-1")) as stream:
            stream.connected()


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""--trusted-proxy: whose word about a client's address is taken. The limit by address and the log go by it."""
import os
import socket
import subprocess
import unittest

from support import BIN, EventStream, Server, eventually, order_path, with_token


class TalkativeServer(Server):
    log_level = "info"


class ProxyAddressTest(unittest.TestCase):
    def serve(self, *options):
        self.server = self.enterContext(TalkativeServer("--max-clients-per-ip", "1", *options))

    def status(self, *forwarded, source="127.0.0.1"):
        """Of a stream, kept open, from that address, with these X-Forwarded-For fields."""
        s = socket.socket()
        self.addCleanup(s.close)
        s.settimeout(10)
        s.bind((source, 0))
        s.connect(("127.0.0.1", self.server.port))
        headers = with_token(self.server, {}, "admin")
        # Fields of one name differ by case here, as a dict holds each but once.
        for n, value in enumerate(forwarded):
            headers["x-forwarded-for"[:n] + "X-Forwarded-For"[n:]] = value
        return EventStream(s, order_path("P-1"), headers, "1.1").status

    def logged(self, address):
        said = f"client={address} "
        return eventually(lambda: any(said in line and "client connected" in line
                                      for line in self.server.log_text().splitlines()))

    def test_behind_a_trusted_proxy_the_client_is_whom_it_names(self):
        self.serve("--trusted-proxy", "127.0.0.1", "--trusted-proxy", "10.0.0.0/8")
        self.assertEqual(self.status("192.0.2.1"), 200)
        self.assertTrue(self.logged("192.0.2.1"))
        self.assertEqual(self.status("192.0.2.1"), 429)
        self.assertEqual(self.status("192.0.2.2"), 200)
        self.assertEqual(self.status("192.0.2.3, 10.1.2.3"), 200)
        self.assertEqual(self.status("192.0.2.3:4711, 10.3.2.1"), 429)
        self.assertEqual(self.status("2001:db8::1"), 200)
        self.assertEqual(self.status("[2001:db8::2]:80"), 429)  # the same site
        self.assertEqual(self.status(), 200)
        self.assertTrue(self.logged("127.0.0.1"))

    def test_what_a_client_wrote_itself_stands_left_of_what_the_proxy_adds_and_is_not_believed(self):
        self.serve("--trusted-proxy", "127.0.0.1")
        self.assertEqual(self.status("198.51.100.1, 192.0.2.1"), 200)
        self.assertEqual(self.status("198.51.100.2, 192.0.2.1"), 429)
        self.assertEqual(self.status("198.51.100.3", "192.0.2.1"), 429)
        self.assertEqual(self.status("garbage, 127.0.0.1, 192.0.2.1"), 429)
        self.assertEqual(self.status("198.51.100.1"), 200)

    def test_a_peer_that_is_not_trusted_is_itself_whatever_it_says(self):
        self.serve("--trusted-proxy", "127.0.0.1")
        self.assertEqual(self.status("192.0.2.1", source="127.0.0.2"), 200)
        self.assertTrue(self.logged("127.0.0.2"))
        self.assertEqual(self.status("192.0.2.2", source="127.0.0.2"), 429)
        self.assertEqual(self.status("192.0.2.1", source="127.0.0.3"), 200)
        self.assertEqual(self.status("192.0.2.1"), 200)

    def test_without_the_option_nobody_is_believed(self):
        self.serve()
        self.assertEqual(self.status("192.0.2.1"), 200)
        self.assertEqual(self.status("192.0.2.2"), 429)
        self.assertFalse(any("192.0.2" in line for line in self.server.log_text().splitlines()))

    def test_a_range_with_bits_behind_its_prefix_is_refused_at_the_start(self):
        with Server() as server:
            command = [os.path.join(BIN, "rtserve"), "check-config", "--jwt-secret-file", server.secret_file,
                       "--trusted-proxy", "10.0.0.1/8"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 78)
        self.assertIn("10.0.0.1/8", done.stderr)
        self.assertIn("10.0.0.0/8", done.stderr)


if __name__ == "__main__":
    unittest.main()

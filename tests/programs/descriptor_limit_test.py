# SPDX-License-Identifier: MIT
"""No descriptor is left: open streams go on, the server waits without spinning, and serves again once there is room."""
import http.client
import json
import os
import resource
import time
import unittest

from support import WAIT_S, Server, eventually, order_path

DESCRIPTORS = 400
STREAMS = 20
THREADS = 2
PATH = order_path("D-1")


class TightServer(Server):
    """May open few descriptors, and cannot raise the limit."""

    @staticmethod
    def before_exec():
        resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))

    def is_full(self):
        """Its threads may hold some for what they wait for, which are not listed."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd")) >= DESCRIPTORS - 5 and "cannot accept" in self.log_text()

    def descriptor_places(self):
        """How many the kernel's table has room for, as it is now."""
        with open(f"/proc/{self.process.pid}/status") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("FDSize:"))

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as f:
            fields = f.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Publisher:
    """One connection, there before the descriptors run out."""

    def __init__(self, server):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=WAIT_S)
        self.fields = {"Authorization": f"Bearer {server.admin}", "Content-Type": "application/json"}

    def publish(self, n):
        self.connection.request("POST", PATH, json.dumps({"n": n}), self.fields)
        response = self.connection.getresponse()
        if response.status != 200:
            raise AssertionError(f"{response.status} {response.read()}")
        response.read()

    def close(self):
        self.connection.close()


class DescriptorLimitTest(unittest.TestCase):
    def share_of_processor(self, server):
        began, used = time.monotonic(), server.processor_seconds()
        while time.monotonic() < began + 1.5:
            time.sleep(0.1)
        return (server.processor_seconds() - used) / (time.monotonic() - began)

    def check_delivery(self, publisher, streams, numbers):
        for n in numbers:
            publisher.publish(n)
        for stream in streams:
            self.assertEqual([stream.next().json["data"]["n"] for _ in numbers], list(numbers))

    def test_streams_live_and_others_are_served_once_there_is_room(self):
        with TightServer("--request-timeout", "10m", "--threads", str(THREADS)) as server:
            streams = [server.stream(PATH) for _ in range(STREAMS)]
            for stream in streams:
                stream.connected()
            publisher = Publisher(server)
            self.addCleanup(publisher.close)
            self.check_delivery(publisher, streams, range(0, 10))
            crowd = [server.connect() for _ in range(DESCRIPTORS + 100)]
            self.assertTrue(eventually(server.is_full), "the descriptors run out")

            self.check_delivery(publisher, streams, range(10, 60))
            share = self.share_of_processor(server)
            self.assertLess(share, 0.25, "the server spins")
            self.assertTrue(server.is_full())
            self.check_delivery(publisher, streams, range(60, 110))
            self.assertLessEqual(server.log_text().count("cannot accept"), THREADS, "said once by each, not once a try")

            for s in crowd:
                s.close()
            self.assertTrue(eventually(server.is_healthy))
            with server.stream(PATH, {"Last-Event-ID": "0-0"}) as late:
                self.assertEqual(late.status, 200)
            self.check_delivery(publisher, streams, range(110, 120))
            for stream in streams:
                stream.close()

    def test_the_table_of_descriptors_need_not_grow_while_streams_connect(self):
        with TightServer() as server:
            self.assertGreaterEqual(server.descriptor_places(), DESCRIPTORS)
        with TightServer("--max-clients", "20") as server:
            self.assertTrue(256 + 20 <= server.descriptor_places() <= 512)

    def test_streams_alone_leave_room_for_those_who_ask(self):
        with TightServer() as server:
            streams = []
            while (stream := server.stream(PATH)).status == 200:
                streams.append(stream)
                self.assertLess(len(streams), DESCRIPTORS)
            stream.close()
            self.assertEqual(stream.status, 503)
            self.assertTrue(stream.headers["retry-after"].isdigit())
            self.assertGreater(len(streams), DESCRIPTORS // 4)
            self.assertTrue(server.is_healthy())
            self.assertEqual(server.admin_request("/readyz").status, 200)
            for stream in streams:
                stream.connected()
            publisher = Publisher(server)
            self.addCleanup(publisher.close)
            self.check_delivery(publisher, streams, range(5))
            for stream in streams:
                stream.close()


if __name__ == "__main__":
    unittest.main()

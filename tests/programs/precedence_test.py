# SPDX-License-Identifier: MIT
"""At leisure an event is with its readers before its publisher has the answer."""
import socket
import time
import unittest

from crowd import SO_TIMESTAMPNS, Crowd, came_at, publish_request
from support import Server

STREAMS = 200
EVENTS = 5
REST_S = 0.3  # between them, after which the server is at leisure again


class PrecedenceTest(unittest.TestCase):
    def test_every_stream_has_the_event_when_its_publisher_is_answered(self):
        with Server("--threads", "1") as server, server.connect() as publisher:
            publisher.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            crowd = Crowd(server, [0] * STREAMS)
            self.addCleanup(crowd.close)
            crowd.until_connected()
            answered_last = 0
            for event in range(EVENTS):
                mark = b'{"event":%d}' % event
                publisher.sendall(publish_request(server, 0, mark.decode()))
                answer, ancillary, _, _ = publisher.recvmsg(4096, 64)
                self.assertIn(b'"subscribers":%d' % STREAMS, answer)
                crowd.read_until(lambda: all(mark in b"".join(stream.parts) for stream in crowd.all))
                answered_last += all(stream.ended_at <= came_at(ancillary) for stream in crowd.all)
                time.sleep(REST_S)
            # Not always: where the machine stands still, the publisher waits for 100 ms at most, and may be late
            # anyhow.
            self.assertGreater(answered_last, EVENTS // 2)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""--max-stream-age: streams end cleanly, not all at the same age, and are taken up again without a loss."""
import re
import threading
import unittest

from commands import Command, run
from gzip_test import GzipStream
from support import EventStream, Server, StreamEnded, eventually, order_path, with_token

ENDS = 2


class TalkingServer(Server):
    log_level = "info"


class Source:
    """Publishes {"n":0}, {"n":1} ... until told to stop."""

    def __init__(self, server, path):
        self.stopping, self.published = threading.Event(), 0
        self.thread = threading.Thread(target=self.run, args=(server, path))
        self.thread.start()

    def run(self, server, path):
        while not self.stopping.wait(0.005):
            server.publish(path, {"n": self.published})
            self.published += 1

    def stop(self):
        self.stopping.set()
        self.thread.join()


class StreamAgeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = TalkingServer("--max-stream-age", "2s")

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def follow(self, kind, path, fields):
        """Through some ends and to the last event; returns the numbers that came."""
        numbers, last_id, ends = [], None, 0
        source = Source(self.server, path)
        try:
            while ends < ENDS or numbers[-1] + 1 < source.published:
                if ends == ENDS:
                    source.stop()
                headers = {**fields, **({"Last-Event-ID": last_id} if last_id else {})}
                with kind(self.server.connect(), path, with_token(self.server, headers, "admin"), "1.1") as stream:
                    connected = stream.connected()
                    self.assertEqual(connected.json["resume"], "resumed" if last_id else "fresh")
                    last_id = connected.id
                    try:
                        while ends < ENDS or numbers[-1] + 1 < source.published:
                            block = stream.next()
                            numbers.append(block.json["data"]["n"])
                            last_id = block.id
                    except StreamEnded:
                        ends += 1
                        self.assertTrue(stream.is_ended and not stream.is_cut)
                        self.assertEqual(len(stream.retries), 2)
                        if kind is GzipStream:
                            self.assertTrue(stream.inflater.eof)
        finally:
            source.stop()
        return numbers

    def test_plain_streams_lose_nothing(self):
        numbers = self.follow(EventStream, order_path("A-1"), {})
        self.assertEqual(numbers, list(range(len(numbers))))

    def test_compressed_streams_lose_nothing_and_end_with_a_trailer(self):
        numbers = self.follow(GzipStream, order_path("A-2"), {"Accept-Encoding": "gzip"})
        self.assertEqual(numbers, list(range(len(numbers))))

    def test_rtwatch_follows_through_the_ends(self):
        with Command("rtwatch", "order", "A-3", "--retry-initial", "0.1", "-o", "data", server=self.server,
                     token="admin") as watch:
            source = Source(self.server, order_path("A-3"))
            try:
                watch.until_err("(resumed,", ENDS)
            finally:
                source.stop()
            lines = watch.until(lambda: f'"n": {source.published - 1}}}' in watch.out[-1] and list(watch.out),
                                "the last event")
            numbers = [int(re.search(r'"n": ?(\d+)', line)[1]) for line in lines]
            self.assertEqual(numbers, list(range(numbers[0], source.published)))

    def test_streams_of_the_same_time_end_at_different_times(self):
        streams = [self.server.stream(order_path("A-4")) for _ in range(30)]
        for stream in streams:
            stream.connected()
        for stream in streams:
            stream.read_to_end()
            stream.close()
        ages = eventually(lambda: (found := self.ages()) and len(found) >= 30 and found)
        self.assertGreaterEqual(min(ages), 1.6)
        self.assertLess(min(ages), 1.9, "all as old as they may be: they would come back together")

    def ages(self):
        return [float(seconds) for seconds in re.findall("reason=max_age seconds=([0-9.]+)", self.server.log_text())]

    def test_the_reason_is_counted(self):
        with self.server.stream(order_path("A-5")) as stream:
            stream.connected()
            stream.read_to_end()
        metrics = self.server.admin_request("/metrics").body.decode()
        self.assertGreaterEqual(int(re.search(r'streams_closed_total\{reason="max_age"\} (\d+)', metrics)[1]), 1)

    def test_an_age_below_a_second_is_refused(self):
        refused = run("rtserve", "check-config", "--max-stream-age", "999ms", *self.server.key_options())
        self.assertEqual(refused.code, 78)
        self.assertIn("--max-stream-age must be at least 1s", refused.err)


if __name__ == "__main__":
    unittest.main()

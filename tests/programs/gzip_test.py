# SPDX-License-Identifier: MIT
"""Compressed streams: what is sent can be read at once, the end is a right one, and who does not ask gets plain text."""
import signal
import subprocess
import unittest
import zlib

from support import EventStream, Server, StreamEnded, driver_path, order_path, run_path, with_token


class GzipStream(EventStream):
    """Decompresses behind the chunks."""

    def decode(self):
        if not hasattr(self, "inflater"):
            self.inflater, self.compressed = zlib.decompressobj(31), 0
        before, self.text = self.text, b""
        super().decode()
        self.compressed += len(self.text)
        self.text = before + self.inflater.decompress(self.text)


class GzipTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())

    def stream(self, path, version="1.1", **fields):
        headers = {"Accept-Encoding": "gzip, deflate, br", **fields}
        return GzipStream(self.server.connect(), path, with_token(self.server, headers, "admin"), version)

    def test_each_event_can_be_read_as_soon_as_it_is_sent(self):
        with self.stream(order_path("Z-1")) as stream:
            self.assertEqual(stream.headers["content-encoding"], "gzip")
            self.assertIn("Accept-Encoding", stream.headers["vary"])
            stream.connected()
            for n in range(20):
                event_id = self.server.publish(order_path("Z-1"), {"n": n})["id"]
                block = stream.next()
                self.assertEqual((block.id, block.json["data"]), (event_id, {"n": n}))

    def test_who_does_not_ask_gets_plain_text(self):
        for fields in ({}, {"Accept-Encoding": "identity"}, {"Accept-Encoding": "gzip;q=0"}):
            with self.server.stream(order_path("Z-2"), fields) as stream:
                self.assertNotIn("content-encoding", stream.headers)
                stream.connected()

    def test_snapshots_and_several_topics_and_a_resume_are_compressed_too(self):
        for n in range(200):
            self.server.publish(driver_path(f"Z-{n}"), {"latitude": n / 10, "longitude": 2})
        last = self.server.publish(run_path("Z-3"), {"n": 1})["id"]
        path = "/api/v1/realtime/stream?topic=drivers/*&topic=runs/Z-3"
        with self.stream(path) as stream:
            stream.connected()
            known = [stream.next().json for _ in range(201)]
            self.assertTrue(all(event["snapshot"] for event in known))
            self.server.publish(run_path("Z-3"), {"n": 2})
            self.assertEqual(stream.next().json["data"], {"n": 2})
        with self.stream(path, **{"Last-Event-ID": last}) as stream:
            self.assertEqual(stream.connected().json["missed"], 1)
            self.assertEqual(stream.next().json["data"], {"n": 2})

    def test_many_events_at_once_take_much_less_room(self):
        position = self.server.publish(driver_path("Z-9"), {"latitude": 1, "longitude": 2})["id"]
        for n in range(300):
            self.server.publish(driver_path("Z-9"), {"latitude": 43.6 + n / 1000, "longitude": -79.3, "speed": n})
        with self.stream(driver_path("Z-9"), **{"Last-Event-ID": position}) as stream:
            stream.connected()
            events = [stream.next() for _ in range(300)]
            self.assertEqual([event.json["location"]["speed"] for event in events], list(range(300)))
            self.assertLess(stream.compressed, sum(len(event.data) for event in events) / 3)

    def test_http_1_0_without_chunks(self):
        with self.stream(order_path("Z-4"), version="1.0") as stream:
            stream.connected()
            self.server.publish(order_path("Z-4"), {"n": 1})
            self.assertEqual(stream.next().json["data"], {"n": 1})

    def test_names_of_events(self):
        with self.stream(order_path("Z-5") + "?events=named") as stream:
            self.assertIsNone(stream.connected().event)
            self.server.publish(order_path("Z-5"), {"n": 1})
            self.assertEqual(stream.next().event, "order_update")

    def test_curl_reads_it_as_it_comes(self):
        with subprocess.Popen(["curl", "-sN", "--compressed", "-H", f"Authorization: Bearer {self.server.admin}",
                               f"http://127.0.0.1:{self.server.port}{order_path('Z-6')}"], stdout=subprocess.PIPE,
                              text=True) as curl:
            try:
                lines = iter(curl.stdout.readline, "")
                next(line for line in lines if "connected" in line)
                self.server.publish(order_path("Z-6"), '{"n":1}')
                self.assertIn('"data":{"n":1}', next(line for line in lines if "order_update" in line))
            finally:
                curl.kill()


class EndTest(unittest.TestCase):
    def test_the_end_of_a_drained_stream_is_the_end_of_the_member(self):
        with Server() as server:
            headers = with_token(server, {"Accept-Encoding": "gzip"}, "admin")
            with GzipStream(server.connect(), order_path("Z-7"), headers, "1.1") as stream:
                stream.connected()
                server.publish(order_path("Z-7"), {"n": 1})
                stream.next()
                server.process.send_signal(signal.SIGTERM)
                with self.assertRaises(StreamEnded):
                    stream.next()
                self.assertTrue(stream.is_ended)
                # zlib has compared the sums by now, or it would not say so.
                self.assertTrue(stream.inflater.eof)
                self.assertEqual(stream.inflater.unused_data, b"")


if __name__ == "__main__":
    unittest.main()

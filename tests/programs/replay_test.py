# SPDX-License-Identifier: MIT
"""A recorded drive reaches every follower: the same positions in the same order, with the source's own values."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import unittest
from datetime import datetime, timedelta, timezone

from commands import Command, run
from support import Server, driver_path

START = datetime(2023, 12, 20, 14, 35, tzinfo=timezone.utc)
POINTS = 20
STEP_S = 2

GPX_1_0 = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.0" creator="test" xmlns="http://www.topografix.com/GPX/1/0">
<trk><name>A drive</name><trkseg>
{points}
</trkseg></trk></gpx>
"""
POINT_1_0 = ('<trkpt lat="{latitude}" lon="{longitude}"><ele>76.5</ele><time>{time}</time>'
             '<course>{heading}</course><speed>{mps}</speed></trkpt>')

GPX_1_1 = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1"
 xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">
<trk><name>A drive</name><trkseg>
{points}
</trkseg></trk></gpx>
"""
POINT_1_1 = ('<trkpt lat="{latitude}" lon="{longitude}"><ele>76.5</ele><time>{time}</time>\n'
             '<extensions><gpxtpx:TrackPointExtension><gpxtpx:speed>{mps}</gpxtpx:speed>'
             '<gpxtpx:course>{heading}</gpxtpx:course></gpxtpx:TrackPointExtension></extensions></trkpt>')


def drive():
    """The points of the drive: strings as they stand in the file."""
    for i in range(POINTS):
        yield {"latitude": f"{43.65 + i * 0.000125:.6f}", "longitude": f"{-79.38 - i * 0.00025:.6f}",
               "heading": str((340 + 3 * i) % 360), "mps": f"{8 + 0.25 * i:.2f}",
               "time": (START + timedelta(seconds=STEP_S * i)).strftime("%Y-%m-%dT%H:%M:%SZ")}


def gpx(document, point):
    return document.format(points="\n".join(point.format(**values) for values in drive()))


def curl_messages(text):
    """The `data:` of a stream that curl wrote, but for the messages that control it."""
    messages = [json.loads(line[len("data: "):]) for line in text.splitlines() if line.startswith("data: ")]
    return [message for message in messages if message["type"] == "driver_location"]


class ReplayTest(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server())
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", newline="") as f:
            f.write(text)
        return path

    def push(self, *arguments, stdin=""):
        done = run("rtpush", "gps", "D-7", *arguments, server=self.server, token="admin", stdin=stdin)
        self.assertEqual(done.code, 0, done)
        return done

    def read(self, stream, count):
        return [stream.next() for _ in range(count)]

    def expect_the_drive(self, events):
        self.assertEqual(len(events), POINTS)
        for event, source in zip(events, drive()):
            self.assertEqual((event["type"], event["driverId"]), ("driver_location", "D-7"))
            location = event["location"]
            self.assertAlmostEqual(location["latitude"], float(source["latitude"]), delta=1e-9)
            self.assertAlmostEqual(location["longitude"], float(source["longitude"]), delta=1e-9)
            self.assertAlmostEqual(location["heading"], float(source["heading"]), delta=1e-6)
            self.assertAlmostEqual(location["speed"], float(source["mps"]) * 3.6, delta=0.01)
            self.assertAlmostEqual(location["altitude"], 76.5, delta=1e-6)
            self.assertEqual(event["timestamp"], source["time"].replace("Z", ".000Z"))

    def test_rtwatch_curl_and_a_plain_reader_get_the_same_drive(self):
        curl = shutil.which("curl")
        if not curl:
            self.skipTest("curl is not installed")
        path = self.file("drive.gpx", gpx(GPX_1_0, POINT_1_0))
        with self.server.stream(driver_path("D-7")) as stream, \
                Command("rtwatch", "driver", "D-7", "-C", str(POINTS), "-v",
                        server=self.server, token="admin") as watch, \
                Command(curl, "-sN", "-H", f"Authorization: Bearer {self.server.admin}",
                        f"http://127.0.0.1:{self.server.port}{driver_path('D-7')}") as curled:
            stream.connected()
            watch.until_err("connected")
            curled.until(lambda: any('"connected"' in line for line in curled.out), "connected")
            self.push("--replay=20x", path)
            self.assertEqual(watch.finish(), 0)
            blocks = self.read(stream, POINTS)
            events = [block.json for block in blocks]
            self.expect_the_drive(events)
            watched = [json.loads(line) for line in watch.out]
            self.assertEqual([line["data"] for line in watched], events)
            self.assertEqual([line["id"] for line in watched], [block.id for block in blocks])
            self.assertEqual({line["type"] for line in watched}, {"message"})
            curled.until(lambda: len(curl_messages("\n".join(curled.out))) == POINTS, "all events in curl")
            self.assertEqual(curl_messages("\n".join(curled.out)), events)

    def test_heading_and_speed_of_an_extension_come_along(self):
        path = self.file("drive.gpx", gpx(GPX_1_1, POINT_1_1))
        with self.server.stream(driver_path("D-7")) as stream:
            stream.connected()
            self.push("--replay=1000x", path)
            self.expect_the_drive([block.json for block in self.read(stream, POINTS)])

    def test_a_replay_keeps_the_pace_of_the_drive_until_it_is_interrupted(self):
        points = [{"time": time, "latitude": 1, "longitude": 2, "heading": 3, "mps": 4}
                  for time in ("2023-12-20T14:00:00Z", "2023-12-20T15:00:00Z")]
        path = self.file("pause.gpx", GPX_1_0.format(points="".join(POINT_1_0.format(**point) for point in points)))
        with self.server.stream(driver_path("D-7")) as stream:
            stream.connected()
            with Command("rtpush", "gps", "D-7", "--replay", path, server=self.server, token="admin") as push:
                self.assertEqual(stream.next().json["timestamp"], "2023-12-20T14:00:00.000Z")
                push.process.terminate()
                self.assertEqual(push.finish(), -signal.SIGTERM)
                self.assertIn("1 sent", push.err[-1])
            self.push(path)
            self.assertEqual([block.json["timestamp"] for block in self.read(stream, 2)],
                             ["2023-12-20T14:00:00.000Z", "2023-12-20T15:00:00.000Z"])

    def test_positions_piped_in_arrive_and_a_last_line_without_newline_counts(self):
        lines = [json.dumps({"latitude": float(p["latitude"]), "longitude": float(p["longitude"]),
                             "heading": int(p["heading"]), "speed": float(p["mps"]) * 3.6, "altitude": 76.5,
                             "timestamp": p["time"]}) for p in drive()]
        with self.server.stream(driver_path("D-7")) as stream:
            stream.connected()
            done = self.push(stdin="\n".join(lines))
            self.assertIn(f"{POINTS} lines: {POINTS} sent, 0 skipped, 0 rejected", done.err)
            self.expect_the_drive([block.json for block in self.read(stream, POINTS)])

    def test_live_input_is_sent_line_by_line_as_it_comes(self):
        with self.server.stream(driver_path("D-7")) as stream, \
                Command("rtpush", "gps", "D-7", server=self.server, token="admin", stdin=subprocess.PIPE) as push:
            stream.connected()
            for latitude in (1, 2, 3):
                push.process.stdin.write(b'{"lat":%d,"lon":5}\n' % latitude)
                push.process.stdin.flush()
                self.assertEqual(stream.next().json["location"]["latitude"], latitude)
            push.process.stdin.close()
            self.assertEqual(push.finish(), 0)


if __name__ == "__main__":
    unittest.main()

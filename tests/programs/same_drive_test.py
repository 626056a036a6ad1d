# SPDX-License-Identifier: MIT
"""One drive as a receiver recorded it, written as each format writes it: `rtpush gps` makes the same events of all."""
import datetime
import json
import os
import unittest

from commands import run

DRIVE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "gpsd", "drive.nmea")


def seconds(event):
    return int(datetime.datetime.fromisoformat(event["timestamp"].replace("Z", "+00:00")).timestamp())


def gpsd(e, p):
    return json.dumps({"class": "TPV", "mode": 3, "time": e["timestamp"], "lat": p["latitude"], "lon": p["longitude"],
                       "track": p["heading"], "speed": p["speed"] / 3.6, "altMSL": p["altitude"]})


def owntracks(e, p):
    return json.dumps({"_type": "location", "tst": seconds(e), "lat": str(p["latitude"]), "lon": str(p["longitude"]),
                       "cog": p["heading"], "vel": p["speed"], "alt": p["altitude"], "tid": "D"})


def traccar_query(e, p):
    return (f"GET /?id=D&timestamp={seconds(e)}&lat={p['latitude']}&lon={p['longitude']}&bearing={p['heading']}"
            f"&speed={p['speed'] / 1.852}&altitude={p['altitude']} HTTP/1.1")


def traccar_json(e, p):
    return json.dumps({"device_id": "D", "location": {"timestamp": e["timestamp"], "coords": {
        "latitude": p["latitude"], "longitude": p["longitude"], "heading": p["heading"], "speed": p["speed"] / 3.6,
        "altitude": p["altitude"], "accuracy": -1}}})


def geojson(e, p):
    place = [p["longitude"], p["latitude"], p["altitude"]]
    return json.dumps({"type": "Feature", "geometry": {"type": "Point", "coordinates": place},
                       "properties": {"time": e["timestamp"], "heading": p["heading"], "speed": p["speed"]}})


def gpx(e, p):
    return (f"<trkpt lat='{p['latitude']}' lon='{p['longitude']}'><ele>{p['altitude']}</ele><time>{e['timestamp']}</time>"
            f"<course>{p['heading']}</course><speed>{p['speed'] / 3.6}</speed></trkpt>")


def csv(e, p):
    return f"{e['timestamp']},{p['latitude']},{p['longitude']},{p['heading']},{p['speed']},{p['altitude']}"


def native(e, p):
    return json.dumps({"timestamp": e["timestamp"], **p})


class SameDriveTest(unittest.TestCase):
    def events(self, text, *options):
        done = run("rtpush", "gps", "D", "-n", *options, stdin=text)
        self.assertEqual(done.code, 0, done.err)
        return [json.loads(line) for line in done.out.splitlines()]

    def test_every_format_gives_the_events_of_the_nmea(self):
        with open(DRIVE, encoding="ascii", newline="") as f:
            wanted = self.events(f.read())
        # 41.67 km/h are 22.5 knots and 11.575 m/s.
        self.assertEqual((len(wanted), seconds(wanted[0])), (64, 1715697030))
        for write in (gpsd, owntracks, traccar_query, traccar_json, geojson, gpx, csv, native):
            lines = [write(event, event["location"]) for event in wanted]
            options = ()
            if write is gpx:
                lines = ["<gpx><trk><trkseg>", *lines, "</trkseg></trk></gpx>"]
            if write is csv:
                lines, options = ["time,lat,lon,heading,speed,alt", *lines], ("--format", "csv")
            with self.subTest(format=write.__name__):
                self.assertEqual(self.events("\n".join(lines), *options), wanted)
        # Told apart line by line, in one input.
        writers = (gpsd, owntracks, traccar_query, traccar_json, geojson, native)
        lines = [writers[i % len(writers)](event, event["location"]) for i, event in enumerate(wanted)]
        by_time = sorted(self.events("\n".join(lines)), key=lambda event: event["timestamp"])
        self.assertEqual(by_time, wanted)


if __name__ == "__main__":
    unittest.main()

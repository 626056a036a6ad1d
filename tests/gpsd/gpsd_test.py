# SPDX-License-Identifier: MIT
"""The same fixes by two ways: a recorded drive goes into a real gpsd, and out of it through `gpspipe -w` (gpsd's
JSON) and `gpspipe -r` (the receiver's NMEA). `rtpush gps` must make the same positions of both, and the recording's.

usage: gpsd_test.py RTPUSH GPSD GPSPIPE
"""

import json
import pathlib
import queue
import re
import socket
import subprocess
import sys
import threading
import time

RTPUSH, GPSD, GPSPIPE = sys.argv[1:4]
DRIVE = pathlib.Path(__file__).parent / "drive.nmea"
DEADLINE = time.monotonic() + 60


def epochs():
    """The recording, cut before each RMC."""
    return re.findall(rb"\$GPRMC.*?(?=\$GPRMC|\Z)", DRIVE.read_bytes(), re.S)


def expected(epoch):
    """What the RMC of an epoch says: (time, latitude, longitude, heading, km/h)."""
    f = epoch.decode().split("\r\n")[0].split(",")
    degrees = lambda text, whole: int(text[:whole]) + float(text[whole:]) / 60
    at = f"20{f[9][4:6]}-{f[9][2:4]}-{f[9][0:2]}T{f[1][0:2]}:{f[1][2:4]}:{f[1][4:10]}Z"
    latitude = degrees(f[3], 2) * (1 if f[4] == "N" else -1)
    longitude = degrees(f[5], 3) * (1 if f[6] == "E" else -1)
    return at, latitude, longitude, float(f[8]), float(f[7]) * 1.852


class Pipe:
    """A running gpspipe and the lines it has printed."""

    def __init__(self, flag, port):
        self.process = subprocess.Popen(
            [GPSPIPE, flag, f"127.0.0.1:{port}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.lines = []
        self.coming = queue.SimpleQueue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.coming.put(line)
        self.coming.put(None)

    def read_until(self, wanted):
        while not self.lines or wanted not in self.lines[-1]:
            line = self.coming.get(timeout=max(0.1, DEADLINE - time.monotonic()))
            if line is None:
                sys.exit(f"gpspipe ended before {wanted!r} came; it printed {len(self.lines)} lines")
            self.lines.append(line)

    def stop(self):
        self.process.kill()
        self.process.wait()


def start_gpsd(source_port):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    gpsd = subprocess.Popen(
        [GPSD, "-N", "-S", str(port), f"tcp://127.0.0.1:{source_port}"], stderr=subprocess.DEVNULL
    )
    while time.monotonic() < DEADLINE and gpsd.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return gpsd, port
        except ConnectionRefusedError:
            time.sleep(0.05)
    sys.exit("gpsd did not start")


def record():
    """What both gpspipes print while the drive goes by."""
    drive = epochs()
    with socket.create_server(("127.0.0.1", 0)) as source:
        gpsd, port = start_gpsd(source.getsockname()[1])
        pipes = [Pipe("-w", port), Pipe("-r", port)]
        try:
            for pipe in pipes:
                pipe.read_until(b'"WATCH"')
            source.settimeout(20)
            receiver, _ = source.accept()
            with receiver:
                for epoch in drive:
                    receiver.sendall(epoch)
                    time.sleep(0.03)  # gpsd takes sentences that come together for one epoch
                pipes[0].read_until(expected(drive[-1])[0].encode())
                pipes[1].read_until(drive[-1].split(b"\r\n")[0])
                pipes[1].read_until(b"$GPVTG")
        finally:
            for pipe in pipes:
                pipe.stop()
            gpsd.terminate()
            gpsd.wait()
    return [b"".join(pipe.lines) for pipe in pipes]


def positions(recorded, name):
    """rtpush's events, by time."""
    run = subprocess.run(
        [RTPUSH, "gps", "D-7", "--dry-run"], input=recorded, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30
    )
    if run.returncode != 0:
        sys.exit(f"rtpush ends with {run.returncode} on {name}: {run.stderr.decode()}")
    found = {}
    for line in run.stdout.splitlines():
        event = json.loads(line)
        assert event["type"] == "driver_location" and event["driverId"] == "D-7", line
        assert event["timestamp"] not in found, f"{name} has two positions at {event['timestamp']}"
        found[event["timestamp"]] = event["location"]
    return found


def main():
    by_json, by_nmea = record()
    ways = {"gpspipe -w": positions(by_json, "gpspipe -w"), "gpspipe -r": positions(by_nmea, "gpspipe -r")}
    wanted = [expected(epoch) for epoch in epochs()]
    for name, found in ways.items():
        assert sorted(found) == [w[0] for w in wanted], f"{name}: {len(found)} positions of {len(wanted)}: {sorted(found)}"
        for at, latitude, longitude, heading, speed in wanted:
            location = found[at]
            where = f"{name} at {at}: {location}"
            assert abs(location["latitude"] - latitude) < 1e-6, where
            assert abs(location["longitude"] - longitude) < 1e-6, where
            assert abs(location["speed"] - speed) < 0.1, where
            if speed > 0:
                assert abs(location["heading"] - heading) < 0.1, where
    print(f"{len(wanted)} positions, the same by both ways")


main()

# SPDX-License-Identifier: MIT
"""What the server executes for a delivery, a publish and a connect, counted in instructions by callgrind: a number that
does not depend on how fast or how busy the machine is. Above its ceiling something has become slower.

RT_BIN names the folder of the programs, built as they are installed; valgrind must be there.
"""
import http.client
import json
import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "programs"))
import support  # noqa: E402

STREAMS = 200
PUBLISHES = 200
# What was measured, and a tenth more.
CEILINGS = {"delivery": 405, "publish": 36_500, "connect": 36_400}
PATH = support.order_path("O-1")
QUIET_PATH = support.order_path("O-2")
EVENT = json.dumps({"status": "IN_PROGRESS", "completedStops": 5, "totalStops": 10})


class CountedServer(support.Server):
    def command(self):
        self.vgdb = "--vgdb-prefix=" + os.path.join(self.folder.name, "vgdb")
        out = "--callgrind-out-file=" + os.path.join(self.folder.name, "callgrind.out")
        return ["valgrind", "--tool=callgrind", self.vgdb, out, *super().command()]

    def counted(self):
        """Instructions since the start, of all threads."""
        answer = subprocess.run(["callgrind_control", self.vgdb, "-e", str(self.process.pid)], check=True,
                                capture_output=True, text=True, timeout=support.WAIT_S).stdout
        return sum(int(count.replace(",", "")) for count in re.findall(r"Th *\d+ +([\d,]+)", answer))


class InstructionsTest(unittest.TestCase):
    def test_a_delivery_a_publish_and_a_connect_stay_below_their_ceilings(self):
        with CountedServer("--threads", "1", "--heartbeat", "1h") as server:
            warm = server.stream(PATH + "?snapshot=0")
            warm.connected()
            self.publish(server, QUIET_PATH, 20)
            self.publish(server, PATH, 20, warm.next)

            counts = [server.counted()]
            streams = [server.stream(PATH + "?snapshot=0") for _ in range(STREAMS)]
            for stream in streams:
                stream.connected()
            counts.append(server.counted())
            self.publish(server, QUIET_PATH, PUBLISHES)
            counts.append(server.counted())
            # One after the other: what comes meanwhile would share their writes, more or less as the machine likes.
            self.publish(server, PATH, PUBLISHES, lambda: [stream.next() for stream in [warm, *streams]])
            counts.append(server.counted())
            for stream in [warm, *streams]:
                stream.close()

        connects, publishes, deliveries = (after - before for before, after in zip(counts, counts[1:]))
        found = {"delivery": (deliveries - publishes) / (PUBLISHES * (STREAMS + 1)), "publish": publishes / PUBLISHES,
                 "connect": connects / STREAMS}
        print("instructions:", {name: round(count) for name, count in found.items()})
        for name, ceiling in CEILINGS.items():
            self.assertLess(found[name], ceiling, name)

    def publish(self, server, path, count, behind_each=lambda: None):
        headers = support.with_token(server, {"Content-Type": "application/json"}, "admin")
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=support.WAIT_S)
        for _ in range(count):
            connection.request("POST", path, EVENT, headers)
            answer = connection.getresponse()
            answer.read()
            self.assertEqual(answer.status, 200)
            behind_each()
        connection.close()


if __name__ == "__main__":
    unittest.main()

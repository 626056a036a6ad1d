# SPDX-License-Identifier: MIT
"""--store sqlite on a full disk: publishes are 503 and say so, streams live on, and it recovers without a restart.

The disk is a small tmpfs; where it may not be mounted, the test is skipped.
"""
import contextlib
import os
import subprocess
import tempfile
import unittest

from support import Server, eventually, order_path

PAYLOAD = '{"note":"' + "x" * 20_000 + '"}'
EVENTS_MAX = 2_000  # far more than there is room for


@contextlib.contextmanager
def small_disk(size):
    with tempfile.TemporaryDirectory(prefix="rtserve-disk-") as folder:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], capture_output=True)
        if mounted.returncode != 0:
            raise unittest.SkipTest(f"a tmpfs may not be mounted here: {mounted.stderr.decode().strip()}")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


class DiskFullTest(unittest.TestCase):
    def post(self, server, payload):
        return server.request("POST", order_path("O-1"), payload.encode(), {"Content-Type": "application/json"})

    def test_a_full_disk_is_said_and_survived(self):
        with small_disk("6m") as disk, Server("--store", f"sqlite:{disk}/events.db", "--heartbeat", "1s") as server, \
                server.stream(order_path("O-1")) as stream:
            stream.connected()
            ids = []
            answer = None
            for _ in range(EVENTS_MAX):
                answer = self.post(server, PAYLOAD)
                if answer.status != 200:
                    break
                ids.append(answer.json()["id"])
            self.assertEqual(answer.status, 503, "the disk was never full")
            self.assertIn("the disk is full", answer.json()["detail"])
            self.assertTrue(answer.headers["Retry-After"])
            self.assertGreater(len(ids), 20)

            ready = server.admin_request("/readyz")
            self.assertEqual(ready.status, 503)
            self.assertIn("the disk is full", ready.json()["reason"])
            metrics = server.admin_request("/metrics").body.decode()
            self.assertIn("rtserve_store_writable 0", metrics)
            self.assertIn(f"rtserve_store_publishes_failed_total 1\n", metrics)
            self.assertEqual([stream.next().id for _ in ids], ids)
            while not stream.next_block().comments:  # a heartbeat: it lives
                pass

            # Room: what was there besides is moved to a larger disk.
            subprocess.run(["mount", "-o", "remount,size=60m", disk], check=True)
            self.assertTrue(eventually(lambda: server.admin_request("/readyz").status == 200))
            ids.append(self.post(server, PAYLOAD).json()["id"])
            self.assertEqual(stream.next().id, ids[-1])

            server.process.kill()
            server.process.wait()
            server.start()
            with server.stream(order_path("O-1"), {"Last-Event-ID": ids[0]}) as resumed:
                self.assertEqual(resumed.connected().json["missed"], len(ids) - 1)
                self.assertEqual([resumed.next().id for _ in ids[1:]], ids[1:])


if __name__ == "__main__":
    unittest.main()

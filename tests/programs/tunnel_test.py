# SPDX-License-Identifier: MIT
"""A phone goes through a tunnel: nothing gets through either way, without a word. The server notices within two
heartbeats, and the phone's clients resume with nothing lost and nothing twice, whether it comes out with another
address or with the same.

RT_HEARTBEAT and RT_TUNNEL set other numbers of seconds, as 15 and 60.
"""
import os
import re
import socket
import threading
import time
import unittest

import networks
from commands import Command
from support import API, EventStream, Server, StreamEnded, eventually, free_port, order_path

HEARTBEAT_S = int(os.environ.get("RT_HEARTBEAT", "2"))
TUNNEL_S = int(os.environ.get("RT_TUNNEL", "0"))  # at least until the server has noticed
# The server looks at its connections each tenth of a second; the rest is for a busy machine.
LATE_S = 1.5
PATIENCE_S = 30.0
WHY_NOT = networks.why_not()


class RoadServer(Server):
    log_level = "info"


class Follower:
    """A client on the phone that resumes by Last-Event-ID, also when nothing has come for `silence_s`."""

    def __init__(self, tower, server, address, path, silence_s):
        self.numbers, self.resumes, self.stopping = [], [], False
        self.silence_s, self.socket = silence_s, None
        self.thread = threading.Thread(target=self.run, args=(tower, server, address, path))
        self.thread.start()

    def stop(self):
        self.stopping = True
        try:
            if self.socket:
                self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # closed by now
        self.thread.join()

    def run(self, tower, server, address, path):
        headers = {"Authorization": f"Bearer {server.admin}"}
        with tower.phone:
            while not self.stopping:
                try:
                    with socket.create_connection(address, HEARTBEAT_S) as s:
                        self.socket = s
                        self.follow(EventStream(s, path, headers, "1.1"), headers)
                except (OSError, StreamEnded, AssertionError):
                    pass  # once more

    def follow(self, stream, headers):
        while not self.stopping:
            block = stream.next_block(self.silence_s)
            if block.id is not None:
                headers["Last-Event-ID"] = block.id
            if block.data is None:
                continue
            if block.json["type"] == "connected":
                self.resumes.append(block.json["resume"])
            else:
                self.numbers.append(block.json["data"]["n"])


@unittest.skipIf(WHY_NOT, WHY_NOT)
class TunnelTest(unittest.TestCase):
    def setUp(self):
        self.tower = networks.Tower()
        self.addCleanup(self.tower.close)
        self.tower.server.__enter__()
        self.addCleanup(self.tower.server.leave)
        self.published = {"busy": 0, "quiet": 0}

    def publish(self, server, name):
        server.publish(order_path(name), {"n": self.published[name]})
        self.published[name] += 1

    def streams(self, server):
        return server.request("GET", f"{API}/stats").json()["totalClients"]

    def all_came(self, followers, watch):
        lasts = [follower.numbers[-1:] == [self.published[name] - 1] for name, follower in followers.items()]
        return all(lasts) and f'"n": {self.published["busy"] - 1}}}' in "".join(watch.out[-1:])

    def test_with_another_address_clients_resume_once_they_miss_the_heartbeats(self):
        self.resume(self.tower.move_phone, 3 * HEARTBEAT_S)

    def test_with_the_same_address_also_those_resume_who_only_wait_as_a_browser_does(self):
        self.resume(lambda: None, 1000)

    def resume(self, on_the_way, silence_s):
        port = free_port()
        with RoadServer("--heartbeat", f"{HEARTBEAT_S}s", "--listen", f"{networks.SERVER}:{port}") as server:
            address = (networks.SERVER, port)
            followers = {name: Follower(self.tower, server, address, order_path(name), silence_s)
                         for name in self.published}
            with self.tower.phone:
                watch = Command("rtwatch", "order", "busy", "-o", "data", "--retries", "inf",
                                server="http://%s:%d" % address, token=server.admin)
            try:
                with watch:
                    self.drive(server, followers, watch, on_the_way)
            finally:
                for follower in followers.values():
                    follower.stop()
            for name, follower in followers.items():
                self.assertEqual(follower.numbers, list(range(self.published[name])), name)
                self.assertEqual(follower.resumes, ["fresh", "resumed"], name)
            self.assertEqual([int(re.search(r'"n": (\d+)', line)[1]) for line in watch.out],
                             list(range(self.published["busy"])))
            self.assertEqual(server.log_text().count("reason=peer_dead"), 3)

    def drive(self, server, followers, watch, on_the_way):
        self.go_on(server, lambda: self.streams(server) == 3)
        self.publish(server, "quiet")
        self.go_on(server, lambda: self.all_came(followers, watch))

        self.tower.forward(False)
        entered, noticed = time.monotonic(), []
        self.publish(server, "quiet")

        def is_out():
            while len(noticed) < 3 - self.streams(server):
                noticed.append(time.monotonic() - entered)
            return len(noticed) == 3 and time.monotonic() > entered + TUNNEL_S

        self.go_on(server, is_out, PATIENCE_S + TUNNEL_S)
        self.assertLess(max(noticed, default=PATIENCE_S), 2 * HEARTBEAT_S + LATE_S)
        self.publish(server, "quiet")
        on_the_way()
        self.tower.forward(True)
        came_out = time.monotonic()
        self.go_on(server, lambda: self.streams(server) == 3, 3 * PATIENCE_S)
        back = time.monotonic() - came_out
        self.publish(server, "quiet")
        self.assertTrue(eventually(lambda: self.all_came(followers, watch), PATIENCE_S))
        if TUNNEL_S:
            print("\nheartbeat %d s, tunnel %d s: noticed after %s s; all back %.1f s after the tunnel; %s published"
                  % (HEARTBEAT_S, TUNNEL_S, ", ".join(f"{s:.1f}" for s in noticed), back, self.published))

    def go_on(self, server, condition, patience=PATIENCE_S):
        """Publishes, some ten events a second, until the condition is true."""
        deadline = time.monotonic() + patience
        while not condition() and time.monotonic() < deadline:
            self.publish(server, "busy")
            time.sleep(0.1)
        self.assertTrue(condition(), "did not come about")


if __name__ == "__main__":
    unittest.main()

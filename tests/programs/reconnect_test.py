# SPDX-License-Identifier: MIT
"""rtwatch goes on by itself when its connection or the server goes away, and loses nothing without saying so."""
import json
import socket
import threading
import unittest

from commands import Command
from support import Server, driver_path, order_path

CUTS = 4
EVENTS_BETWEEN_CUTS = 40
QUICK = ("--retry-initial", "100ms", "--retry-max", "500ms", "--retries", "inf", "-v")


class Proxy:
    """Passes TCP connections on to a port, and cuts them on demand."""

    def __init__(self, port):
        self.target = ("127.0.0.1", port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.pairs = []
        self.cut_count = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near = self.listener.accept()[0]
            except OSError:
                return
            try:
                far = socket.create_connection(self.target)
            except OSError:
                near.close()
                continue
            with self.lock:
                self.pairs.append((near, far))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self.pump, args=(one, other), daemon=True).start()

    @staticmethod
    def pump(source, target):
        try:
            # Small pieces, so that a cut falls into the middle of an event.
            while some := source.recv(100):
                target.sendall(some)
        except OSError:
            pass
        for s in (source, target):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        """Ends all connections at once, with RST and FIN in turn."""
        with self.lock:
            pairs, self.pairs = self.pairs, []
        self.cut_count += len(pairs)
        for near, far in pairs:
            if self.cut_count % 2:
                near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            for s in (near, far):
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                s.close()

    def close(self):
        self.listener.close()
        self.cut()


class Publisher(threading.Thread):
    """Publishes {"n": 0}, {"n": 1} ... one after the other until told to stop."""

    def __init__(self, server, path):
        super().__init__(daemon=True)
        self.server, self.path = server, path
        self.ids = []
        self.failure = None
        self.is_stopping = threading.Event()

    def run(self):
        try:
            while not self.is_stopping.wait(0.001):
                self.ids.append(self.server.publish(self.path, {"n": len(self.ids)})["id"])
        except Exception as failure:  # told by finish() in the thread of the test
            self.failure = failure

    def finish(self):
        self.is_stopping.set()
        self.join()
        if self.failure:
            raise self.failure
        return self.ids


class ReconnectTest(unittest.TestCase):
    def test_a_server_killed_and_started_again_is_a_gap_and_then_goes_on(self):
        with Server() as server, \
                Command("rtwatch", "driver", "D-7", *QUICK, server=server, token="admin") as watch:
            def publish(latitude):
                server.publish(driver_path("D-7"), {"latitude": latitude, "longitude": 0})

            watch.until_err("(fresh)")
            publish(1)
            watch.until_out(1)
            server.process.kill()
            server.process.wait()
            watch.until_err("trying again")
            server.start()
            watch.until_err("(gap")
            self.assertTrue(watch.until_err("rtwatch: gap: "))
            publish(2)
            lines = watch.until_out(2)
            self.assertEqual([json.loads(line)["data"]["location"]["latitude"] for line in lines], [1, 2])
            self.assertIsNone(watch.process.poll())

    def test_a_connection_cut_again_and_again_loses_nothing_and_repeats_nothing(self):
        with Server() as server:
            proxy = Proxy(server.port)
            self.addCleanup(proxy.close)
            path = order_path("O-1")
            with Command("rtwatch", "order", "O-1", *QUICK, server=f"http://127.0.0.1:{proxy.port}",
                         token=server.admin) as watch:
                watch.until_err("(fresh)")
                publisher = Publisher(server, path)
                publisher.start()
                for cut in range(1, CUTS + 1):
                    watch.until_out(len(watch.out) + EVENTS_BETWEEN_CUTS)
                    proxy.cut()
                    watch.until_err("(resumed", cut)
                ids = publisher.finish()
                watch.until_out(len(ids))
                self.assertEqual(proxy.cut_count, CUTS)
                lines = [json.loads(line) for line in watch.out]
                self.assertEqual([line["data"]["data"]["n"] for line in lines], list(range(len(ids))))
                self.assertEqual([line["id"] for line in lines], ids)
                self.assertFalse([line for line in watch.err if "gap" in line])

    def test_what_was_published_while_it_was_away_is_counted_and_delivered(self):
        with Server() as server:
            proxy = Proxy(server.port)
            self.addCleanup(proxy.close)
            with Command("rtwatch", "order", "O-2", "--notices", *QUICK, server=f"http://127.0.0.1:{proxy.port}",
                         token=server.admin) as watch:
                watch.until_out(1)
                target, proxy.target = proxy.target, ("127.0.0.1", 1)
                proxy.cut()
                watch.until(lambda: any('"reconnecting"' in line for line in watch.out), "reconnecting")
                for n in range(3):
                    server.publish(order_path("O-2"), {"n": n})
                proxy.target = target
                watch.until(lambda: sum('"data"' in line for line in watch.out) == 3, "the three events")
                lines = [json.loads(line) for line in watch.out]
                connected = [line for line in lines if line.get("notice") == "connected"]
                self.assertEqual([(line["resume"], line.get("missed")) for line in connected],
                                 [("fresh", None), ("resumed", 3)])
                self.assertEqual([line["data"]["data"]["n"] for line in lines if "data" in line], [0, 1, 2])


if __name__ == "__main__":
    unittest.main()

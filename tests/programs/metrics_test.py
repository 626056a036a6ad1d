# SPDX-License-Identifier: MIT
"""The metrics count what happened, by kind and reason, and Prometheus finds nothing to say against their names."""
import re
import shutil
import subprocess
import time
import unittest

from support import API, Server, driver_path, eventually, order_path, run_path

NDJSON = {"Content-Type": "application/x-ndjson"}
JSON = {"Content-Type": "application/json"}
LARGE = '{"x":"%s"}' % ("x" * 20_000)


class MetricsTest(unittest.TestCase):
    def scrape(self, server):
        """Values by name and labels: rtserve_gaps_total{reason="cut"}."""
        text = server.admin_request("/metrics").body.decode()
        return {name: float(value) for name, value in re.findall(r"(?m)^([^#\s]\S*) (\S+)$", text)}

    def expect(self, server, **wanted):
        """Waits until they are so; `kind__reason` of a name stands for its labels."""
        def found():
            metrics = self.scrape(server)
            return {name: metrics.get(name) for name in wanted}
        eventually(lambda: found() == wanted)
        self.assertEqual(found(), wanted)

    def rejected(self, server):
        return {tuple(re.findall('"([^"]*)"', name)): value for name, value in self.scrape(server).items()
                if name.startswith("rtserve_events_rejected_total") and value}

    def test_publishes_are_counted_by_kind_and_result(self):
        with Server("--publish-rate", "20", "--max-event-bytes", "1k") as server:
            driver = server.token("--sub", "D-1", "--role", "driver")
            server.publish(run_path("M-1"), {"status": "X"})
            server.request("POST", order_path("M-1"), "no JSON", JSON)
            server.request("POST", driver_path("M-1"), '{"latitude":91,"longitude":1}', JSON)
            server.request("POST", run_path("M-1"), "{}", JSON, token=driver)
            self.assertEqual(self.rejected(server), {("order", "malformed"): 1, ("driver", "invalid"): 1,
                                                     ("run", "forbidden"): 1})
            lines = ['{"type":"order_update","orderId":"M-2","data":{}}',
                     '{"type":"order_update","orderId":"M-2","data":{"x":"%s"}}' % ("x" * 2000),
                     "no JSON", '{"type":"run_update","runId":"M-2","data":{}}'] + 40 * ['{"type":"run_update","runId":"M","data":{}}']
            self.assertEqual(server.request("POST", f"{API}/events", "\n".join(lines), NDJSON).status, 200)
            self.assertEqual(server.request("POST", order_path("M-2"), "{}", JSON).status, 429)
            metrics = self.scrape(server)
            accepted = {kind: metrics[f'rtserve_events_published_total{{kind="{kind}"}}'] for kind in ("order", "run", "driver")}
            self.assertEqual(accepted, {"order": 1, "run": 42, "driver": 0})
            self.assertEqual(self.rejected(server), {
                ("order", "malformed"): 1, ("driver", "invalid"): 1, ("run", "forbidden"): 1, ("order", "limited"): 1,
                ("unknown", "malformed"): 1, ("unknown", "too_large"): 1})
            self.assertEqual(metrics['rtserve_limited_total{limit="publish-rate"}'], 1)

    def test_the_way_of_an_event_to_its_readers_is_timed_once_for_a_shard_that_has_some(self):
        with Server("--threads", "1") as server:
            streams = [server.stream(order_path("M-3")) for _ in range(3)]
            for stream in streams:
                stream.connected()
            for _ in range(5):
                server.publish(order_path("M-3"), {})
                server.publish(order_path("M-4"), {})
            for stream in streams:
                for _ in range(5):
                    stream.next()
            self.expect(server, rtserve_delivery_latency_seconds_count=5, rtserve_deliveries_total=15)
            metrics = self.scrape(server)
            self.assertEqual(metrics['rtserve_delivery_latency_seconds_bucket{le="10"}'], 5)
            self.assertLess(metrics["rtserve_delivery_latency_seconds_sum"], 5 * 10)
            for stream in streams:
                stream.close()

    def test_a_slow_stream_shows_in_lag_and_then_in_gaps(self):
        with Server("--threads", "1", "--retain-events", "50") as server:
            with server.stream(order_path("M-5"), receive_buffer=4096) as slow:
                slow.connected()
                self.expect(server, rtserve_streams_blocked=0, rtserve_stream_lag_max_events=0)
                for _ in range(500):
                    server.publish(order_path("M-5"), LARGE)
                    if self.scrape(server)["rtserve_streams_blocked"]:
                        break
                server.publish(order_path("M-5"), LARGE)
                self.assertTrue(eventually(lambda: self.scrape(server)["rtserve_stream_lag_max_events"] >= 1))
                self.assertTrue(eventually(lambda: self.scrape(server)["rtserve_stream_lag_max_seconds"] > 0.5))
                for _ in range(100):
                    server.publish(order_path("M-5"), LARGE)
                while slow.next().json["type"] != "gap":
                    pass
                self.assertTrue(eventually(lambda: self.scrape(server)['rtserve_gaps_total{reason="slow"}'] >= 1))
                self.assertEqual(self.scrape(server)['rtserve_gaps_total{reason="cut"}'], 0)
                server.publish(order_path("M-5"), '{"last":true}')
                while slow.next().json.get("data") != {"last": True}:
                    pass
                self.expect(server, rtserve_streams_blocked=0, rtserve_stream_lag_max_events=0,
                            rtserve_stream_lag_max_seconds=0)

    def test_the_process_is_there_as_in_every_exporter(self):
        with Server() as server:
            before = self.scrape(server)
            streams = [server.stream(order_path("M-6")) for _ in range(10)]
            after = self.scrape(server)
            self.assertGreaterEqual(after["process_open_fds"], before["process_open_fds"] + 10)
            self.assertLess(after["process_open_fds"], after["process_max_fds"])
            self.assertGreater(after["process_resident_memory_bytes"], 1_000_000)
            self.assertGreater(after["process_virtual_memory_bytes"], after["process_resident_memory_bytes"])
            self.assertGreater(after["process_cpu_seconds_total"], 0)
            self.assertAlmostEqual(after["process_start_time_seconds"], time.time(), delta=120)
            for stream in streams:
                stream.close()

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
    def test_promtool_finds_nothing_to_say(self):
        with Server() as server:
            done = subprocess.run(["promtool", "check", "metrics"], input=server.admin_request("/metrics").body,
                                  capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))


if __name__ == "__main__":
    unittest.main()

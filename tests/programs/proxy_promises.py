# SPDX-License-Identifier: MIT
"""What holds behind every proxy whose example is in deploy/. A test of a proxy brings `front()`, which starts it."""
import json
import signal
import subprocess

from commands import PATIENCE_S, Command, run
from proxy_support import GuidedInstance, GuidedRedis, Machine
from support import eventually, order_path

WATCHERS = 4
CHUNK = 100


class ProxyPromises:
    @classmethod
    def setUpClass(cls):
        cls.machine = Machine()
        cls.addClassCleanup(cls.machine.clean_up)
        cls.redis = GuidedRedis(cls.machine)
        cls.addClassCleanup(cls.redis.stop)
        cls.a = cls.enterClassContext(GuidedInstance(cls.machine, cls.redis))
        cls.b = cls.enterClassContext(GuidedInstance(cls.machine, cls.redis, peer=cls.a))
        cls.proxy = cls.front(cls.machine, [cls.a, cls.b])
        cls.addClassCleanup(cls.proxy.stop)

    def test_each_event_comes_before_the_next_is_published(self):
        with self.proxy.stream(order_path("P-1")) as stream:
            stream.connected()
            for n in range(3):
                self.proxy.publish(order_path("P-1"), {"n": n})
                self.assertEqual(stream.next().json["data"], {"n": n})

    def test_http_2_carries_streams_too(self):
        with Command("/usr/bin/curl", "-sSN", "--http2", "--cacert", self.machine.crt, "-H", "Authorization: Bearer "
                     + self.proxy.admin, "-D", "-", self.proxy.url + order_path("P-2")) as curl:
            curl.until(lambda: any("connected" in line for line in curl.out), "connected")
            self.assertTrue(curl.out[0].startswith("HTTP/2 200"), curl.out)
            self.proxy.publish(order_path("P-2"), {"n": 1})
            curl.until(lambda: any('{"n": 1}' in line for line in curl.out), "the event")

    def test_heartbeats_outlast_the_proxys_time_for_silence(self):
        with self.proxy.stream(order_path("P-3")) as stream:
            stream.connected()
            stream.comments.clear()
            while len(stream.comments) < 4:  # a second each, and the proxy's time is three
                stream.next_block()

    def test_the_client_is_whom_the_proxy_names_and_not_whom_it_claims_to_be(self):
        with self.proxy.stream(order_path("P-4"), {"X-Forwarded-For": "192.0.2.1"}, source="127.0.0.2") as stream:
            stream.connected()
            logs = lambda: self.a.log_text() + self.b.log_text()
            self.assertTrue(eventually(lambda: "client=127.0.0.2 " in logs()), logs())
            self.assertNotIn("192.0.2.1", logs())

    def test_an_instance_stops_and_is_killed_and_its_clients_go_on_at_the_other(self):
        for instance in (self.a, self.b):
            self.assertTrue(self.is_asked(instance))
        client = {"server": self.proxy.url, "token": self.proxy.admin, "env": {"RT_CACERT": self.machine.crt}}
        topic = ["topic", "orders/M-1", "-o", "ndjson", "--retries", "inf", "--retry-max", "2"]
        watchers = [self.enterContext(Command("rtwatch", *topic, **client)) for _ in range(WATCHERS)]
        for watcher in watchers:
            watcher.until_err("connected")
        for instance in (self.a, self.b):
            self.assertTrue(eventually(lambda: instance.count("rtserve_streams") > 0, PATIENCE_S), "nobody is there")
        counts = lambda: run("rtstat", "--scope", "cluster", **client).out
        self.assertTrue(eventually(lambda: f'"totalClients":{WATCHERS}}}' in counts(), PATIENCE_S), counts())
        push = self.enterContext(Command("rtpush", "raw", stdin=subprocess.PIPE, **client))
        feed = Feed(push, watchers)

        feed.go_on()
        self.a.process.send_signal(signal.SIGTERM)
        feed.go_on()
        self.assertEqual(self.a.stop(), 0)
        self.a.start()
        feed.go_on()
        self.assertTrue(self.is_asked(self.a))  # else the proxy would be left with none
        self.b.process.kill()
        feed.go_on()
        self.b.process.wait()
        self.b.start()
        feed.go_on()

        push.process.stdin.close()
        self.assertEqual(push.finish(), 0, push)
        for watcher in watchers:
            events = [json.loads(line) for line in watcher.until_out(feed.sent)]
            self.assertEqual([event["data"]["data"]["n"] for event in events], list(range(feed.sent)))
            self.assertFalse([line for line in watcher.err if "gap" in line])

    def is_asked(self, instance):
        """Does the proxy, which may have noticed it away in another test, send something there?"""
        before = instance.count("rtserve_requests_total")
        ask = lambda: self.proxy.publish(order_path("P-6"), {})
        return eventually(lambda: ask() and instance.count("rtserve_requests_total") > before, PATIENCE_S)

    def test_a_repeated_publish_with_a_key_is_one_event_on_any_instance(self):
        with self.proxy.stream(order_path("K-1")) as stream:
            stream.connected()
            ids = {self.proxy.publish(order_path("K-1"), {"n": 1}, "k-1") for _ in range(4)}
            self.assertEqual(len(ids), 1)
            self.proxy.publish(order_path("K-1"), {"n": 2})
            self.assertEqual([stream.next().json["data"]["n"] for _ in range(2)], [1, 2])


class RepeatingProxyPromises(ProxyPromises):
    """Of a proxy that asks the other instance when one does not answer."""

    def test_a_publish_that_one_instance_does_not_answer_is_repeated_at_the_other_where_it_has_a_key(self):
        before = self.a.count("rtserve_requests_total")
        with self.b.stream(order_path("K-2")) as stream:
            stream.connected()
            self.a.process.send_signal(signal.SIGSTOP)
            try:
                keyed = {}
                self.assertTrue(eventually(lambda: self.publish_keyed(keyed) and self.proxy.has_repeated(), PATIENCE_S))
                self.assertTrue(eventually(lambda: self.proxy.post(order_path("K-3"), b"{}").status == 504, PATIENCE_S))
            finally:
                self.a.process.send_signal(signal.SIGCONT)
            # What nginx has given up is read now: a key that is known, and an event that nobody repeated.
            self.assertTrue(eventually(lambda: self.a.count("rtserve_requests_total") >= before + 2, PATIENCE_S))
            self.proxy.publish(order_path("K-2"), {"key": "end"})
            self.assertEqual([stream.next().json["data"]["key"] for _ in range(len(keyed) + 1)], [*keyed, "end"])

    def publish_keyed(self, keyed):
        key = f"key-{len(keyed)}"
        keyed[key] = self.proxy.publish(order_path("K-2"), {"key": key}, key)
        return True


class Feed:
    """Numbered events for rtpush, a chunk at a time."""

    def __init__(self, push, watchers):
        self.push, self.watchers, self.sent = push, watchers, 0

    def go_on(self):
        """Returns once every watcher has seen what was sent by the last call."""
        before = self.sent
        for self.sent in range(self.sent + 1, self.sent + CHUNK + 1):
            event = {"type": "order_update", "orderId": "M-1", "data": {"n": self.sent - 1}}
            self.push.process.stdin.write(json.dumps(event).encode() + b"\n")
            self.push.process.stdin.flush()
        for watcher in self.watchers:
            try:
                watcher.until_out(before)
            except AssertionError as error:
                raise AssertionError(f"{error}\nrtpush: {self.push}") from error

# SPDX-License-Identifier: MIT
"""--store on a Redis whose stream was flushed, trimmed or lost: who may have missed something is told, on every instance.

And a link that is up but brings nothing is noticed, whichever of its connections is at fault.
"""
import os
import re
import select
import signal
import socket
import tempfile
import threading
import unittest

from redis_support import Instance, Redis, parse
from support import eventually, order_path

PATH = order_path("O-1")


class RedisCutTest(unittest.TestCase):
    def test_after_flushall_all_streams_are_told_and_go_on(self):
        with Redis() as redis, Instance(redis) as a, Instance(redis, peer=a) as b:
            with a.stream(PATH) as on_a, b.stream(PATH) as on_b:
                on_a.connected(), on_b.connected()
                old = a.publish(PATH, "{}")["id"]
                self.assertEqual([on_a.next().id, on_b.next().id], [old, old])
                redis.ask("FLUSHALL")
                for stream in (on_a, on_b):
                    self.assertEqual(stream.next().json, {"type": "gap", "reason": "cut"})
                answer = {}
                eventually(lambda: answer.update(last=b.try_publish(PATH)[0]) or answer["last"].status == 200)
                new = answer["last"].json()["id"]
                self.assertEqual([on_a.next().id, on_b.next().id], [new, new])
            for instance in (a, b):
                with instance.stream(PATH, {"Last-Event-ID": old}) as late:
                    self.assertEqual(late.connected().json["resume"], "gap")

    def test_what_was_trimmed_while_an_instance_was_stopped_is_a_gap_there_and_only_there(self):
        with Redis() as redis, Instance(redis) as a, Instance(redis, peer=a) as b:
            with a.stream(PATH) as on_a, b.stream(PATH) as on_b:
                on_a.connected(), on_b.connected()
                first = a.publish(PATH, "{}")["id"]
                self.assertEqual([on_a.next().id, on_b.next().id], [first, first])
                a.process.send_signal(signal.SIGSTOP)
                ids = [b.publish(PATH, "{}")["id"] for _ in range(20)]
                self.assertEqual([on_b.next().id for _ in ids], ids)
                redis.ask("XTRIM", "rtserve:events", "MAXLEN", "5")
                a.process.send_signal(signal.SIGCONT)
                # Redis had served the first of them before it was trimmed, perhaps.
                blocks = [on_a.next()]
                while blocks[-1].id != ids[-1]:
                    blocks.append(on_a.next())
                self.assertEqual([b.id for b in blocks if b.json["type"] != "gap"][-5:], ids[-5:])
                self.assertEqual([b.json for b in blocks if b.json["type"] == "gap"], [{"type": "gap", "reason": "cut"}])
                ids.append(a.publish(PATH, "{}")["id"])
                self.assertEqual([on_a.next().id, on_b.next().id], [ids[-1]] * 2)

    def test_a_client_moves_on_after_a_trim_of_what_it_has_read(self):
        with Redis() as redis, Instance(redis) as a:
            ids = [a.publish(PATH, "{}")["id"] for _ in range(10)]
            redis.ask("XTRIM", "rtserve:events", "MAXLEN", "4")
            with Instance(redis, peer=a) as late:
                with late.stream(PATH, {"Last-Event-ID": ids[6]}) as stream:
                    self.assertEqual(stream.connected().json["missed"], 3)
                    self.assertEqual([stream.next().id for _ in range(3)], ids[7:])
                with late.stream(PATH, {"Last-Event-ID": ids[2]}) as stream:
                    self.assertEqual(stream.connected().json["resume"], "gap")


class Relay(threading.Thread):
    """Between rtserve and Redis: `route(n)` says which Redis the nth connection goes to. While `swallow` is set, nothing
    comes back from Redis, and nobody closes anything: a peer that went away without a word. `alter` is what becomes of
    the bytes that come back."""

    def __init__(self, route):
        super().__init__(daemon=True)
        self.folder = tempfile.TemporaryDirectory(prefix="rt-relay-")
        self.path = os.path.join(self.folder.name, "relay.sock")
        self.route, self.swallow, self.alter = route, threading.Event(), lambda some: some
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(64)
        self.peers, self.from_redis = {}, set()
        self.accepted = 0
        self.start()

    def run(self):
        while True:
            ready, _, _ = select.select([self.listener, *self.peers], [], [], 0.05)
            for one in ready:
                if one is self.listener:
                    self.accept()
                elif one in self.peers:
                    self.pass_on(one)

    def accept(self):
        client, _ = self.listener.accept()
        server = socket.socket(socket.AF_UNIX)
        self.accepted += 1
        try:
            server.connect(self.route(self.accepted - 1))
        except OSError:
            client.close()
            server.close()
            return
        self.peers[client], self.peers[server] = server, client
        self.from_redis.add(server)

    def pass_on(self, one):
        try:
            some = one.recv(65536)
        except OSError:
            some = b""
        other = self.peers[one]
        try:
            if some and not (one in self.from_redis and self.swallow.is_set()):
                other.sendall(self.alter(some) if one in self.from_redis else some)
        except OSError:
            some = b""
        if not some:
            for end in (one, other):
                self.peers.pop(end, None)
                end.close()


class RedisDeafTest(unittest.TestCase):
    def test_a_peer_that_went_away_without_a_word_is_noticed_and_nothing_is_lost(self):
        with Redis() as redis:
            relay = Relay(lambda n: redis.socket_path)
            with Instance(redis, url=f"unix:{relay.path}") as server, server.stream(PATH) as stream:
                stream.connected()
                server.publish(PATH, "{}")
                stream.next()
                relay.swallow.set()
                self.assertTrue(eventually(lambda: not server.is_ready()))
                self.assertIn("Redis does not answer", server.reason())
                redis.ask("XADD", "rtserve:events", "*", "topic", "orders/O-1", "data", '{"n":1}')
                relay.swallow.clear()
                self.assertTrue(eventually(server.is_ready))
                self.assertEqual(stream.next().json["data"], {"n": 1})

    def test_a_link_whose_ends_are_two_servers_is_never_taken_for_well(self):
        with Redis() as one, Redis() as other:
            # The first is for what the store held; then each link is one connection to read and one to write.
            split = threading.Event()
            relay = Relay(lambda n: (other if split.is_set() and n % 2 == 0 else one).socket_path)
            with Instance(one, url=f"unix:{relay.path}") as server:
                server.publish(PATH, "{}")
                split.set()
                one.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                self.assertTrue(eventually(lambda: "does not come back" in server.reason(), 30.0))
                self.assertEqual(server.try_publish(PATH)[0].status, 503)
                split.clear()
                self.assertTrue(eventually(server.is_ready, 30.0))
                server.publish(PATH, "{}")

    def test_who_comes_with_an_id_that_a_deaf_instance_has_not_seen_is_sent_back_and_then_resumes(self):
        with Redis() as redis, Instance(redis) as a:
            relay = Relay(lambda n: redis.socket_path)
            with Instance(redis, url=f"unix:{relay.path}", peer=a) as b:
                relay.swallow.set()
                last = a.publish(PATH, "{}")["id"]
                # Whether it has noticed yet or not.
                for _ in range(2):
                    with b.stream(PATH, {"Last-Event-ID": last}) as stream:
                        self.assertEqual(stream.status, 200)
                        self.assertEqual(stream.read_to_end(), [])
                        self.assertEqual(len(stream.retries), 1)
                    self.assertTrue(eventually(lambda: not b.is_ready()))
                relay.swallow.clear()
                self.assertTrue(eventually(b.is_ready))
                missed = a.publish(PATH, "{}")["id"]
                with b.stream(PATH, {"Last-Event-ID": last}) as stream:
                    self.assertEqual(stream.connected().json["resume"], "resumed")
                    self.assertEqual(stream.next().id, missed)
                with b.stream(PATH, {"Last-Event-ID": "99999999999999-0"}) as stream:
                    self.assertEqual(stream.connected().json["resume"], "gap")

    def test_ids_go_on_above_those_of_before_when_the_clock_of_redis_goes_back(self):
        ahead_ms = 3_600_000

        def ahead(some):
            # The first that a page of the stream says is the time.
            return re.sub(rb"(?<=^\*9\r\n:)[0-9]{13}", lambda ms: b"%d" % (int(ms[0]) + ahead_ms), some)

        with Redis() as redis:
            relay = Relay(lambda n: redis.socket_path)
            relay.alter = ahead
            with Instance(redis, url=f"unix:{relay.path}") as server, server.stream(PATH) as stream:
                stream.connected()
                first = server.publish(PATH, "{}")["id"]
                self.assertEqual(stream.next().id, first)
                redis.kill()
                relay.alter = lambda some: some
                redis.start()
                self.assertEqual(stream.next(30.0).json, {"type": "gap", "reason": "cut"})
                self.assertTrue(eventually(server.is_ready))
                later = server.publish(PATH, "{}")["id"]
                self.assertGreaterEqual(parse(later)[0], parse(first)[0] + ahead_ms)
                self.assertEqual(stream.next().id, later)


if __name__ == "__main__":
    unittest.main()

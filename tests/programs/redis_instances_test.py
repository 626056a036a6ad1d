# SPDX-License-Identifier: MIT
"""Several instances on one Redis are one service: one order everywhere, and a client may go on at any of them.

RT_EVENTS, RT_SUBSCRIBERS: how many; RT_ROUNDS: how often an instance is killed.
"""
import hashlib
import os
import random
import re
import select
import selectors
import threading
import time
import unittest

import redis_support
from redis_support import Instance, Publisher, Redis, acknowledged, by_order, check_promises, read_until
from support import API, StreamEnded, eventually

EVENTS = int(os.environ.get("RT_EVENTS", "3200"))
SUBSCRIBERS = int(os.environ.get("RT_SUBSCRIBERS", "60"))
ROUNDS = int(os.environ.get("RT_ROUNDS", "5"))
PUBLISHERS = 16
EVENT_ID = re.compile(rb"^id: ([0-9-]+)\ndata: ", re.M)
ORDERS = f"{API}/stream?topic=orders/*&snapshot=0"


class Seen:
    """What one stream brought: how many events, and a digest of their ids in order; of one stream, the ids."""

    def __init__(self, keeps_ids):
        self.count, self.digest, self.ids = 0, hashlib.blake2b(), [] if keeps_ids else None

    def take(self, text):
        if b'"type":"gap"' in text:
            raise AssertionError("a gap")
        ids = EVENT_ID.findall(text)
        self.count += len(ids)
        self.digest.update(b" ".join(ids) + b" ")
        if self.ids is not None:
            self.ids += ids


def read_all(streams, count):
    """Of each stream what its first `count` events were; reads all of them together."""
    seen = {stream: Seen(keeps_ids=stream is streams[0]) for stream in streams}
    deadline = time.monotonic() + redis_support.PATIENCE_S * 10
    with selectors.DefaultSelector() as waiting:
        for stream in streams:
            waiting.register(stream.socket, selectors.EVENT_READ, stream)
        while waiting.get_map():
            for key, _ in waiting.select(1.0):
                stream = key.data
                stream.receive(deadline)
                stream.decode()
                whole, end, rest = stream.text.rpartition(b"\n\n")
                seen[stream].take(whole + end)
                stream.text = rest
                if seen[stream].count >= count:
                    waiting.unregister(stream.socket)
            assert time.monotonic() < deadline, sorted({one.count for one in seen.values()})
    return [seen[stream] for stream in streams]


class RedisInstancesTest(unittest.TestCase):
    def test_every_subscriber_of_every_instance_sees_the_same_events_in_the_same_order(self):
        with Redis() as redis, Instance(redis) as a, Instance(redis, peer=a) as b, Instance(redis, peer=a) as c:
            instances = [a, b, c]
            streams = [instances[n % 3].stream(ORDERS) for n in range(SUBSCRIBERS)]
            for stream in streams:
                stream.connected()
            publishers = [Publisher(instances[n % 3:n % 3 + 1], f"P-{n}", EVENTS // PUBLISHERS)
                          for n in range(PUBLISHERS)]
            begin = time.monotonic()
            for publisher in publishers:
                publisher.start()
            total = EVENTS // PUBLISHERS * PUBLISHERS
            seen = read_all(streams, total)
            print(f"{total} events to {SUBSCRIBERS} subscribers in {time.monotonic() - begin:.1f} s")
            given = set()
            for publisher in publishers:
                given.update(publisher.wait())
            ids = [event_id.decode() for event_id in seen[0].ids]
            self.assertEqual(set(ids), given)
            self.assertEqual(ids, sorted(given, key=redis_support.parse))
            for one in seen:
                self.assertEqual((one.count, one.digest.digest()), (total, seen[0].digest.digest()))
            for stream in streams:
                stream.close()

    def test_a_subscriber_that_moves_from_instance_to_instance_under_load_misses_and_repeats_nothing(self):
        with Redis() as redis, Instance(redis) as a, Instance(redis, peer=a) as b, Instance(redis, peer=a) as c:
            instances = [a, b, c]
            publishers = [Publisher(instances, f"P-{n}") for n in range(8)]
            blocks, last_id, missed = [], None, 0
            with a.stream(ORDERS) as stream:
                last_id = stream.connected().id
            for publisher in publishers:
                publisher.start()
            draw = random.Random(5)
            for move in range(100):
                with instances[move % 3].stream(ORDERS, {"Last-Event-ID": last_id}) as stream:
                    connected = stream.connected()
                    self.assertEqual(connected.json["resume"], "resumed", connected)
                    missed += connected.json["missed"]
                    for _ in range(draw.randrange(1, 30)):
                        blocks.append(stream.next())
                    last_id = blocks[-1].id
            for publisher in publishers:
                publisher.finish()
            total = len(acknowledged(publishers))
            with b.stream(ORDERS, {"Last-Event-ID": last_id}) as stream:
                stream.connected()
                blocks += read_until(stream, lambda rest: len(by_order(blocks)) + len(rest) >= total)
            self.assertGreater(missed, 0)
            check_promises(self, by_order(blocks), publishers)

    def test_instances_that_are_killed_at_random_lose_nothing_that_was_acknowledged(self):
        seed = random.randrange(2**32)
        draw = random.Random(seed)
        with self.subTest(seed=seed), Redis() as redis, Instance(redis) as a, Instance(redis, peer=a) as b:
            instances = [a, b]
            publishers = [Publisher(instances, f"P-{n}") for n in range(PUBLISHERS)]
            with b.stream(ORDERS) as stream:
                last_id = stream.connected().id
            reader = Reader(instances, last_id)
            reader.start()
            for publisher in publishers:
                publisher.start()
            for _ in range(ROUNDS):
                time.sleep(draw.random() * 0.3)
                victim = draw.choice(instances)
                victim.process.kill()
                victim.process.wait()
                victim.start()
            for publisher in publishers:
                publisher.finish()
            reader.read_until(len(acknowledged(publishers)))
            check_promises(self, by_order(reader.blocks), publishers)


class Reader(threading.Thread):
    """Follows all orders, on the next instance whenever its stream breaks, as an EventSource does."""

    def __init__(self, instances, last_id):
        super().__init__(daemon=True)
        self.instances, self.last_id = instances, last_id
        self.blocks, self.failure, self.wanted = [], None, None

    def run(self):
        turn = 0
        while self.failure is None and (self.wanted is None or len(self.blocks) < self.wanted):
            turn += 1
            try:
                with self.instances[turn % 2].stream(ORDERS, {"Last-Event-ID": self.last_id}) as stream:
                    self.follow(stream)
            except (OSError, StreamEnded):
                time.sleep(0.02)
            except AssertionError as error:
                # A connection that ends before its head came is one more that breaks.
                if "no response head" not in str(error):
                    self.failure = error

    def follow(self, stream):
        connected = stream.connected()
        if connected.json["resume"] != "resumed":
            raise AssertionError(connected)
        while self.wanted is None or len(self.blocks) < self.wanted:
            if not select.select([stream.socket], [], [], 0.2)[0] and b"\n\n" not in stream.text:
                continue
            block = stream.next_block()
            if block.data is None:
                continue
            self.blocks.append(block)
            self.last_id = block.id

    def read_until(self, count):
        self.wanted = count
        assert eventually(lambda: not self.is_alive(), redis_support.PATIENCE_S), f"{len(self.blocks)} of {count}"
        if self.failure:
            raise self.failure


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""--store on a Redis that keeps what it acknowledged: killed at random moments under 16 publishers, the server, Redis or
both, what was acknowledged is there and is resumed by an rtwatch that waits, once and in order.

RT_ROUNDS: how often something is killed.
"""
import json
import os
import random
import time
import unittest

from commands import Command
from redis_support import PATIENCE_S, Instance, Publisher, Redis, acknowledged, check_promises
from support import eventually

ROUNDS = int(os.environ.get("RT_ROUNDS", "5"))
PUBLISHERS = 16


class RedisRestartTest(unittest.TestCase):
    def test_killed_again_and_again_it_loses_and_repeats_nothing_that_was_acknowledged(self):
        seed = random.randrange(2**32)
        draw = random.Random(seed)
        with self.subTest(seed=seed), Redis(*Redis.DURABLE) as redis, Instance(redis) as server:
            publishers = [Publisher([server], f"P-{n}") for n in range(PUBLISHERS)]
            with Command("rtwatch", "topic", "orders/*", "--notices", "--retries", "inf", "--retry-initial", "20ms",
                         "--retry-max", "100ms", server=server, token="admin") as watch:
                watch.until_out(1)
                for publisher in publishers:
                    publisher.start()
                begin, longest_s = time.monotonic(), 0.0
                for _ in range(ROUNDS):
                    self.await_events(publishers, draw.randrange(1, 200))
                    time.sleep(draw.random() * 0.005)
                    longest_s = max(longest_s, self.kill(draw.choice(((server,), (redis,), (redis, server)))))
                for publisher in publishers:
                    publisher.finish()
                total = len(acknowledged(publishers))
                print(f"{ROUNDS} times killed, {total} events acknowledged in {time.monotonic() - begin:.0f} s, "
                      f"{sum(len(p.refused_s) for p in publishers)} refused; longest start {longest_s:.1f} s")
                watch.until(lambda: sum('"data"' in line for line in watch.out) >= total, f"{total} events")
                self.check([json.loads(line) for line in watch.out], publishers)

    def await_events(self, publishers, count):
        wanted = sum(len(p.ids) for p in publishers) + count
        self.assertTrue(eventually(lambda: sum(len(p.ids) for p in publishers) >= wanted, PATIENCE_S),
                        "nobody publishes")

    def kill(self, victims):
        """How long they took to start again."""
        for victim in victims:
            victim.process.kill()
            victim.process.wait()
        begin = time.monotonic()
        for victim in victims:
            victim.start()
        return time.monotonic() - begin

    def check(self, lines, publishers):
        notices = [line for line in lines if "notice" in line]
        self.assertFalse([n for n in notices if n["notice"] == "gap" or n.get("resume") == "gap"])
        events = [line for line in lines if "data" in line]
        check_promises(self, [(e["data"]["orderId"], e["data"]["data"]["n"], e["id"]) for e in events], publishers)


if __name__ == "__main__":
    unittest.main()

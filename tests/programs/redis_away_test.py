# SPDX-License-Identifier: MIT
"""--store on a Redis that is away: publishes are 503 at once, streams live on, and nothing is lost or comes twice."""
import os
import signal
import time
import unittest

from redis_support import Instance, Publisher, Redis, acknowledged, by_order, check_promises, read_until
from support import API, Server, eventually, order_path

PUBLISHERS = 16
AWAY_S = float(os.environ.get("RT_AWAY_S", "2"))
ORDERS = f"{API}/stream?topic=orders/*"


class RedisAwayTest(unittest.TestCase):
    def under_load(self, disturb, *options):
        """Runs `disturb` while 16 publish and one listens; checks what all were promised."""
        with Redis(*options) as redis, Instance(redis, "--heartbeat", "1s") as server, server.stream(ORDERS) as stream:
            self.assertEqual(stream.connected().json["resume"], "fresh")
            publishers = [Publisher([server], f"P-{i}") for i in range(PUBLISHERS)]
            for publisher in publishers:
                publisher.start()
            self.assertTrue(eventually(lambda: all(len(p.ids) > 3 for p in publishers)))
            disturb(redis, server)
            before = [len(p.ids) for p in publishers]
            self.assertTrue(eventually(lambda: all(len(p.ids) > n + 3 for p, n in zip(publishers, before)), 60.0))
            for publisher in publishers:
                publisher.finish()
            self.assertTrue(eventually(server.is_ready))
            total = len(acknowledged(publishers))
            blocks = read_until(stream, lambda blocks: len(by_order(blocks)) >= total)
            self.assertFalse([b for b in blocks if b.json["type"] == "gap"])
            check_promises(self, by_order(blocks), publishers)
            return [s for p in publishers for s in p.refused_s]

    def test_a_silent_redis_is_answered_for_with_503_and_nothing_is_lost(self):
        def disturb(redis, server):
            with server.stream(order_path("quiet")) as quiet:
                quiet.connected()
                redis.pause()
                self.assertTrue(eventually(lambda: not server.is_ready()))
                self.assertIn("Redis does not answer", server.reason())
                answer, _ = server.try_publish(order_path("O-1"))
                self.assertEqual((answer.status, answer.headers["Retry-After"]), (503, "1"))
                self.assertIn("rtserve_store_writable 0", server.admin_request("/metrics").body.decode())
                while not quiet.next_block().comments:  # a heartbeat: it lives
                    pass
                time.sleep(AWAY_S)
                redis.resume()
                self.assertTrue(eventually(server.is_ready))

        refused = sorted(self.under_load(disturb))
        self.assertTrue(refused)
        p99 = refused[len(refused) * 99 // 100]
        print(f"{len(refused)} publishes were refused, p99 {p99 * 1000:.0f} ms, longest {refused[-1] * 1000:.0f} ms")
        self.assertLess(p99, 5.0)

    def test_a_redis_that_is_killed_and_restarted_has_lost_nothing_that_was_acknowledged(self):
        def disturb(redis, server):
            redis.kill()
            self.assertTrue(eventually(lambda: not server.is_ready()))
            self.assertIn("Redis", server.reason())
            redis.start()
            self.assertTrue(eventually(server.is_ready))

        self.under_load(disturb, *Redis.DURABLE)

    def test_connections_that_are_cut_off_again_and_again_lose_nothing(self):
        def disturb(redis, server):
            for _ in range(10):
                redis.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                self.assertTrue(eventually(server.is_ready))

        self.under_load(disturb)

    def test_events_that_others_publish_while_an_instance_is_stopped_are_delivered_when_it_goes_on(self):
        with Redis() as redis, Instance(redis) as server, server.stream(order_path("O-1")) as stream:
            stream.connected()
            server.process.send_signal(signal.SIGSTOP)
            for n in range(2_000):
                redis.ask("XADD", "rtserve:events", "*", "topic", "orders/O-1", "data", f'{{"n":{n}}}')
            server.process.send_signal(signal.SIGCONT)
            self.assertEqual([stream.next().json["data"]["n"] for _ in range(2_000)], list(range(2_000)))

    def test_without_redis_it_does_not_start_and_says_why(self):
        with Redis() as redis:
            redis.kill()
            with self.assertRaises(AssertionError) as failed, Instance(redis):
                pass
            self.assertIn("Redis cannot be reached", str(failed.exception))

    def test_the_password_is_read_from_a_file_and_shown_nowhere(self):
        with Server() as other:
            path = os.path.join(other.folder.name, "password")
            with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
                f.write("geheim-42\n")
            redis = PasswordRedis("--requirepass", "geheim-42")
            with redis, Instance(redis, "--redis-password-file", path) as server:
                self.assertTrue(eventually(lambda: server.try_publish(order_path("O-1"))[0].status == 200))
                redis.kill()
                self.assertTrue(eventually(lambda: not server.is_ready()))
                answer, _ = server.try_publish(order_path("O-1"))
                with open(f"/proc/{server.process.pid}/cmdline") as f:
                    shown = f.read() + answer.body.decode() + server.reason()
                shown += server.admin_request("/metrics").body.decode() + server.log_text()
                self.assertNotIn("geheim", shown)


class PasswordRedis(Redis):
    def is_there(self):
        try:
            return self.ask("PING") == "PONG"
        except ConnectionError as error:
            return "NOAUTH" in str(error)
        except OSError:
            return False


if __name__ == "__main__":
    unittest.main()

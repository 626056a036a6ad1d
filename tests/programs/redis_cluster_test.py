# SPDX-License-Identifier: MIT
"""?scope=cluster and rtstat --scope cluster count the streams of all instances that share a Redis."""
import unittest

from commands import run
from redis_support import Instance, Redis
from support import API, Server, driver_path, eventually, order_path

STATS = f"{API}/stats"


def counts(orders, drivers, total):
    return '{"orders":%d,"runs":0,"drivers":%d,"totalClients":%d}' % (orders, drivers, total)


class RedisClusterTest(unittest.TestCase):
    def test_all_instances_are_counted_and_one_that_ended_is_not(self):
        with Redis() as redis, Instance(redis) as a:
            def of_cluster():
                return a.request("GET", f"{STATS}?scope=cluster").body.decode()
            with Instance(redis, peer=a) as b, a.stream(order_path("O-1")) as one, b.stream(order_path("O-1")) as two, \
                    b.stream(f"{API}/stream?topic=orders/O-1&topic=drivers/*") as three:
                for stream in (one, two, three):
                    stream.connected()
                self.assertTrue(eventually(lambda: of_cluster() == counts(3, 1, 3)), of_cluster())
                self.assertEqual(a.request("GET", STATS).body.decode(), counts(1, 0, 1))
                self.assertEqual(b.request("GET", f"{STATS}?scope=instance").body.decode(), counts(2, 1, 2))
                stat = run("rtstat", "--scope", "cluster", server=b, token="admin")
                self.assertEqual((stat.code, stat.out.strip()), (0, counts(3, 1, 3)))
                self.assertIn("rtserve_cluster_instances 2", a.admin_request("/metrics").body.decode())
                b.process.kill()
                b.process.wait()
                self.assertTrue(eventually(lambda: of_cluster() == counts(1, 0, 1), 30.0), of_cluster())
            redis.pause()
            self.assertTrue(eventually(lambda: not a.is_ready()))
            away = a.request("GET", f"{STATS}?scope=cluster")
            self.assertEqual((away.status, away.headers["Retry-After"]), (503, "1"))
            self.assertEqual(a.request("GET", STATS).status, 200)
            redis.resume()

    def test_an_instance_without_others_is_the_whole_cluster(self):
        with Server() as server, server.stream(driver_path("D-1")) as stream:
            stream.connected()
            for scope in ("cluster", "instance"):
                self.assertEqual(server.request("GET", f"{STATS}?scope={scope}").body.decode(), counts(0, 1, 1))
            self.assertEqual(server.request("GET", f"{STATS}?scope=all").status, 400)


if __name__ == "__main__":
    unittest.main()

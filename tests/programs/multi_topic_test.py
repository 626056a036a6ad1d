# SPDX-License-Identifier: MIT
"""Several topics on one connection."""
import unittest

from support import API, Server, driver_path, order_path, run_path

LOCATION = {"latitude": 1, "longitude": 2}


class MultiTopicTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def stream(self, query, token="admin", **headers):
        return self.server.stream(f"{API}/stream?{query}", headers, token)

    def test_connected_lists_the_topics_in_place_of_an_id(self):
        with self.stream("topic=orders/M-1&topic=drivers/*") as stream:
            self.assertEqual(stream.connected().json, {"type": "connected", "topics": ["orders/M-1", "drivers/*"],
                                                       "heartbeat": 15, "resume": "fresh"})

    def test_the_events_of_all_named_topics_come_in_one_order_and_no_others(self):
        with self.stream("topic=orders%2FM-2&topic=drivers/*&topic=runs/M-2&snapshot=0") as stream:
            stream.connected()
            wanted = [self.server.publish(order_path("M-2"), {})["id"]]
            self.server.publish(order_path("M-22"), {})
            wanted.append(self.server.publish(driver_path("M-any"), LOCATION)["id"])
            self.server.publish(run_path("M-22"), {})
            wanted.append(self.server.publish(run_path("M-2"), {})["id"])
            wanted.append(self.server.publish(order_path("M-2"), {})["id"])
            self.assertEqual([stream.next().id for _ in range(4)], wanted)

    def test_a_star_is_everything(self):
        with self.stream("topic=*&snapshot=0") as stream:
            stream.connected()
            wanted = [self.server.publish(path, payload)["id"] for path, payload in
                      ((order_path("M-3"), {}), (run_path("M-3"), {}), (driver_path("M-3"), LOCATION))]
            self.assertEqual([stream.next().id for _ in range(3)], wanted)

    def test_an_event_that_matches_twice_comes_once(self):
        with self.stream("topic=orders/M-4&topic=orders/*&topic=orders/M-4&topic=*&snapshot=0") as stream:
            stream.connected()
            wanted = [self.server.publish(order_path("M-4"), {"n": n})["id"] for n in range(3)]
            self.assertEqual([stream.next().id for _ in range(3)], wanted)

    def test_it_resumes_as_any_stream(self):
        with self.stream("topic=orders/M-5&topic=drivers/M-5&snapshot=0") as stream:
            position = stream.connected().id
        wanted = [self.server.publish(order_path("M-5"), {})["id"], self.server.publish(driver_path("M-5"), LOCATION)["id"]]
        self.server.publish(run_path("M-5"), {})
        with self.stream("topic=orders/M-5&topic=drivers/M-5", **{"Last-Event-ID": position}) as stream:
            connected = stream.connected().json
            self.assertEqual((connected["resume"], connected["missed"]), ("resumed", 2))
            self.assertEqual([stream.next().id for _ in range(2)], wanted)

    def test_no_topic_and_bad_topics_are_400(self):
        for query in ("", "topic=", "topic=orders", "topic=orders/", "topic=trucks/T-1", "topic=orders/a%20b", "topic=o*",
                      "topic=orders/*x", "topic=orders/O-1&topic=nonsense", "topic=%zz"):
            answer = self.server.request("GET", f"{API}/stream?{query}")
            self.assertEqual(answer.status, 400, query)

    def test_a_topic_that_the_token_does_not_grant_is_403(self):
        customer = self.server.token("--sub", "C-1", "--role", "customer", "--order", "M-6", "--driver", "M-6")
        with self.stream("topic=orders/M-6&topic=drivers/M-6", customer) as stream:
            self.assertEqual(stream.connected().json["topics"], ["orders/M-6", "drivers/M-6"])
        for query in ("topic=orders/M-7", "topic=runs/*"):
            answer = self.server.request("GET", f"{API}/stream?{query}", token=customer)
            self.assertEqual(answer.status, 403, query)

    def test_a_wildcard_never_shows_more_than_the_token_grants(self):
        customer = self.server.token("--sub", "C-1", "--role", "customer", "--order", "M-8")
        with self.stream("topic=*&snapshot=0", customer) as stream:
            if stream.status == 403:
                return
            stream.connected()
            self.server.publish(order_path("M-9"), {})
            mine = self.server.publish(order_path("M-8"), {})["id"]
            self.assertEqual(stream.next().id, mine)


if __name__ == "__main__":
    unittest.main()

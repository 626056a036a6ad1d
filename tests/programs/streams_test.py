# SPDX-License-Identifier: MIT
"""A stream of one topic: what it opens with, what it carries, and who gets which refusal."""
import unittest

from support import API, ID, Server, driver_path, order_path, run_path


class StreamsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def problem(self, answer, status):
        """The answer is an RFC 9457 problem of that status, and shows no token."""
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        problem = answer.json()
        self.assertEqual(problem["status"], status)
        self.assertTrue(problem["title"])
        self.assertTrue(problem["detail"])
        self.assertNotIn(self.server.admin, answer.body.decode())
        return problem

    def test_connected_comes_first_with_an_id_and_a_retry_time(self):
        for path, key, topic_id in ((order_path("S-1"), "orderId", "S-1"), (run_path("S-1"), "runId", "S-1"),
                                    (driver_path("S-1"), "driverId", "S-1")):
            with self.server.stream(path) as stream:
                block = stream.connected()
                self.assertEqual(block.data, '{"type":"connected","%s":"%s","heartbeat":15,"resume":"fresh"}'
                                 % (key, topic_id))
                self.assertRegex(block.id, ID)
                self.assertIsNone(block.event)
                self.assertEqual(len(stream.retries), 1)

    def test_the_first_bytes_name_the_decoded_id(self):
        with self.server.stream(order_path("%53%2d2")) as stream:
            self.assertEqual(stream.connected().json["orderId"], "S-2")

    def test_events_come_in_order_with_rising_ids_and_without_an_event_field(self):
        with self.server.stream(order_path("S-3")) as stream:
            stream.connected()
            ids = [self.server.publish(order_path("S-3"), {"n": n})["id"] for n in range(50)]
            blocks = [stream.next() for _ in range(50)]
        self.assertEqual([block.id for block in blocks], ids)
        self.assertEqual([block.json for block in blocks],
                         [{"type": "order_update", "orderId": "S-3", "data": {"n": n}} for n in range(50)])
        self.assertTrue(all(block.event is None for block in blocks))
        pairs = [tuple(map(int, i.split("-"))) for i in ids]
        self.assertEqual(pairs, sorted(set(pairs)))

    def test_each_kind_has_its_type_and_keys(self):
        with self.server.stream(run_path("S-4")) as run, self.server.stream(driver_path("S-4")) as driver:
            run.connected(), driver.connected()
            self.server.publish(run_path("S-4"), '{"status":"IN_PROGRESS","completedStops":5}')
            self.server.publish(driver_path("S-4"), '{"latitude":43.6532,"longitude":-79.3832,"heading":180,'
                                                    '"speed":45.5,"timestamp":"2023-12-20T14:35:00Z"}')
            self.assertEqual(run.next().data, '{"type":"run_update","runId":"S-4","data":'
                                              '{"status":"IN_PROGRESS","completedStops":5}}')
            self.assertEqual(driver.next().json, {
                "type": "driver_location", "driverId": "S-4",
                "location": {"latitude": 43.6532, "longitude": -79.3832, "heading": 180, "speed": 45.5},
                "timestamp": "2023-12-20T14:35:00.000Z"})

    def test_a_stream_gets_nothing_of_other_topics(self):
        with self.server.stream(order_path("S-5")) as stream:
            stream.connected()
            self.server.publish(order_path("S-55"), {})
            self.server.publish(run_path("S-5"), {})
            self.server.publish(order_path("S-5"), {"mine": True})
            self.assertEqual(stream.next().json["data"], {"mine": True})

    def test_the_headers_are_those_of_a_live_stream(self):
        with self.server.stream(order_path("S-6")) as stream:
            self.assertEqual(stream.status_line, "HTTP/1.1 200 OK")
            self.assertEqual(stream.headers["content-type"], "text/event-stream")
            self.assertEqual(stream.headers["cache-control"], "no-cache, no-transform")
            self.assertEqual(stream.headers["x-accel-buffering"], "no")
            self.assertEqual(stream.headers["transfer-encoding"], "chunked")
            self.assertNotIn("content-length", stream.headers)

    def test_head_answers_the_headers_alone(self):
        status, headers, body = self.server.request("HEAD", order_path("S-7"))
        self.assertEqual((status, body), (200, b""))
        self.assertEqual(headers["Content-Type"], "text/event-stream")
        self.assertEqual(headers["Cache-Control"], "no-cache, no-transform")
        self.assertEqual(headers["X-Accel-Buffering"], "no")

    def test_accept_must_let_an_event_stream_through(self):
        for accept in ("text/event-stream", "*/*", "text/*;q=0.5", "text/html, */*;q=0.1"):
            with self.server.stream(order_path("S-8"), {"Accept": accept}) as stream:
                self.assertEqual(stream.status, 200, accept)
        for accept in ("application/json", "text/event-stream;q=0"):
            self.problem(self.server.request("GET", order_path("S-8"), headers={"Accept": accept}), 406)

    def test_paths_that_lead_nowhere_are_404(self):
        for path in ("/", "/api/v1/realtime", f"{API}/trucks/T-1/stream", f"{API}/orders/O-1/location",
                     f"{API}/orders/O-1/stream/", f"{API}/orders/O-1", "/metrics"):
            self.problem(self.server.request("GET", path), 404)

    def test_methods_that_a_path_does_not_know_are_405_with_allow(self):
        for path, method, allowed in ((order_path("O-1"), "PUT", {"GET", "HEAD", "POST", "OPTIONS"}),
                                      (order_path("O-1"), "get", {"GET", "HEAD", "POST", "OPTIONS"}),
                                      (f"{API}/stream", "POST", {"GET", "HEAD", "OPTIONS"}),
                                      (f"{API}/events", "GET", {"POST", "OPTIONS"}),
                                      (f"{API}/stats", "DELETE", {"GET", "HEAD", "OPTIONS"})):
            answer = self.server.request(method, path)
            self.problem(answer, 405)
            self.assertEqual(set(answer.headers["Allow"].replace(" ", "").split(",")), allowed)

    def test_ids_that_are_not_valid_are_400(self):
        for bad in ("a%20b", "a%2Fb", "a%00", "%zz", "a" * 129, "%C3%A4", ""):
            self.problem(self.server.request("GET", order_path(bad)), 400)

    def test_a_missing_or_bad_token_is_401_with_a_challenge(self):
        missing = self.server.request("GET", order_path("O-1"), token=None)
        self.problem(missing, 401)
        self.assertTrue(missing.headers["WWW-Authenticate"].startswith("Bearer"))
        head, payload, signature = self.server.admin.split(".")
        tampered = ".".join((head, payload, signature[::-1]))
        unsigned = "eyJhbGciOiJub25lIn0." + payload + "."
        for token in ("nonsense", "a.b.c", tampered, unsigned):
            for method in ("GET", "HEAD", "POST"):
                answer = self.server.request(method, order_path("O-1"), token=token,
                                             body=b"{}" if method == "POST" else None,
                                             headers={"Content-Type": "application/json"})
                self.assertEqual(answer.status, 401, (method, token))
                self.assertIn('error="invalid_token"', answer.headers["WWW-Authenticate"])
                self.assertNotIn(token.encode(), answer.body)

    def test_what_the_token_does_not_grant_is_403(self):
        customer = self.server.token("--sub", "C-1", "--role", "customer", "--order", "O-1")
        with self.server.stream(order_path("O-1"), token=customer) as stream:
            self.assertEqual(stream.status, 200)
        self.problem(self.server.request("GET", order_path("O-2"), token=customer), 403)
        self.problem(self.server.request("GET", run_path("O-1"), token=customer), 403)
        self.problem(self.server.request("POST", order_path("O-1"), b"{}", {"Content-Type": "application/json"},
                                         token=customer), 403)
        driver = self.server.token("--sub", "D-1", "--role", "driver")
        location = b'{"latitude":1,"longitude":2}'
        for who, status in (("D-1", 200), ("D-2", 403)):
            answer = self.server.request("POST", driver_path(who), location, {"Content-Type": "application/json"},
                                         token=driver)
            self.assertEqual(answer.status, status)

    def test_the_cookie_carries_the_token_and_the_header_wins(self):
        cookie = {"Cookie": f"theme=dark; rt_token={self.server.admin}; x=y"}
        with self.server.stream(order_path("O-1"), cookie, token=None) as stream:
            self.assertEqual(stream.status, 200)
        self.problem(self.server.request("GET", order_path("O-1"), headers=cookie, token="nonsense"), 401)

    def test_the_query_carries_the_token_only_when_allowed(self):
        path = f"{order_path('O-1')}?token={self.server.admin}"
        self.problem(self.server.request("GET", path, token=None), 401)
        with Server("--allow-query-token") as server:
            with server.stream(f"{order_path('O-1')}?token={server.admin}", token=None) as stream:
                self.assertEqual(stream.status, 200)
            self.assertNotIn(server.admin, server.log_text())


if __name__ == "__main__":
    unittest.main()

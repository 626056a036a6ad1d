# SPDX-License-Identifier: MIT
"""Pages of listed origins may connect, those of others may not, and no other page can publish with a user's cookie."""
import unittest

from commands import run
from support import API, Server, free_port, order_path

LISTED = "https://app.example.com"
ALSO_LISTED = "http://localhost:8080"
# The last ones look like a listed one to a careless comparison.
OTHERS = ("https://evil.example", "null", "http://app.example.com", "https://app.example.com:8443",
          "https://app.example.com.evil.example", "https://evil.example/https://app.example.com", LISTED + "/",
          "https://APP.example.com.evil", f"{LISTED}, {ALSO_LISTED}")


class CorsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--cors-origin", LISTED, "--cors-origin", ALSO_LISTED)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def preflight(self, origin, path=order_path("C-1"), method="POST", server=None):
        return (server or self.server).request("OPTIONS", path, token=None, headers={
            "Origin": origin, "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization,content-type"})

    def publish(self, headers, token=None, server=None):
        server = server or self.server
        return server.request("POST", order_path("C-1"), b"{}", {"Content-Type": "application/json", **headers},
                              token=token).status

    def cookie(self, server=None):
        return {"Cookie": f"rt_token={(server or self.server).admin}"}

    def test_a_preflight_of_a_listed_origin_is_answered_without_a_token(self):
        for origin in (LISTED, ALSO_LISTED):
            answer = self.preflight(origin)
            self.assertEqual((answer.status, answer.body), (204, b""))
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], origin)
            self.assertEqual(answer.headers["Access-Control-Allow-Credentials"], "true")
            self.assertIn("POST", answer.headers["Access-Control-Allow-Methods"])
            allowed = answer.headers["Access-Control-Allow-Headers"].lower().replace(" ", "").split(",")
            self.assertLessEqual({"authorization", "content-type", "last-event-id", "idempotency-key"}, set(allowed))
            self.assertIn("Origin", answer.headers["Vary"])

    def test_a_preflight_of_another_origin_permits_nothing(self):
        for origin in OTHERS:
            headers = self.preflight(origin).headers
            self.assertFalse([name for name in headers if name.lower().startswith("access-control-")], origin)
            self.assertIn("Origin", headers["Vary"])

    def test_a_stream_tells_a_listed_origin_that_it_may_read(self):
        with self.server.stream(order_path("C-2"), {"Origin": LISTED}) as stream:
            self.assertEqual(stream.headers["access-control-allow-origin"], LISTED)
            self.assertEqual(stream.headers["access-control-allow-credentials"], "true")
            self.assertIn("Origin", stream.headers["vary"])

    def test_another_origin_is_told_nothing_but_caches_are_told_to_tell_origins_apart(self):
        for headers in [{"Origin": origin} for origin in OTHERS] + [{}]:
            with self.server.stream(order_path("C-3"), headers) as stream:
                self.assertFalse([name for name in stream.headers if name.startswith("access-control-")], headers)
                self.assertIn("Origin", stream.headers["vary"])

    def test_refusals_can_be_read_by_a_listed_origin_too(self):
        for path, token, status in ((order_path("C-4"), None, 401), (f"{API}/trucks/T-1/stream", "admin", 404),
                                    (order_path("a%20b"), "admin", 400), (f"{API}/events", "admin", 405)):
            answer = self.server.request("GET", path, headers={"Origin": LISTED}, token=token)
            self.assertEqual(answer.status, status)
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], LISTED, path)

    def test_publishing_by_cookie_needs_an_origin_that_is_allowed(self):
        self.assertEqual(self.publish({**self.cookie(), "Origin": LISTED}), 200)
        for origin in OTHERS:
            self.assertEqual(self.publish({**self.cookie(), "Origin": origin}), 403, origin)
        self.assertEqual(self.publish(self.cookie()), 403, "no Origin at all")

    def test_publishing_many_by_cookie_needs_it_too(self):
        line = b'{"type":"order_update","orderId":"C-1","data":{}}\n'
        for origin, status in ((LISTED, 200), ("https://evil.example", 403)):
            answer = self.server.request("POST", f"{API}/events", line, token=None, headers={
                **self.cookie(), "Origin": origin, "Content-Type": "application/x-ndjson"})
            self.assertEqual(answer.status, status, origin)

    def test_publishing_with_the_header_needs_no_origin(self):
        self.assertEqual(self.publish({}, token="admin"), 200)
        self.assertEqual(self.publish({"Origin": "https://evil.example"}, token="admin"), 200)

    def test_a_page_of_the_server_itself_may_publish_by_cookie(self):
        with Server() as server:
            own = f"http://127.0.0.1:{server.port}"
            self.assertEqual(self.publish({**self.cookie(server), "Origin": own}, server=server), 200)
            self.assertEqual(self.publish({**self.cookie(server), "Origin": LISTED}, server=server), 403)

    def test_it_is_off_by_default(self):
        with Server() as server:
            answers = [self.preflight(LISTED, server=server).headers,
                       server.request("HEAD", order_path("C-5"), headers={"Origin": LISTED}).headers]
            for headers in answers:
                self.assertFalse([name for name in headers if name.lower().startswith("access-control-")])

    def test_any_origin_together_with_cookies_is_refused_at_start(self):
        addresses = ("--listen", f"127.0.0.1:{free_port()}", "--admin-listen", f"127.0.0.1:{free_port()}")
        secret = ("--jwt-secret-file", self.server.secret_file)
        for more in (("--cors-origin", "*"), ("--cors-origin", "*", "--cors-origin", LISTED, "--cookie-name", "")):
            done = run("rtserve", *addresses, *secret, *more)
            self.assertEqual(done.code, 78, done)
            self.assertIn("--cors-origin", done.err)
        for bad in ("app.example.com", f"{LISTED}/", f"{LISTED}/path", ""):
            done = run("rtserve", *addresses, *secret, "--cors-origin", bad, "check-config")
            self.assertEqual(done.code, 78, (bad, done))

    def test_any_origin_without_cookies_may_read_with_a_token_but_never_with_credentials(self):
        with Server("--cors-origin", "*", "--cookie-name", "") as server:
            with server.stream(order_path("C-6"), {"Origin": "https://anyone.example"}) as stream:
                self.assertEqual(stream.status, 200)
                self.assertEqual(stream.headers["access-control-allow-origin"], "*")
                self.assertNotIn("access-control-allow-credentials", stream.headers)
            self.assertEqual(server.request("GET", order_path("C-6"), headers=self.cookie(server), token=None).status,
                             401, "the cookie is off")
            self.assertEqual(self.preflight("https://anyone.example", server=server).status, 204)


if __name__ == "__main__":
    unittest.main()

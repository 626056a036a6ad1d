# SPDX-License-Identifier: MIT
"""Keys from a URL: fetched, refreshed, fetched anew for a key that is not known, and kept while the URL fails."""
import base64
import http.server
import json
import os
import subprocess
import tempfile
import threading
import time
import unittest

from support import Server, eventually, order_path

STATS = "/api/v1/realtime/stats"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class SigningKey:
    """An Ed25519 key made and used by the openssl command."""

    def __init__(self, folder, kid):
        self.kid, self.file = kid, os.path.join(folder, kid)
        self.openssl("genpkey", "-algorithm", "ed25519", "-out", self.file)

    def openssl(self, *arguments):
        return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout

    def jwk(self):
        public = self.openssl("pkey", "-in", self.file, "-pubout", "-outform", "DER")[-32:]
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url(public), "kid": self.kid, "use": "sig"}

    def token(self, **claims):
        claims = {"sub": "boss", "role": "admin", "exp": int(time.time()) + 3600, **claims}
        parts = ({"alg": "EdDSA", "kid": self.kid}, claims)
        text = ".".join(base64url(json.dumps(part).encode()) for part in parts)
        with tempfile.NamedTemporaryFile() as message:
            message.write(text.encode())
            message.flush()
            signature = self.openssl("pkeyutl", "-sign", "-inkey", self.file, "-rawin", "-in", message.name)
        return text + "." + base64url(signature)


class KeyServer:
    """Serves a JWK set; `status` other than 200 is a failure."""

    def __init__(self, port=0):
        outer = self
        self.keys, self.status, self.fetches = [], 200, 0

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.fetches += 1
                body = json.dumps({"keys": [key.jwk() for key in outer.keys]}).encode()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", port), Answer)
        self.port = self.http.server_port
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()


class JwksTest(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.a, self.b = SigningKey(folder, "a"), SigningKey(folder, "b")
        self.key_server = self.enterContext(KeyServer())
        self.key_server.keys = [self.a]

    def serve(self, refresh):
        url = f"http://127.0.0.1:{self.key_server.port}/keys?of=us"
        return self.enterContext(Server("--jwks-url", url, "--jwks-refresh", refresh))

    def status(self, server, key):
        return server.request("GET", STATS, token=key.token()).status

    def ready(self, server):
        return server.admin_request("/readyz").json()

    def test_an_unknown_key_is_fetched_at_once_but_not_for_everyone_who_asks(self):
        server = self.serve("1h")
        self.assertTrue(eventually(lambda: self.status(server, self.a) == 200))
        self.assertEqual(self.key_server.fetches, 1)
        self.key_server.keys.append(self.b)
        self.assertTrue(eventually(lambda: self.status(server, self.b) == 200))
        self.assertEqual(self.key_server.fetches, 2)
        stranger = SigningKey(tempfile.gettempdir(), f"stranger-{os.getpid()}")
        self.addCleanup(os.unlink, stranger.file)
        token = stranger.token()
        for _ in range(200):
            self.assertEqual(server.request("GET", STATS, token=token).status, 401)
        # The seconds that this took allow for one more, at most.
        self.assertLessEqual(self.key_server.fetches, 3)

    def test_a_refresh_retires_a_key_and_its_streams_live_on(self):
        server = self.serve("1s")
        self.assertTrue(eventually(lambda: self.status(server, self.a) == 200))
        with server.stream(order_path("K-1"), token=self.a.token()) as stream:
            stream.connected()
            self.key_server.keys = [self.b]
            self.assertTrue(eventually(lambda: self.status(server, self.a) == 401))
            self.assertEqual(self.status(server, self.b), 200)
            server.publish(order_path("K-1"), {"n": 1})
            self.assertEqual(stream.next().json["data"], {"n": 1})

    def test_while_the_url_fails_the_old_keys_stay_and_readiness_and_metrics_say_so(self):
        server = self.serve("1s")
        self.assertTrue(eventually(lambda: self.status(server, self.a) == 200))
        self.assertEqual(self.ready(server), {"status": "ready"})
        self.key_server.status = 500
        self.assertTrue(eventually(lambda: "reason" in self.ready(server)))
        self.assertEqual(server.admin_request("/readyz").status, 200)
        self.assertEqual(self.status(server, self.a), 200)
        metrics = server.admin_request("/metrics").body.decode()
        self.assertIn("rtserve_jwks_last_fetch_successful 0", metrics)
        self.assertRegex(metrics, r"rtserve_jwks_fetch_failures_total [1-9]")
        self.assertNotIn("of=us", server.log_text())
        self.key_server.status = 200
        self.assertTrue(eventually(lambda: self.ready(server) == {"status": "ready"}))

    def test_a_secret_in_a_published_set_is_no_key(self):
        secret = "s" * 40
        self.a.jwk, original = lambda: {"kty": "oct", "k": base64url(secret.encode()), "kid": "a"}, self.a.jwk
        server = self.serve("1s")
        self.assertTrue(eventually(lambda: "reason" in self.ready(server)))
        self.a.jwk = original
        self.assertTrue(eventually(lambda: self.status(server, self.a) == 200))

    def test_without_any_key_it_waits_for_the_first_set(self):
        self.key_server.status = 500
        server = KeylessServer("--jwks-url", f"http://127.0.0.1:{self.key_server.port}/keys")
        with server:
            token = self.a.token()
            answer = server.request("GET", STATS, token=token)
            self.assertEqual(answer.status, 503)
            self.assertIn("Retry-After", answer.headers)
            self.assertEqual(server.admin_request("/readyz").status, 503)
            self.key_server.status = 200
            self.assertTrue(eventually(lambda: server.request("GET", STATS, token=token).status == 200, 20))
            self.assertEqual(server.admin_request("/readyz").status, 200)


class KeylessServer(Server):
    """Without a secret file; it can make no tokens of its own."""

    def key_options(self):
        return []

    def token(self, *_):
        return None


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""A feed outlasts its token: when that is refused, rtpush takes the one that its file holds by then."""
import http.server
import os
import secrets
import signal
import subprocess
import tempfile
import threading
import unittest

from commands import Command, run
from support import Server, driver_path, eventually


class TalkativeServer(Server):
    log_level = "info"

    def change_secret(self):
        """No token of before is good any more."""
        before = self.log_text().count("configuration reloaded")
        os.unlink(self.secret_file)
        write(self.secret_file, secrets.token_hex(32))
        self.process.send_signal(signal.SIGHUP)
        assert eventually(lambda: self.log_text().count("configuration reloaded") > before), self.log_text()


def write(path, text):
    with open(os.open(path + ".new", os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as f:
        f.write(text)
    os.rename(path + ".new", path)


class TokenRenewalTest(unittest.TestCase):
    def setUp(self):
        self.file = os.path.join(self.enterContext(tempfile.TemporaryDirectory(prefix="rtserve-test-")), "token")

    def test_a_live_feed_goes_on_with_the_new_token_and_ends_when_there_is_none(self):
        with TalkativeServer() as server:
            new_token = lambda: write(self.file, server.token("--sub", "van", "--role", "service"))
            new_token()
            stream = self.enterContext(server.stream(driver_path("T-1")))
            stream.connected()
            with Command("rtpush", "gps", "T-1", "--token-file", self.file, server=server, stdin=subprocess.PIPE) as push:
                def drive(latitude):
                    push.process.stdin.write(f'{{"lat":{latitude},"lon":1}}\n'.encode())
                    push.process.stdin.flush()
                for latitude in (1, 2, 3):
                    drive(latitude)
                    self.assertEqual(stream.next().json["location"]["latitude"], latitude)
                    server.change_secret()
                    new_token()
                server.change_secret()
                drive(4)
                self.assertEqual(push.finish(), 77, push)
                push.process.stdin.close()
                self.assertTrue(any("401" in line for line in push.err), push)
                self.assertTrue(any("3 sent" in line for line in push.err), push)
            server.admin = server.token("--sub", "boss", "--role", "admin")

    def test_a_refused_token_is_tried_again_only_when_the_file_has_another(self):
        for is_renewed, requests in ((False, 1), (True, 2)):
            seen = []

            class Refusing(http.server.BaseHTTPRequestHandler):
                def do_POST(handler):
                    handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
                    seen.append((handler.headers["Authorization"], handler.headers["Idempotency-Key"]))
                    if is_renewed:
                        write(self.file, f"token-{len(seen)}")
                    handler.send_response(401)
                    handler.send_header("Content-Length", "0")
                    handler.end_headers()

                def log_message(self, *_):
                    pass

            with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as refusing, self.subTest(is_renewed):
                threading.Thread(target=refusing.serve_forever, daemon=True).start()
                write(self.file, "token-0")
                done = run("rtpush", "order", "T-1", "--set", "a=b", "--token-file", self.file,
                           server=f"http://127.0.0.1:{refusing.server_address[1]}")
                self.assertEqual(done.code, 77, done)
                self.assertEqual([token for token, _ in seen], [f"Bearer token-{n}" for n in range(requests)])
                self.assertEqual(len({key for _, key in seen}), 1)
                refusing.shutdown()


if __name__ == "__main__":
    unittest.main()

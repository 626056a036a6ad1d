# SPDX-License-Identifier: MIT
"""--listen unix:PATH: streams through a socket in the file system, for those whom its mode lets in, and its life."""
import os
import shutil
import socket
import stat
import subprocess
import tempfile
import unittest

from commands import PATIENCE_S, environment, run
from support import API, BIN, WAIT_S, EventStream, Server, eventually, order_path, with_token


class UnixServer(Server):
    """Serves on `path` besides its port."""
    log_level = "info"

    def __init__(self, path, *options):
        self.path = path
        super().__init__("--listen", f"unix:{path}", *options)

    def connect_here(self):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(WAIT_S)
        s.connect(self.path)
        return s

    def stream_here(self, path, headers=None, token="admin"):
        return EventStream(self.connect_here(), path, with_token(self, headers, token), "1.1")


class UnixSocketTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="rtserve-test-"))
        self.path = os.path.join(self.folder, "socket")

    def serve(self, *options):
        return self.enterContext(UnixServer(self.path, *options))

    def start_another(self, path, secret_file):
        """A second server at that path, which is to fail."""
        return run("rtserve", "--listen", f"unix:{path}", "--admin-listen", "127.0.0.1:0", "--jwt-secret-file", secret_file)

    @unittest.skipUnless(shutil.which("curl"), "curl is not there")
    def test_curl_follows_a_stream(self):
        server = self.serve()
        command = ["curl", "-sN", "--max-time", str(PATIENCE_S), "--unix-socket", self.path, "-H",
                   f"Authorization: Bearer {server.admin}", f"http://localhost{order_path('U-1')}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment()) as curl:
            until = lambda text: next(line for line in curl.stdout if text in line)
            until('"connected"')
            server.publish(order_path("U-1"), {"n": 1})
            self.assertIn('"data":{"n": 1}', until("order_update"))
            curl.kill()

    def test_each_of_several_shards_may_take_a_connection_and_all_get_every_event(self):
        server = self.serve("--threads", "3")
        streams = [self.enterContext(server.stream_here(order_path("U-2"))) for _ in range(12)]
        for stream in streams:
            stream.connected()
        server.publish(order_path("U-2"), {"n": 2})
        for stream in streams:
            self.assertEqual(stream.next().json["data"], {"n": 2})

    def test_the_owner_and_the_group_may_connect_whatever_the_umask(self):
        for umask in (0o000, 0o077):
            with self.subTest(umask):
                before = os.umask(umask)
                try:
                    with UnixServer(self.path):
                        status = os.stat(self.path)
                finally:
                    os.umask(before)
                self.assertTrue(stat.S_ISSOCK(status.st_mode))
                self.assertEqual(stat.S_IMODE(status.st_mode), 0o660)

    def test_the_file_is_gone_at_the_end_unless_another_took_its_name(self):
        server = self.serve()
        self.assertEqual(server.stop(), 0)
        self.assertFalse(os.path.exists(self.path))
        server.start()
        os.unlink(self.path)
        with socket.socket(socket.AF_UNIX) as another:
            another.bind(self.path)
            self.assertEqual(server.stop(), 0)
            self.assertTrue(os.path.exists(self.path))

    def test_what_a_killed_server_left_behind_is_replaced(self):
        server = self.serve()
        server.process.kill()
        server.process.wait(WAIT_S)
        server.log.close()
        self.assertTrue(os.path.exists(self.path))
        server.start()
        with server.stream_here(order_path("U-3")) as stream:
            stream.connected()

    def test_where_somebody_listens_or_something_else_is_it_does_not_start(self):
        server = self.serve()
        done = self.start_another(self.path, server.secret_file)
        self.assertEqual(done.code, 74, done)
        self.assertIn(self.path, done.err)
        self.assertIn("another program listens there", done.err)
        with server.stream_here(order_path("U-4")) as stream:
            stream.connected()
        text = os.path.join(self.folder, "text")
        with open(text, "w") as f:
            f.write("precious")
        done = self.start_another(text, server.secret_file)
        self.assertEqual(done.code, 74, done)
        self.assertIn("no socket", done.err)
        with open(text) as f:
            self.assertEqual(f.read(), "precious")
        self.assertEqual(self.start_another(os.path.join(self.folder, "x" * 200), server.secret_file).code, 78)

    def test_the_peer_is_one_address_unless_its_word_about_clients_is_taken(self):
        server = self.serve("--max-clients-per-ip", "1")
        forwarded = [{"X-Forwarded-For": f"192.0.2.{n}"} for n in (1, 2)]
        with server.stream_here(order_path("U-5"), forwarded[0]) as first:
            first.connected()
            with server.stream_here(order_path("U-5"), forwarded[1]) as second:
                self.assertEqual(second.status, 429, second.body)
        self.assertTrue(eventually(lambda: "client=unix: " in server.log_text()), server.log_text())
        self.assertEqual(server.stop(), 0)
        server.options += ("--trusted-proxy", "unix:")
        server.start()
        with server.stream_here(order_path("U-5"), forwarded[0]) as first:
            first.connected()
            with server.stream_here(order_path("U-5"), forwarded[1]) as second:
                second.connected()
            with server.stream_here(order_path("U-5"), forwarded[0]) as third:
                self.assertEqual(third.status, 429)
        self.assertTrue(eventually(lambda: "client=192.0.2.1 " in server.log_text()), server.log_text())

    def test_with_dev_and_for_the_admin_listener_it_is_refused(self):
        done = run("rtserve", "--dev", "--listen", f"unix:{self.path}")
        self.assertEqual(done.code, 78, done)
        done = run("rtserve", "--admin-listen", f"unix:{self.path}")
        self.assertEqual(done.code, 78, done)
        self.assertIn("--listen", done.err)


if __name__ == "__main__":
    unittest.main()

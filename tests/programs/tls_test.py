# SPDX-License-Identifier: MIT
"""TLS as others speak it: openssl, curl, Python and our own programs; certificates change under open streams."""
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

from commands import Command, PATIENCE_S, run
from support import API, BIN, WAIT_S, Answer, EventStream, Server, eventually, free_port, order_path, with_token

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def make_certificate(folder, name):
    """NAME.crt and NAME.key for localhost, signed by itself."""
    crt, key = (os.path.join(folder, f"{name}.{kind}") for kind in ("crt", "key"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "30", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", key, "-out", crt], check=True, capture_output=True, timeout=PATIENCE_S)
    return crt, key


class TlsServer(Server):
    """A Server with a certificate of its own; connections to it are verified, and must be ended as TLS ends."""
    log_level = "info"

    def __init__(self, *options):
        self.pki = tempfile.TemporaryDirectory(prefix="rtserve-test-")
        self.crt, self.key = make_certificate(self.pki.name, "server")
        super().__init__("--tls-cert", self.crt, "--tls-key", self.key, *options)

    def context(self):
        return ssl.create_default_context(cafile=self.crt)

    def connect(self, receive_buffer=None):
        return self.context().wrap_socket(super().connect(receive_buffer), server_hostname="localhost",
                                          suppress_ragged_eofs=False)

    def connect_plainly(self):
        return super().connect()

    def request(self, method, path, body=None, headers=None, token="admin", port=None):
        if port:
            return super().request(method, path, body, headers, token, port)
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=WAIT_S, context=self.context())
        try:
            connection.request(method, path, body, with_token(self, headers, token))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def swap_certificate(self, crt, key):
        """Puts these files in place of the server's and lets it read them; true when it took them."""
        said = lambda: [self.log_text().count(text) for text in ("configuration reloaded", "the old configuration stays")]
        before = said()
        os.replace(key, self.key)
        os.replace(crt, self.crt)
        self.process.send_signal(signal.SIGHUP)
        assert eventually(lambda: said() != before), "SIGHUP was not answered"
        return said()[0] > before[0]

    def serial(self):
        """Of the certificate that a new connection is shown."""
        with self.context().wrap_socket(self.connect_plainly(), server_hostname="localhost") as s:
            return s.getpeercert()["serialNumber"]

    def s_client(self, *options):
        return ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-servername", "localhost", "-CAfile",
                self.crt, "-verify_return_error", *options]

    def __exit__(self, *error):
        super().__exit__(*error)
        self.pki.cleanup()


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = TlsServer()
        cls.url = f"https://localhost:{cls.server.port}"

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def ask(self, server, *options):
        """`openssl s_client` asks for the health; its exit code and what it says."""
        done = subprocess.run(server.s_client("-ign_eof", *options), input=HEALTH, capture_output=True, timeout=PATIENCE_S)
        return done.returncode, done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")

    def test_openssl_gets_a_streams_first_bytes_in_both_versions(self):
        head = f"GET {order_path('T-1')} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.server.admin}\r\n\r\n"
        for version in ("-tls1_2", "-tls1_3"):
            client = subprocess.Popen(self.server.s_client("-quiet", version), stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            try:
                client.stdin.write(head.encode())
                client.stdin.flush()
                seen = b""
                while b'"type":"connected"' not in seen:
                    some = os.read(client.stdout.fileno(), 4096)
                    self.assertTrue(some, (version, seen))
                    seen += some
                self.assertTrue(seen.startswith(b"HTTP/1.1 200 "), seen)
            finally:
                client.kill()
                client.communicate()

    def test_old_versions_are_refused(self):
        weak = ("-cipher", "DEFAULT@SECLEVEL=0")
        self.assertEqual(self.ask(self.server, "-tls1_2")[0], 0)
        for version in ("-tls1_1", "-tls1"):
            code, said = self.ask(self.server, version, *weak)
            self.assertNotEqual(code, 0, said)
            self.assertNotIn("HTTP/1.1 200", said)

    def test_tls_min_shuts_out_1_2(self):
        with TlsServer("--tls-min", "1.3") as strict:
            code, said = self.ask(strict, "-tls1_2")
            self.assertNotEqual(code, 0, said)
            self.assertNotIn("HTTP/1.1 200", said)
            code, said = self.ask(strict, "-tls1_3")
            self.assertEqual(code, 0, said)
            self.assertIn("HTTP/1.1 200", said)

    def test_a_session_is_resumed_also_after_a_reload(self):
        with TlsServer() as server:
            ticket = os.path.join(server.pki.name, "ticket")
            for version in ("-tls1_2", "-tls1_3"):
                code, said = self.ask(server, version, "-sess_out", ticket)
                self.assertIn("New, ", said)
                code, said = self.ask(server, version, "-sess_in", ticket)
                self.assertEqual(code, 0, said)
                self.assertIn("Reused, ", said)
                self.assertTrue(server.swap_certificate(*make_certificate(server.pki.name, "next")))
                code, said = self.ask(server, version, "-sess_in", ticket)
                self.assertIn("Reused, ", said)

    def test_curl_streams_publishes_and_keeps_its_connection(self):
        curl = ["curl", "-sSN", "--cacert", self.server.crt, "-H", f"Authorization: Bearer {self.server.admin}"]
        with Command("/usr/bin/curl", *curl[1:], self.url + order_path("T-2")) as follower:
            follower.until(lambda: any('"connected"' in line for line in follower.out), "connected")
            done = subprocess.run([*curl, "-H", "Content-Type: application/json", "-d", '{"n":1}', "-w", "%{num_connects}\n",
                                   self.url + order_path("T-2"), self.url + order_path("T-2")],
                                  capture_output=True, text=True, timeout=PATIENCE_S)
            answers = done.stdout.replace("}", "}\n").split()
            self.assertEqual([answers[1], answers[3]], ["1", "0"], done)
            self.assertEqual(json.loads(answers[0])["subscribers"], 1)
            follower.until(lambda: sum('"order_update"' in line for line in follower.out) == 2, "both events")

    def test_a_request_without_tls_is_told_so(self):
        with self.server.connect_plainly() as s:
            s.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * 3000 + b"\r\n\r\n")
            answer = b"".join(iter(lambda: s.recv(4096), b""))
        self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)
        self.assertIn(b"https", answer)

    def test_our_own_programs_speak_it(self):
        known = ("--cacert", self.server.crt)
        env = {"server": self.url, "env": {"RT_TOKEN": self.server.admin}}
        with Command("rtwatch", "order", "T-3", "-C", "1", *known, **env) as watch:
            watch.until_err("connected")
            pushed = run("rtpush", "order", "T-3", "--set", "status=DONE", *known, **env)
            self.assertEqual(pushed.code, 0, pushed)
            self.assertIn("1 subscriber", pushed.out)
            self.assertEqual(watch.finish(), 0, watch)
            self.assertIn("DONE", watch.out[0])
        counted = run("rtstat", *known, **env)
        self.assertIn("totalClients", json.loads(counted.out), counted)
        self.assertNotEqual(run("rtstat", **env).code, 0, "an unknown authority was trusted")

    def test_a_slow_reader_gets_twenty_megabytes_exactly(self):
        events, payload = 2600, "x" * 8000
        with self.server.stream(order_path("T-4"), receive_buffer=4096) as slow:
            slow.connected()
            connection = http.client.HTTPSConnection("localhost", self.server.port, timeout=WAIT_S,
                                                     context=self.server.context())
            headers = with_token(self.server, {"Content-Type": "application/json"}, "admin")
            for n in range(events):
                connection.request("POST", order_path("T-4"), f'{{"n":{n},"x":"{payload}{n}"}}', headers)
                self.assertEqual(connection.getresponse().read()[:5], b'{"id"')
            connection.close()
            for n in range(events):
                data = slow.next().json["data"]
                self.assertEqual((data["n"], data["x"]), (n, f"{payload}{n}"))

    def test_at_the_end_tls_is_ended_before_the_connection(self):
        with TlsServer() as server:
            with server.stream(order_path("T-5")) as stream, server.connect() as idle:
                stream.connected()
                idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                self.assertTrue(idle.recv(4096).startswith(b"HTTP/1.1 200 "))
                self.assertEqual(server.stop(), 0)
                stream.read_to_end()
                self.assertTrue(stream.is_ended)
                # An end that TLS did not announce would raise.
                self.assertEqual(stream.socket.recv(1), b"")
                self.assertEqual(idle.recv(4096), b"")

    def test_an_answer_that_closes_ends_tls_too(self):
        with self.server.connect() as s:
            s.sendall(HEALTH)
            answer = b"".join(iter(lambda: s.recv(4096), b""))
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)


class CertificateTest(unittest.TestCase):
    def test_a_swap_under_a_hundred_streams_drops_none(self):
        with TlsServer() as server:
            streams = [self.enterContext(server.stream(order_path("T-6"))) for _ in range(100)]
            for stream in streams:
                stream.connected()
            server.publish(order_path("T-6"), {"n": 0})
            old = server.serial()
            self.assertTrue(server.swap_certificate(*make_certificate(server.pki.name, "next")))
            self.assertTrue(eventually(lambda: server.serial() != old))
            for n in (1, 2):
                server.publish(order_path("T-6"), {"n": n})
            for stream in streams:
                self.assertEqual([stream.next().json["data"]["n"] for _ in range(3)], [0, 1, 2])

    def test_what_does_not_fit_together_changes_nothing(self):
        with TlsServer() as server:
            old = server.serial()
            with open(server.crt) as f:
                good_crt = f.read()
            crt, _ = make_certificate(server.pki.name, "next")
            _, key = make_certificate(server.pki.name, "another")
            self.assertFalse(server.swap_certificate(crt, key))
            self.assertIn("does not belong", server.log_text())
            with open(crt, "w") as f:
                f.write(good_crt)
            os.replace(crt, server.crt)
            self.assertEqual(server.serial(), old)

    def test_an_expired_certificate_does_not_start(self):
        with tempfile.TemporaryDirectory(prefix="rtserve-test-") as folder:
            crt, key = make_certificate(folder, "old")
            subprocess.run(["openssl", "x509", "-in", crt, "-signkey", key, "-days", "-1", "-out", crt], check=True,
                           capture_output=True, timeout=PATIENCE_S)
            done = run("rtserve", "--dev", "--listen", f"127.0.0.1:{free_port()}", "--admin-listen",
                       f"127.0.0.1:{free_port()}", "--tls-cert", crt, "--tls-key", key)
        self.assertEqual(done.code, 78, done)
        self.assertIn(crt, done.err)
        self.assertIn("expired", done.err)


class HandshakeTest(unittest.TestCase):
    def test_what_never_becomes_a_request_is_closed_by_the_deadline(self):
        outgoing = ssl.MemoryBIO()
        try:
            ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost").do_handshake()
        except ssl.SSLWantReadError:
            hello = outgoing.read()
        with TlsServer("--request-timeout", "1s") as server:
            silent, half, waiting, dripping = sockets = [server.connect_plainly() for _ in range(4)]
            sockets.append(server.connect())  # shook hands and says nothing
            half.sendall(hello[:100])
            waiting.sendall(hello)
            deadline = time.monotonic() + WAIT_S
            sent = 0
            try:
                while sent < len(hello) and time.monotonic() < deadline:
                    dripping.sendall(hello[sent:sent + 1])
                    sent += 1
                    time.sleep(0.05)
            except OSError:
                pass
            self.assertLess(sent, len(hello), "a handshake a byte at a time goes on for ever")
            for at, s in enumerate(sockets):
                try:
                    while s.recv(4096):
                        pass
                except ConnectionResetError:
                    pass
                except TimeoutError:
                    self.fail(f"connection {at} stays open")
                s.close()
            self.assertTrue(server.is_healthy())


if __name__ == "__main__":
    unittest.main()

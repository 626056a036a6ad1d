# SPDX-License-Identifier: MIT
"""SIGHUP: keys, roles and limits change without a stream being dropped; what is not valid changes nothing."""
import os
import secrets
import signal
import subprocess
import tempfile
import unittest

from support import BIN, Server, driver_path, eventually, order_path


def metric(server, name):
    for line in server.admin_request("/metrics").body.decode().splitlines():
        if line.startswith(name + " "):
            return float(line.split()[1])
    return None


class TalkativeServer(Server):
    log_level = "info"


class ReloadTest(unittest.TestCase):
    def serve(self, text="", *options):
        """A server with a configuration file; write() gives it another one."""
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.file = os.path.join(folder, "rtserve.toml")
        self.folder = folder
        self.write(text)
        return self.enterContext(TalkativeServer("--config", self.file, *options))

    def write(self, text):
        with open(self.file, "w") as f:
            f.write(text)

    def hang_up(self, server):
        """Sends SIGHUP and waits until it has been seen to; true when the new configuration was taken."""
        said = lambda: (server.log_text().count("configuration reloaded"),
                        server.log_text().count("the old configuration stays"))
        before = said()
        server.process.send_signal(signal.SIGHUP)
        self.assertTrue(eventually(lambda: said() != before), "SIGHUP was not answered")
        return said()[0] > before[0]

    def stats_status(self, server, token):
        return server.request("GET", "/api/v1/realtime/stats", token=token).status

    def write_secret(self, path):
        os.unlink(path)
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write(secrets.token_hex(32))

    def test_a_new_secret_comes_in_and_the_old_one_goes_and_no_stream_is_dropped(self):
        server = self.serve()
        old = server.admin
        self.assertEqual(self.stats_status(server, old), 200)
        with server.stream(order_path("R-1"), token=old) as stream:
            stream.connected()
            self.write_secret(server.secret_file)
            self.assertTrue(self.hang_up(server))
            server.admin = server.token("--sub", "boss", "--role", "admin")
            self.assertEqual(self.stats_status(server, old), 401)
            self.assertEqual(self.stats_status(server, server.admin), 200)
            server.publish(order_path("R-1"), {"n": 1})
            self.assertEqual(stream.next().json["data"], {"n": 1})

    def test_two_secrets_at_once_let_both_in(self):
        second = os.path.join(self.enterContext(tempfile.TemporaryDirectory()), "second")
        open(second, "w").close()
        self.write_secret(second)
        server = self.serve("", "--jwt-secret-file", second)
        made = subprocess.run([os.path.join(BIN, "rtserve"), "token", "--jwt-secret-file", second, "--sub", "b", "--role",
                               "admin"], check=True, capture_output=True, text=True).stdout.strip()
        self.assertEqual(self.stats_status(server, server.admin), 200)
        self.assertEqual(self.stats_status(server, made), 200)

    def test_what_is_not_valid_changes_nothing_and_is_said(self):
        server = self.serve("max-clients = 5\n")
        self.assertEqual(metric(server, "rtserve_config_last_reload_successful"), 1)
        for text, why in (("max-cleints = 5\n", "max-clients"), ("max-clients = [\n", ""), ("jwks-file = \"/nowhere\"\n", "/nowhere"),
                          ("[roles.a]\nsubscrbe = []\n", ":2:"), ("tls-cert = \"/nowhere\"\n", "--tls-key")):
            with self.subTest(text):
                self.write(text)
                self.assertFalse(self.hang_up(server))
                self.assertIn(why, server.log_text().splitlines()[-1])
                self.assertEqual(metric(server, "rtserve_config_last_reload_successful"), 0)
                self.assertEqual(self.stats_status(server, server.admin), 200)
        self.write("max-clients = 5\n")
        self.assertTrue(self.hang_up(server))
        self.assertEqual(metric(server, "rtserve_config_last_reload_successful"), 1)

    def test_a_limit_changes_and_what_cannot_change_is_said(self):
        server = self.serve()
        with server.stream(order_path("R-2")) as first:
            first.connected()
            self.write("max-clients = 1\nheartbeat = \"99s\"\n")
            self.assertTrue(self.hang_up(server))
            self.assertRegex(server.log_text(), "needs a restart to change option=heartbeat")
            with server.stream(order_path("R-2")) as second:
                self.assertEqual(second.status, 503)
            self.write("")
            self.assertTrue(self.hang_up(server))
            with server.stream(order_path("R-2")) as second:
                second.connected()

    def test_the_roles_of_the_file_replace_the_roles_of_the_house(self):
        server = self.serve('[roles.courier]\nsubscribe = ["drivers/{sub}", "runs/{runs}"]\npublish = ["drivers/{sub}"]\n'
                            '[roles.office]\nsubscribe = ["*"]\nstats = true\n', "--authorization", "claims")
        token = lambda *options: subprocess.run(
            [os.path.join(BIN, "rtserve"), "--config", self.file, "token", "--jwt-secret-file", server.secret_file, *options],
            check=True, capture_output=True, text=True).stdout.strip()
        courier = token("--sub", "D-1", "--role", "courier", "--run", "T-1")
        head = lambda path, who: server.request("HEAD", path, token=who).status
        self.assertEqual(head(driver_path("D-1"), courier), 200)
        self.assertEqual(head(driver_path("D-2"), courier), 403)
        self.assertEqual(head(order_path("T-1"), courier), 403)
        self.assertEqual(head("/api/v1/realtime/runs/T-1/stream", courier), 200)
        self.assertEqual(self.stats_status(server, courier), 403)
        self.assertEqual(self.stats_status(server, token("--sub", "o", "--role", "office")), 200)
        # The admin of old is a role that is not there any more.
        self.assertEqual(self.stats_status(server, server.admin), 403)
        self.write("")
        self.assertTrue(self.hang_up(server))
        self.assertEqual(self.stats_status(server, server.admin), 200)
        self.assertEqual(head(driver_path("D-1"), courier), 403)

    def test_authenticated_lets_every_valid_token_read_and_nothing_more(self):
        server = self.serve("", "--authorization", "authenticated")
        customer = server.token("--sub", "c", "--role", "customer", "--order", "O-1")
        self.assertEqual(server.request("HEAD", driver_path("D-9"), token=customer).status, 200)
        self.assertEqual(self.stats_status(server, customer), 403)
        answer = server.request("POST", order_path("O-1"), b"{}", {"Content-Type": "application/json"}, token=customer)
        self.assertEqual(answer.status, 403)
        self.assertEqual(server.request("HEAD", driver_path("D-9"), token=None).status, 401)


if __name__ == "__main__":
    unittest.main()

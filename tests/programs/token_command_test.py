# SPDX-License-Identifier: MIT
"""`rtserve token`: keys of every kind, the roles of a configuration file, and nothing of a token in the process list."""
import base64
import json
import os
import secrets
import subprocess
import tempfile
import unittest

from support import BIN, WAIT_S, eventually

# RFC 8037 appendix A.2 and A.4, of a key whose private half is published there.
ED25519_JWK = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


def base64url(octets):
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


class TokenCommandTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="rtserve-test-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.secret = self.write("secret", secrets.token_hex(32) + "\n")

    def write(self, name, text, mode=0o600):
        path = os.path.join(self.folder, name)
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, mode), "w") as f:
            f.write(text)
        return path

    def run_rtserve(self, *arguments, code=0, environment=None, stdin=""):
        done = subprocess.run([os.path.join(BIN, "rtserve"), *arguments], input=stdin, capture_output=True, text=True,
                              timeout=WAIT_S, env={**os.environ, **(environment or {})})
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout.strip() if code in (0, 77) else done.stderr

    def test_a_secret_of_a_key_set_signs_under_its_name(self):
        jwks = self.write("keys.json", json.dumps({"keys": [
            ED25519_JWK, {"kty": "oct", "kid": "2026", "alg": "HS512", "k": base64url(secrets.token_bytes(64))}]}))
        token = self.run_rtserve("token", "--jwks-file", jwks, "--sub", "U", "--role", "admin")
        header = token.split(".")[0]
        self.assertEqual(json.loads(base64.urlsafe_b64decode(header + "==")),
                         {"alg": "HS512", "kid": "2026", "typ": "JWT"})
        self.assertIn("may read: *", self.run_rtserve("token", "--jwks-file", jwks, "--verify", token))
        said = self.run_rtserve("token", "--jwt-secret-file", self.secret, "--verify", token, code=77)
        self.assertTrue(said.startswith("not valid: "), said)

    def test_public_keys_verify_and_do_not_sign(self):
        jwks = self.write("public.json", json.dumps({"keys": [ED25519_JWK]}), 0o644)
        said = self.run_rtserve("token", "--jwks-file", jwks, "--sub", "U", code=78)
        self.assertIn("--jwt-secret-file", said)
        token = self.run_rtserve("token", "--jwt-secret-file", self.secret, "--sub", "U", "--role", "admin")
        self.run_rtserve("token", "--jwks-file", jwks, "--verify", token, code=77)

    def test_no_key_at_all_is_an_error_of_configuration(self):
        for arguments in (("--sub", "U"), ("--verify", "a.b.c")):
            self.assertIn("--jwt-secret-file", self.run_rtserve("token", *arguments, code=78))

    def test_the_roles_are_those_of_the_configuration_file(self):
        config = self.write("rtserve.toml", '[roles.courier]\nsubscribe = ["drivers/{sub}", "orders/*"]\n'
                                            'publish = ["drivers/{sub}"]\n')
        command = ("token", "--config", config, "--jwt-secret-file", self.secret)
        token = self.run_rtserve(*command, "--sub", "D-7", "--role", "courier")
        said = self.run_rtserve(*command, "--verify", token)
        self.assertIn("may read: drivers/D-7, orders/*\n", said)
        self.assertIn("may publish: drivers/D-7\n", said)
        self.assertIn("courier", self.run_rtserve(*command, "--sub", "D-7", "--role", "courrier", code=64))
        self.assertIn("no role", self.run_rtserve(*command, "--sub", "D-7", "--role", "admin", code=64))
        # To a server with the usual roles it grants nothing.
        self.assertIn("may read: nothing\n", self.run_rtserve("token", "--jwt-secret-file", self.secret, "--verify", token))

    def test_a_new_secret_can_be_made_for_the_file_that_the_environment_names(self):
        environment = {"RTSERVE_JWT_SECRET_FILE": os.path.join(self.folder, "not-yet")}
        self.assertEqual(len(self.run_rtserve("token", "--new-secret", environment=environment)), 43)

    def test_a_token_to_verify_is_not_left_in_the_process_list(self):
        token = self.run_rtserve("token", "--jwt-secret-file", self.secret, "--sub", "U", "--role", "admin")
        for spelling in (["--verify", token], [f"--verify={token}"]):
            # The program waits for its secret, and holds the token meanwhile.
            fifo = os.path.join(self.folder, f"fifo-{len(spelling)}")
            os.mkfifo(fifo, 0o600)
            with subprocess.Popen([os.path.join(BIN, "rtserve"), "token", "--jwt-secret-file", fifo, *spelling],
                                  stdout=subprocess.PIPE, text=True) as process:
                def arguments():
                    with open(f"/proc/{process.pid}/cmdline", "rb") as f:
                        return f.read().decode()
                hidden = eventually(lambda: "xxxxxxxx" in arguments())
                shown = arguments()
                with open(fifo, "w") as f, open(self.secret) as secret:
                    f.write(secret.read())
                said = process.communicate(timeout=WAIT_S)[0]
            self.assertTrue(hidden, shown)
            self.assertNotIn(token[-16:], shown)
            self.assertIn("--verify", shown)
            self.assertTrue(said.startswith("valid\n"), said)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""How --store names a Redis: what is refused, and that no password is shown, whatever is wrong."""
import os
import tempfile
import unittest

from commands import run
from support import free_port

SERVE = ("--dev", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")


class RedisOptionsTest(unittest.TestCase):
    def refused(self, code, says, *options, env=None):
        outcome = run("rtserve", *SERVE, *options, env=env)
        self.assertEqual((outcome.code, says in outcome.err), (code, True), outcome)
        self.assertNotIn("geheim", outcome.out + outcome.err)

    def test_a_password_on_the_command_line_is_refused(self):
        self.refused(78, "--redis-password-file", "--store", "redis://u:geheim@127.0.0.1")
        self.refused(78, "--redis-password-file", "--store=redis://:geheim@127.0.0.1")

    def test_what_is_no_address_is_refused(self):
        for url in ("redis://u:geheim@", "redis://u:geheim@h:x", "redis:/u:geheim@h", "unix:"):
            self.refused(78, "$RTSERVE_STORE", env={"RTSERVE_STORE": url})
        self.refused(78, "is not spoken", "--store", "rediss://127.0.0.1")

    def test_a_redis_that_is_not_there_is_said_without_the_password(self):
        self.refused(69, "Redis cannot be reached", env={"RTSERVE_STORE": f"redis://u:geheim@127.0.0.1:{free_port()}"})

    def test_a_file_with_a_password_is_its_owners_alone(self):
        with tempfile.TemporaryDirectory(prefix="rt-redis-") as folder:
            password, config = os.path.join(folder, "password"), os.path.join(folder, "rtserve.toml")
            for path, text in ((password, "geheim"), (config, 'store = "redis://u:geheim@127.0.0.1"\n')):
                with open(path, "w") as f:
                    f.write(text)
                os.chmod(path, 0o644)
            self.refused(78, "password", "--store", "redis://127.0.0.1", "--redis-password-file", password)
            self.refused(78, "holds a password", "-c", config)
            self.refused(78, "goes with", "--redis-password-file", password)
            os.chmod(password, 0o600)
            self.refused(78, "given twice", "--redis-password-file", password,
                         env={"RTSERVE_STORE": "redis://u:geheim@127.0.0.1"})


if __name__ == "__main__":
    unittest.main()

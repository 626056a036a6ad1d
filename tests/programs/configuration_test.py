# SPDX-License-Identifier: MIT
"""Where an option's value comes from: flag, environment, file, default, in that order; --print-config says which."""
import json
import os
import tempfile
import tomllib
import unittest

from commands import run
from support import Server

PROGRAMS = ("rtserve", "rtpush", "rtwatch", "rtstat")
# Of each program an option that a file and the environment can set, its default, and its variable.
OPTIONS = {"rtserve": ("admin-listen", "127.0.0.1:3001", "RTSERVE_ADMIN_LISTEN"),
           **{tool: ("server", "http://127.0.0.1:3000", "RT_SERVER") for tool in PROGRAMS[1:]}}
VALUES = {"rtserve": ["127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"]}
URLS = ["http://file.example", "http://environment.example", "http://flag.example"]


class ConfigurationTest(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="rtserve-test-"))

    def write(self, text, name="config.toml", mode=0o600):
        path = os.path.join(self.folder, name)
        with open(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, mode), "w") as f:
            f.write(text)
        return path

    def shown(self, program, *arguments, env=None):
        """The lines of --print-config, by their key: the value in TOML, and where it came from."""
        done = run(program, *arguments, "--print-config", env=env)
        self.assertEqual((done.code, done.err), (0, ""), done)
        tomllib.loads(done.out)
        lines = [line.partition(" = ") for line in done.out.splitlines() if " = " in line]
        return {key: tuple(rest.rsplit("  # ", 1)) for key, _, rest in lines}

    def test_a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default(self):
        for program in PROGRAMS:
            key, default, variable = OPTIONS[program]
            in_file, in_environment, in_flag = VALUES.get(program, URLS)
            path = self.write(f'\n{key} = "{in_file}"\n')
            environment = {variable: in_environment}
            with self.subTest(program):
                show = lambda *arguments, **how: self.shown(program, *arguments, **how)[key]
                self.assertEqual(show(), (f'"{default}"', "default"))
                self.assertEqual(show("-c", path), (f'"{in_file}"', f"{path}:2"))
                self.assertEqual(show("-c", path, env=environment), (f'"{in_environment}"', f"${variable}"))
                self.assertEqual(show("-c", path, f"--{key}", in_flag, env=environment), (f'"{in_flag}"', "flag"))
                self.assertEqual(show(env={variable: ""}), (f'"{default}"', "default"))

    def test_what_is_shown_is_a_file_that_says_the_same(self):
        path = self.write('retain-events = 7\nlisten = ["127.0.0.1:1", "unix:/x"]\ncors-origin = "https://a.example"\n'
                          'jwt-issuer = "a \\"b\\" #1"\ndev = true\n'
                          '[roles.a]\nsubscribe = ["drivers/{sub}"]\nstats = true\n[roles."b \\"c"]\npublish = ["*"]\n')
        for program, arguments in (("rtserve", ("-c", path)), ("rtpush", ("-v", "-v", "-W", "1.5")), ("rtwatch", ("-C", "3")),
                                   ("rtstat", ("-w", "-i", "250ms"))):
            with self.subTest(program):
                first = run(program, *arguments, "--print-config").out
                second = run(program, "-c", self.write(first, "again.toml"), "--print-config")
                self.assertEqual(second.code, 0, second)
                self.assertEqual(tomllib.loads(second.out), tomllib.loads(first))
        shown = tomllib.loads(run("rtserve", "-c", path, "--print-config").out)
        self.assertEqual((shown["retain-events"], shown["listen"], shown["jwt-issuer"], shown["dev"], shown["roles"]),
                         (7, ["127.0.0.1:1", "unix:/x"], 'a "b" #1', True,
                          {"a": {"subscribe": ["drivers/{sub}"], "stats": True}, 'b "c': {"publish": ["*"]}}))

    def test_no_command_and_no_server_is_needed(self):
        self.assertIn("timeout", self.shown("rtpush"))
        self.assertIn("timeout", self.shown("rtpush", "order"))
        self.assertIn("retries", self.shown("rtwatch", "order"))
        self.assertIn("store", self.shown("rtserve", "check-config"))
        self.assertEqual(run("rtpush", "ordr", "--print-config").code, 64)
        self.assertEqual(run("rtstat", "--print-config", "-c", self.write("sever = 1\n")).code, 78)

    def test_secrets_are_not_shown(self):
        path = self.write('token = "s3cret"\nheader = ["X-Key: s3cret"]\nserver = "http://u:s3cret@h"\n')
        for program in PROGRAMS[1:]:
            for given, env in (((), {"RT_TOKEN": "s3cret"}), (("--token", "s3cret"), {}), (("-c", path), {})):
                done = run(program, *given, "--print-config", env=env)
                self.assertEqual(done.code, 0, done)
                self.assertNotIn("s3cret", done.out + done.err)
                self.assertIn("#token = ", done.out)
        url = "redis://u:s3cret@h/1"
        for given, env in (((), {"RTSERVE_STORE": url}), (("-c", self.write(f'store = "{url}"\n')), {})):
            done = run("rtserve", *given, "--print-config", env=env)
            self.assertNotIn("s3cret", done.out + done.err)
            self.assertIn('#store = "redis://u:(not shown)@h/1"', done.out)

    def test_output_that_cannot_be_written_is_74(self):
        for what in ("--print-config", "--help", "--version"):
            for program in PROGRAMS:
                path = os.path.join(os.environ.get("RT_BIN", ""), program)
                self.assertEqual(run("/bin/sh", "-c", f'"$0" {what} > /dev/full', path).code, 74, (program, what))

    def test_a_repeatable_option_takes_one_value_each_time(self):
        with Server() as server:
            server.publish("/api/v1/realtime/orders/T-1/stream", {"n": 1})
            done = run("rtwatch", "order", "-H", "X-A: b", "T-1", "-C", "1", server=server, token="admin")
            self.assertEqual(done.code, 0, done)
        # Each word of the environment's is one of them.
        shown = self.shown("rtserve", "--listen", "127.0.0.1:1", env={"RTSERVE_CORS_ORIGIN": "https://a.example, https://b.example"})
        self.assertEqual(json.loads(shown["cors-origin"][0]), ["https://a.example", "https://b.example"])
        self.assertEqual(shown["listen"], ('["127.0.0.1:1"]', "flag"))

    def test_a_value_in_brackets_is_one_value(self):
        for arguments, payload in ((("--set", "a=[1,2]"), '{"a":"[1,2]"}'), (("--set", "a:=[1,2]"), '{"a":[1,2]}'),
                                   (("--set", "[a,b]=c"), '{"[a,b]":"c"}')):
            done = run("rtpush", "order", "T-1", "-n", *arguments)
            self.assertEqual(json.dumps(json.loads(done.out)["data"], separators=(",", ":")), payload, done)
        self.assertEqual(self.shown("rtwatch", "--exec", "[a,b]")["exec"], ('"[a,b]"', "flag"))
        self.assertEqual(self.shown("rtstat", "-H", "X-A: [b,c]")["#header"], ('["X-A: (not shown)"]', "flag"))

    def test_what_a_file_says_wrongly_is_said_with_its_line(self):
        secret = self.write("0123456789abcdef" * 4, "secret")
        missing = os.path.join(self.folder, "missing")
        public = self.write("0123456789abcdef" * 4, "open-secret", 0o644)
        os.chmod(public, 0o644)
        for line, words in ((f'jwks-file = "{missing}"', ("jwks-file: ", missing, "No such file")),
                            (f'jwt-public-key = ["{secret}"]', ("jwt-public-key: ", secret)),
                            (f'redis-password-file = "{missing}"\nstore = "redis://h"', ("redis-password-file: ", missing)),
                            (f'tls-cert = "{missing}"\ntls-key = "{secret}"', ("tls-cert: ", missing)),
                            (f'jwt-secret-file = "{public}"', ("jwt-secret-file: ", public, "others")),
                            ('heartbeat = "10ms"', ("heartbeat", "1s")), ('listen = "here"', ("listen: ", "'here'")),
                            ('trusted-proxy = ["10.0.0.1/8"]', ("trusted-proxy: ", "10.0.0.0/8")),
                            ('[roles.a]\nsubscribe = ["trucks/*"]', ("trucks",)), ('heartbeat = "soon"', ("heartbeat: ", "soon"))):
            path = self.write(f"# a comment\n{line}\n")
            at = 3 if line.startswith("[") else 2
            with self.subTest(line):
                given = () if "jwt-secret-file" in line else ("--jwt-secret-file", secret)
                done = run("rtserve", *given, "-c", path, "check-config")
                self.assertEqual(done.code, 78, done)
                self.assertTrue(done.err.startswith(f"rtserve: {path}:{at}: "), done.err)
                for word in words:
                    self.assertIn(word, done.err)
                self.assertLessEqual(done.err.count("\n"), 3)


if __name__ == "__main__":
    unittest.main()

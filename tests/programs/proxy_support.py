# SPDX-License-Identifier: MIT
"""Two instances on one Redis behind a real proxy, all configured by the files and commands of deploy/."""
import http.client
import json
import os
import re
import secrets
import shutil
import socket
import ssl
import subprocess
import tempfile

from commands import PATIENCE_S
from redis_support import require_redis
from support import WAIT_S, Answer, EventStream, Server, eventually, free_port, with_token
from tls_test import make_certificate

DEPLOY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy")


def deployed(name):
    with open(os.path.join(DEPLOY, name)) as f:
        return f.read()


def block(language, holding):
    """The one block of deploy/README.md in that language with that text."""
    found = [b for b in re.findall(rf"^```{language}\n(.*?)^```$", deployed("README.md"), re.M | re.S) if holding in b]
    assert len(found) == 1, found
    return found[0]


def replaced(text, values):
    """Each of the values must be there to be replaced."""
    for old, new in values.items():
        assert old in text, f"{old!r} is not in {text}"
        text = text.replace(old, new)
    return text


class Machine:
    """A folder in place of /, in which the commands of deploy/README.md are carried out."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="rtserve-test-")
        self.root = self.folder.name
        self.crt, self.key = make_certificate(self.root, "server")

    def path(self, name):
        """Of the machine's file, in a folder that is there."""
        path = self.root + name
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def write(self, name, text, mode=0o644):
        with open(os.open(self.path(name), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode), "w") as f:
            f.write(text)
        return self.path(name)

    def carry_out(self, commands):
        """As they stand, but within the folder, not as root, and without what installs, starts and reloads."""
        commands = re.sub(r"^sudo (apt|systemctl|nginx) .*\n", "", commands, flags=re.M)
        commands = commands.replace("sudo ", "").replace(" /etc/", f" {self.root}/etc/")
        subprocess.run(["bash", "-euo", "pipefail", "-c", commands], cwd=self.root, check=True, timeout=WAIT_S)

    def run(self, *command):
        with open(self.path("/log"), "ab") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.root,
                                    env={**os.environ, "HOME": self.root, "XDG_DATA_HOME": self.root})

    def text_of(self, name):
        with open(self.path(name), errors="replace") as f:
            return f.read()

    def clean_up(self):
        self.folder.cleanup()


class GuidedRedis:
    """redis-server as the guide configures it, but for the disk, which may be slow."""

    def __init__(self, machine):
        require_redis()
        self.machine, self.port = machine, free_port()
        machine.write("/etc/redis/redis.conf", "")
        machine.carry_out(block("sh", "redis.conf").replace(" 10.0.0.10", ""))
        self.process = machine.run("redis-server", machine.path("/etc/redis/redis.conf"), "--port", str(self.port),
                                   "--dir", machine.root, "--appendonly", "no", "--save", "")
        assert eventually(self.is_there), machine.text_of("/log")

    def is_there(self):
        return is_listening(self.port)

    def stop(self):
        self.process.terminate()
        self.process.wait()


class GuidedInstance(Server):
    """rtserve with the guide's configuration file. `peer`: another one, whose tokens are good here, too."""
    log_level = "info"

    def __init__(self, machine, redis, peer=None):
        self.peer = peer
        text = replaced(block("toml", "redis-password-file"), {
            "@10.0.0.10": f"@127.0.0.1:{redis.port}", "10.0.0.10": "127.0.0.1", "10.0.0.12": "127.0.0.1",
            "/etc/rtserve/redis-password": f"{machine.root}/redis-password"})
        super().__init__("--config", machine.write("/etc/rtserve/rtserve.toml", text), "--heartbeat", "1s")

    def key_options(self):
        if self.peer:
            shutil.copy(self.peer.secret_file, self.secret_file)
        return super().key_options()

    def count(self, metric):
        return float(re.search(rf"^{metric} (.*)$", self.admin_request("/metrics").body.decode(), re.M)[1])


class Front:
    """The proxy's address, over HTTPS. Tokens are those of an instance."""

    def __init__(self, machine, instance):
        self.machine, self.port = machine, free_port()
        self.admin, self.tokens_used = instance.admin, instance.tokens_used

    @property
    def url(self):
        return f"https://localhost:{self.port}"

    def start(self, *command):
        self.process = self.machine.run(*command)
        assert eventually(lambda: self.process.poll() is not None or is_listening(self.port))
        assert self.process.poll() is None, self.machine.text_of("/log")

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def context(self):
        return ssl.create_default_context(cafile=self.machine.crt)

    def connect(self, source="127.0.0.1"):
        return socket.create_connection(("127.0.0.1", self.port), WAIT_S, (source, 0))

    def stream(self, path, headers=None, source="127.0.0.1", token="admin"):
        wrapped = self.context().wrap_socket(self.connect(source), server_hostname="localhost")
        return EventStream(wrapped, path, with_token(self, headers, token), "1.1")

    def post(self, path, body, headers=None):
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=WAIT_S * 2, context=self.context())
        try:
            fields = with_token(self, {"Content-Type": "application/json", **(headers or {})}, "admin")
            connection.request("POST", path, body, fields)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def publish(self, path, payload, key=None):
        """The id of the event, once it was taken: repeated, with its key, while the answer says to come again."""
        fields = {"Idempotency-Key": key or secrets.token_hex(8)}
        answer = eventually(lambda: taken(self.post(path, json.dumps(payload), fields)), PATIENCE_S)
        assert answer, "no instance takes the event"
        return answer.json()["id"]


def taken(answer):
    """The answer, unless it asks to come again."""
    if answer.status in (502, 503, 504):
        return None
    assert answer.status == 200, answer
    return answer


def is_listening(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0

# SPDX-License-Identifier: MIT
"""A redis-server of the test's own, instances of rtserve that share it, and a publisher that does not give up."""
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from support import WAIT_S, Server, eventually, order_path

PATIENCE_S = 60.0


def require_redis():
    if not shutil.which("redis-server"):
        raise unittest.SkipTest("redis-server is not installed")


class Redis:
    """Keeps nothing on disk, unless it is given DURABLE."""
    DURABLE = ("--appendonly", "yes", "--appendfsync", "always")

    def __init__(self, *options):
        require_redis()
        self.folder = tempfile.TemporaryDirectory(prefix="rt-redis-")
        self.socket_path = os.path.join(self.folder.name, "redis.sock")
        self.url = f"unix:{self.socket_path}"
        self.options = options
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket_path, "--dir", self.folder.name, "--save", "",
             *self.options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not eventually(self.is_there):
            raise AssertionError("redis-server did not start")

    def is_there(self):
        try:
            return self.ask("PING") == "PONG"
        except OSError:
            return False

    def ask(self, *words):
        """What Redis replies to one command: a text, a number, None or a list; an error is raised."""
        return self.ask_all([words])[0]

    def ask_all(self, commands):
        """The replies to some commands, which are sent at once."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(WAIT_S)
            s.connect(self.socket_path)
            s.sendall(b"".join(map(encode, commands)))
            with s.makefile("rb") as lines:
                return [read_reply(lines) for _ in commands]

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.folder.cleanup()


def encode(words):
    raws = [str(word).encode() for word in words]
    return b"*%d\r\n" % len(raws) + b"".join(b"$%d\r\n%s\r\n" % (len(raw), raw) for raw in raws)


def read_reply(lines):
    line = lines.readline().decode().rstrip("\r\n")
    if not line:
        raise ConnectionError("no reply")
    if line[0] == "-":
        raise ConnectionError(line)
    if line[0] == ":":
        return int(line[1:])
    if line[0] == "$":
        return None if line == "$-1" else lines.read(int(line[1:]) + 2)[:-2].decode()
    if line[0] == "*":
        return [read_reply(lines) for _ in range(int(line[1:]))]
    return line[1:]


class Instance(Server):
    """An rtserve on that Redis. `peer`: another one, whose tokens are good here, too."""

    def __init__(self, redis, *options, peer=None, url=None):
        self.store, self.peer = url or redis.url, peer
        super().__init__(*options)

    def key_options(self):
        if self.peer:
            shutil.copy(self.peer.secret_file, self.secret_file)
        return [*super().key_options(), "--store", self.store]

    def try_publish(self, path, payload="{}", **headers):
        """The answer, whatever it is, and how long it took."""
        begin = time.monotonic()
        answer = self.request("POST", path, payload.encode(), {"Content-Type": "application/json", **headers})
        return answer, time.monotonic() - begin

    def is_ready(self):
        return self.admin_request("/readyz").status == 200

    def reason(self):
        return self.admin_request("/readyz").json().get("reason", "")


class Publisher(threading.Thread):
    """Publishes {"n": 0}, {"n": 1} ... to an order of its own, through one instance after the other; repeats with the
    same Idempotency-Key what was not answered with 200."""

    def __init__(self, instances, name, count=None):
        super().__init__(daemon=True)
        self.instances, self.name, self.count = instances, name, count
        self.ids, self.refused_s = [], []
        self.failure = None
        self.connections = {}
        self.is_stopping = threading.Event()

    def run(self):
        try:
            while not self.is_stopping.is_set() and len(self.ids) != self.count:
                self.ids.append(self.publish(json.dumps({"n": len(self.ids)}).encode()))
        except Exception as failure:  # told by finish() in the thread of the test
            self.failure = failure

    def publish(self, payload):
        key, deadline = secrets.token_hex(8), time.monotonic() + PATIENCE_S
        for attempt in range(10**9):
            instance = self.instances[(len(self.ids) + attempt) % len(self.instances)]
            connection = self.connections.pop(instance, None) or http.client.HTTPConnection(
                "127.0.0.1", instance.port, timeout=PATIENCE_S)
            begin = time.monotonic()
            try:
                connection.request("POST", order_path(self.name), payload, {
                    "Content-Type": "application/json", "Idempotency-Key": key,
                    "Authorization": f"Bearer {instance.admin}"})
                response = connection.getresponse()
                body = response.read()
                self.connections[instance] = connection
                if response.status == 200:
                    return json.loads(body)["id"]
                if response.status != 503 or not response.headers["Retry-After"]:
                    raise AssertionError(f"{response.status} {body}")
                self.refused_s.append(time.monotonic() - begin)
            except (OSError, http.client.HTTPException):
                connection.close()
            if time.monotonic() > deadline:
                raise AssertionError("nobody takes the event")
            time.sleep(0.01)

    def finish(self):
        self.is_stopping.set()
        return self.wait()

    def wait(self):
        self.join(PATIENCE_S * 10)
        for connection in self.connections.values():
            connection.close()
        if self.failure:
            raise self.failure
        assert not self.is_alive(), "a publisher does not end"
        return self.ids


def parse(event_id):
    return tuple(map(int, event_id.split("-")))


def by_order(blocks):
    """[(order, n, id)] of the events among the blocks."""
    return [(b.json["orderId"], b.json["data"].get("n"), b.id) for b in blocks if "orderId" in b.json and b.id]


def acknowledged(publishers):
    """{(order, n): id} of all that was answered with 200."""
    return {(p.name, n): event_id for p in publishers for n, event_id in enumerate(p.ids)}


def check_promises(test, events, publishers):
    """Each acknowledged event came once, with the id of its answer; all in the order of their ids."""
    ids = [parse(event_id) for _, _, event_id in events]
    test.assertEqual(ids, sorted(set(ids)), "ids must rise")
    seen = {(order, n): event_id for order, n, event_id in events}
    test.assertEqual(len(seen), len(events), "an event came twice")
    wanted = acknowledged(publishers)
    test.assertEqual({key: seen.get(key) for key in wanted}, wanted)


def read_until(stream, is_enough, timeout=PATIENCE_S):
    """The stream's blocks with data, until is_enough(blocks)."""
    blocks, deadline = [], time.monotonic() + timeout
    while not is_enough(blocks):
        blocks.append(stream.next(max(0.0, deadline - time.monotonic())))
    return blocks

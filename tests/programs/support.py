# SPDX-License-Identifier: MIT
"""What the tests of the programs share: a running rtserve, requests to it, and a reader of its event streams.

RT_BIN names the folder of the programs. Nothing here sleeps for luck: every wait is for a socket, a process or
a condition, with a deadline.
"""
import http.client
import json
import os
import re
import secrets
import select
import signal
import socket
import subprocess
import tempfile
import time

BIN = os.environ.get("RT_BIN", "")
WAIT_S = 10.0
API = "/api/v1/realtime"
ID = re.compile(r"^(0|[1-9][0-9]*)-(0|[1-9][0-9]*)$")


def order_path(order):
    return f"{API}/orders/{order}/stream"


def run_path(run):
    return f"{API}/runs/{run}/stream"


def driver_path(driver):
    return f"{API}/drivers/{driver}/location"


def eventually(check, timeout=WAIT_S):
    """Asks until the answer is true, and returns it; the last answer when the time is up."""
    deadline = time.monotonic() + timeout
    while True:
        answer = check()
        if answer or time.monotonic() > deadline:
            return answer
        time.sleep(0.01)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Answer:
    """Unpacks to (status, headers, body); headers are looked up without case."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def __iter__(self):
        return iter((self.status, self.headers, self.body))

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {dict(self.headers.items())} {self.body[:500]!r}"


class Server:
    """rtserve with a fresh secret on free ports, stopped at the end of the `with` block."""
    before_exec = None  # what the child does before it becomes rtserve
    log_level = "warn"

    def __init__(self, *options):
        self.folder = tempfile.TemporaryDirectory(prefix="rtserve-test-")
        self.secret_file = os.path.join(self.folder.name, "secret")
        with open(os.open(self.secret_file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write(secrets.token_hex(32))
        self.options = options
        self.tokens_used = set()
        self.port, self.admin_port = free_port(), free_port()
        self.start()
        self.admin = self.token("--sub", "boss", "--role", "admin")

    def key_options(self):
        return ["--jwt-secret-file", self.secret_file]

    def command(self):
        return [os.path.join(BIN, "rtserve"), *self.key_options(),
                "--listen", f"127.0.0.1:{self.port}", "--admin-listen", f"127.0.0.1:{self.admin_port}",
                "--log-level", self.log_level, *self.options]

    def start(self):
        self.log = open(os.path.join(self.folder.name, "log"), "ab")
        self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stderr=self.log,
                                        preexec_fn=self.before_exec)
        if not eventually(lambda: self.process.poll() is not None or self.is_healthy()) or not self.is_healthy():
            raise AssertionError(f"rtserve did not start: {self.log_text()}")

    def is_healthy(self):
        try:
            return self.request("GET", "/healthz", token=None).status == 200
        except OSError:
            return False

    def log_text(self):
        with open(self.log.name, errors="replace") as f:
            return f.read()

    def token(self, *options):
        """A JWT with the given options of `rtserve token`."""
        if "--ttl" not in options:
            options += ("--ttl", "1h")
        command = [os.path.join(BIN, "rtserve"), "token", "--jwt-secret-file", self.secret_file, *options]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=WAIT_S).stdout.strip()

    def check_secrecy(self, text, where):
        """In no test does a token, or its signature alone, come back or get written down."""
        for token in self.tokens_used:
            signature = token.rpartition(".")[2]
            if len(signature) > 16 and signature in text:
                raise AssertionError(f"{where} holds a token")

    def connect(self, receive_buffer=None):
        s = socket.socket()
        if receive_buffer:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        s.settimeout(WAIT_S)
        s.connect(("127.0.0.1", self.port))
        return s

    def request(self, method, path, body=None, headers=None, token="admin", port=None):
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=WAIT_S)
        try:
            connection.request(method, path, body, with_token(self, headers, token))
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
            self.check_secrecy(answer.body.decode(errors="replace"), "an answer")
            return answer
        finally:
            connection.close()

    def admin_request(self, path):
        return self.request("GET", path, token=None, port=self.admin_port)

    def publish(self, path, payload, **headers):
        """`payload`: JSON text, or what json.dumps takes. Returns the answer's JSON."""
        body = payload if isinstance(payload, str) else json.dumps(payload)
        answer = self.request("POST", path, body.encode(), {"Content-Type": "application/json", **headers})
        if answer.status != 200:
            raise AssertionError(f"publish to {path}: {answer}")
        return answer.json()

    def stream(self, path, headers=None, token="admin", receive_buffer=None, version="1.1"):
        return EventStream(self.connect(receive_buffer), path, with_token(self, headers, token), version)

    def stop(self, timeout=WAIT_S):
        """SIGTERM; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            # A sanitizer speaks up in the log, and at the end by the exit code.
            code = self.stop() if self.process.poll() is None else 0
            log = self.log_text()
            self.check_secrecy(log, "the log")
            if kind:
                print(log)
            elif code != 0 or "Sanitizer" in log or "runtime error" in log:
                raise AssertionError(f"rtserve ended with {code}:\n{log}")
        finally:
            self.folder.cleanup()


def with_token(server, headers, token):
    """`token`: "admin", a JWT, or None."""
    headers = dict(headers or {})
    if token:
        token = server.admin if token == "admin" else token
        server.tokens_used.add(token)
        headers.setdefault("Authorization", f"Bearer {token}")
    return headers


class Block:
    """What stands between two blank lines of a stream."""

    def __init__(self, lines):
        self.id = self.event = self.retry = None
        self.comments, data = [], []
        for line in lines:
            name, _, value = line.partition(":")
            value = value[1:] if value.startswith(" ") else value
            if line.startswith(":"):
                self.comments.append(value)
            elif name == "data":
                data.append(value)
            elif name == "retry":
                self.retry = int(value)
            elif name in ("id", "event"):
                setattr(self, name, value)
            else:
                raise AssertionError(f"unknown line in a stream: {line!r}")
        self.data = "\n".join(data) if data else None

    @property
    def json(self):
        return json.loads(self.data)

    def __repr__(self):
        return f"Block(id={self.id}, data={self.data}, retry={self.retry}, comments={self.comments})"


class StreamEnded(Exception):
    pass


class EventStream:
    """A GET on a stream's URL. `status` and `headers` are there at once; when it is no stream, `body` too."""

    def __init__(self, connected_socket, path, headers, version):
        self.socket = connected_socket
        lines = [f"GET {path} HTTP/{version}", "Host: localhost"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.socket.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
        self.received = b""    # not yet decoded from chunks
        self.text = b""        # not yet cut into blocks
        self.retries, self.comments = [], []
        self.is_ended = False     # the last chunk came, or in HTTP/1.0 the connection's end
        self.is_cut = False       # the connection ended before
        self.read_head()

    def read_head(self):
        deadline = time.monotonic() + WAIT_S
        while b"\r\n\r\n" not in self.received:
            if not self.receive(deadline):
                raise AssertionError(f"no response head: {self.received!r}")
        head, self.received = self.received.split(b"\r\n\r\n", 1)
        self.status_line, *fields = head.decode("latin-1").split("\r\n")
        self.status = int(self.status_line.split(" ")[1])
        self.headers = {}
        for field in fields:
            name, _, value = field.partition(":")
            self.headers[name.lower()] = value.strip()
        self.is_chunked = self.headers.get("transfer-encoding") == "chunked"
        self.body = b""
        if self.status != 200:
            while len(self.received) < int(self.headers.get("content-length", 0)) and self.receive(deadline):
                pass
            self.body = self.received
        else:
            self.decode()

    def receive(self, deadline):
        """More bytes by the deadline? At the connection's end is_cut or, where that is the end, is_ended is set."""
        left = max(0.0, deadline - time.monotonic())
        if not select.select([self.socket], [], [], left)[0]:
            return False
        try:
            some = self.socket.recv(256 * 1024)
        except ConnectionResetError:
            some = b""
        self.received += some
        if not some and not self.is_ended:
            if hasattr(self, "is_chunked") and not self.is_chunked:
                self.is_ended = True
            else:
                self.is_cut = True
        return bool(some)

    def decode(self):
        if not self.is_chunked:
            self.text, self.received = self.text + self.received, b""
            return
        at, parts = 0, []
        while not self.is_ended:
            end = self.received.find(b"\r\n", at)
            if end < 0:
                break
            size = int(self.received[at:end], 16)
            if len(self.received) < end + 2 + size + 2:
                break
            assert self.received[end + 2 + size:end + 4 + size] == b"\r\n", "a chunk does not end in CRLF"
            parts.append(self.received[end + 2:end + 2 + size])
            at = end + 4 + size
            self.is_ended = size == 0
        self.received = self.received[at:]
        self.text += b"".join(parts)

    def next_block(self, timeout=WAIT_S):
        """The next block of any kind; raises StreamEnded at the end and AssertionError when none comes in time."""
        deadline = time.monotonic() + timeout
        while b"\n\n" not in self.text:
            if self.is_ended or self.is_cut:
                raise StreamEnded
            if not self.receive(deadline) and not self.is_ended and not self.is_cut:
                raise AssertionError(f"nothing came within {timeout} s; unfinished: {self.text!r}")
            self.decode()
        raw, self.text = self.text.split(b"\n\n", 1)
        block = Block(raw.decode().split("\n"))
        self.comments += block.comments
        if block.retry is not None:
            self.retries.append(block.retry)
        return block

    def next(self, timeout=WAIT_S):
        """The next block with data; comments and retry times are collected on the way."""
        deadline = time.monotonic() + timeout
        while True:
            block = self.next_block(max(0.0, deadline - time.monotonic()))
            if block.data is not None:
                return block

    def connected(self):
        """The first message, which must be `connected`; returned with its JSON."""
        block = self.next()
        assert block.json["type"] == "connected", block
        return block

    def read_to_end(self, timeout=WAIT_S):
        """All blocks with data up to the stream's end."""
        blocks, deadline = [], time.monotonic() + timeout
        while True:
            try:
                blocks.append(self.next(max(0.0, deadline - time.monotonic())))
            except StreamEnded:
                return blocks

    def close(self):
        self.socket.close()

    def reset(self):
        """Vanishes without a farewell: RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

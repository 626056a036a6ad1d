# SPDX-License-Identifier: MIT
"""The table of exit codes: of each program one command for each code that its manual page lists, and no more."""
import http.server
import os
import re
import resource
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

from commands import PATIENCE_S, Command, environment, run
from support import BIN, Server, order_path

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
AWAY = "http://127.0.0.1:1"
FIX = '{"lat":1,"lon":2}\n'
SANITIZED = "RT_SANITIZED" in os.environ


def listed(page):
    """The codes that a manual page lists."""
    with open(os.path.join(ROOT, "man", page)) as f:
        section = f.read().partition(".Sh EXIT STATUS\n")[2].partition("\n.Sh ")[0]
    codes = re.findall(r"\d+", " ".join(re.findall(r"^\.It ([\d ,]+)$", section, re.M))) + re.findall(r"\b(130|143|141)\b", section)
    return {int(code) for code in codes}


class Answering(http.server.BaseHTTPRequestHandler):
    """Answers everything with a status, and a page that is not there."""
    protocol_version = "HTTP/1.1"
    status = 200

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(self.status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Retry-After", "3600")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


class ExitTableTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="rtserve-test-"))
        cls.server = cls.enterClassContext(Server())
        cls.server.publish(order_path("E-1"), {"status": "NEW"})

    def answering(self, status):
        handler = type("Answers", (Answering,), {"status": status})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"127.0.0.1:{server.server_address[1]}"

    # ---- what else brings a code about than the arguments

    def to_full_disk(self, program, *arguments, **how):
        return run("/bin/sh", "-c", 'exec "$0" "$@" > /dev/full', os.path.join(BIN, program), *arguments, **how)

    def signalled(self, number, first_line, program, *arguments):
        """A signal once the program is at work: when that many lines are on stdout, or this text on stderr."""
        with Command(program, *arguments, server=self.server, token="admin", stdin=subprocess.PIPE) as command:
            if program == "rtpush":
                command.process.stdin.write(FIX.encode())
                command.process.stdin.flush()
            command.until_err(first_line) if isinstance(first_line, str) else command.until_out(first_line)
            command.process.send_signal(number)
            code = command.finish()
            command.process.stdin.close()
            return code

    def without_reader(self, program, *arguments):
        """stdout is a pipe that nobody reads any more."""
        read, write = os.pipe()
        os.close(read)
        try:
            return subprocess.run([os.path.join(BIN, program), *arguments], stdin=subprocess.DEVNULL, stdout=write,
                                  stderr=subprocess.DEVNULL, timeout=PATIENCE_S,
                                  env=environment(self.server, "admin")).returncode
        finally:
            os.close(write)

    def within_memory(self, kib, program, *arguments):
        limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (kib * 1024, kib * 1024))
        return subprocess.run([os.path.join(BIN, program), *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=PATIENCE_S, env=environment(), preexec_fn=limit)

    def out_of_memory(self, program):
        """With what suffices for a small file, and then a file of a MiB that needs sixteen times its size."""
        small, large = os.path.join(self.folder, "small.toml"), os.path.join(self.folder, "large.toml")
        name = "cors-origin" if program == "rtserve" else "header"
        for path, count in ((small, 1), (large, 250_000)):
            with open(path, "w") as f:
                f.write(f"{name} = [" + "'',\n" * count + "]\n")
        too_few, enough = 1024, 1024 * 1024
        while enough - too_few > 512:
            kib = (too_few + enough) // 2
            if self.within_memory(kib, program, "-c", small, "--print-config").returncode == 0:
                enough = kib
            else:
                too_few = kib
        done = self.within_memory(enough + 4096, program, "-c", large, "--print-config")
        self.assertEqual(done.stderr, f"{program}: out of memory\n", done)
        return done.returncode

    # ---- the table

    def check(self, program, rows):
        """`rows`: by code, a function that gives the code or an Outcome."""
        self.assertEqual(set(rows), listed(f"{program}.1"), "the manual page and this table")
        self.assertLessEqual(set(rows), listed("rt.7"))
        for code, command in rows.items():
            if code == 70 and SANITIZED:
                continue  # they take more address space than there is to limit
            with self.subTest(program=program, code=code):
                done = command()
                # Python's way of saying which signal ended it
                self.assertEqual(getattr(done, "code", done), 128 - code if code > 128 else code, done)

    def tool(self, program, *arguments):
        """A function that runs it against `server` as `token`."""
        def start(*more, server=self.server, token="admin", **how):
            return lambda: run(program, *arguments, *more, server=server, token=token, **how)
        return start

    def shared(self, program, *arguments):
        """The rows that are alike for all tools."""
        do = self.tool(program, *arguments)
        http = lambda status: f"http://{self.answering(status)}"
        return {64: do("--sever"), 66: do(server=http(404), token=None), 70: lambda: self.out_of_memory(program),
                69: do(server=AWAY, token=None), 75: do(server=http(503), token=None), 77: do(token="a.b.c"),
                78: do("-c", "/nowhere"), 1: do(server=http(500), token=None)}

    def test_rtpush(self):
        order = ("order", "E-1", "--set", "status=NEW")
        feed = ("gps", "E-1", "-n")
        self.check("rtpush", self.shared("rtpush", *order) | {
            0: self.tool("rtpush", *order)(), 65: self.tool("rtpush", *feed)(stdin="nonsense\n"),
            74: lambda: self.to_full_disk("rtpush", *order, "-n"),
            124: self.tool("rtpush", *order)("-W", "0.1", server=AWAY, token=None),
            130: lambda: self.signalled(signal.SIGINT, 1, "rtpush", *feed),
            143: lambda: self.signalled(signal.SIGTERM, 1, "rtpush", *feed),
            141: lambda: self.without_reader("rtpush", *order, "-n")})

    def test_rtwatch(self):
        order = ("order", "E-1")
        state = os.path.join(self.folder, "state")
        with open(state, "w") as f:
            f.write("two words\nand a line")
        patient = ("--retries", "0")
        self.check("rtwatch", self.shared("rtwatch", *order, *patient) | {
            0: self.tool("rtwatch", *order)("-C", "1"), 65: self.tool("rtwatch", *order)("--state", state),
            74: lambda: self.to_full_disk("rtwatch", *order, server=self.server, token="admin"),
            1: self.tool("rtwatch", *order)(server=f"http://{self.answering(400)}", token=None),
            76: self.tool("rtwatch", *order)(server=f"http://{self.answering(200)}", token=None),
            124: self.tool("rtwatch", *order)("-W", "0.1"),
            130: lambda: self.signalled(signal.SIGINT, "connected", "rtwatch", *order),
            143: lambda: self.signalled(signal.SIGTERM, "connected", "rtwatch", *order),
            141: lambda: self.without_reader("rtwatch", "order", "quiet")})

    def test_rtstat(self):
        silent = self.enterContext(socket.create_server(("127.0.0.1", 0)))  # connects, and never answers
        self.check("rtstat", self.shared("rtstat") | {
            0: self.tool("rtstat")(), 74: lambda: self.to_full_disk("rtstat", server=self.server, token="admin"),
            2: self.tool("rtstat", "--check")("--crit", "instances<2"), 3: self.tool("rtstat", "--check")(token="a.b.c"),
            124: self.tool("rtstat")("-W", "0.2", server=f"http://127.0.0.1:{silent.getsockname()[1]}", token=None),
            130: lambda: self.signalled(signal.SIGINT, 1, "rtstat", "-w"),
            143: lambda: self.signalled(signal.SIGTERM, 1, "rtstat", "-w"),
            141: lambda: self.without_reader("rtstat", "-w")})

    def test_rtserve(self):
        keys = ("--jwt-secret-file", self.server.secret_file)
        do = lambda *arguments: lambda: run("rtserve", *arguments)
        health = lambda admin: do("healthcheck", "--admin-listen", admin)
        taken = f"127.0.0.1:{self.server.port}"
        self.check("rtserve", {
            0: do(*keys, "check-config"), 64: do("--hartbeat"), 69: health("127.0.0.1:1"),
            70: lambda: self.out_of_memory("rtserve"), 74: do(*keys, "--listen", taken, "--admin-listen", "127.0.0.1:0"),
            75: health(self.answering(503)), 77: do("token", *keys, "--verify", "nonsense"), 78: do("check-config"),
            141: lambda: self.without_reader("rtserve", "--print-config")})
        for number in (signal.SIGINT, signal.SIGTERM):
            with Server() as server:
                server.process.send_signal(number)
                self.assertEqual(server.process.wait(PATIENCE_S), 0)
                server.log.close()


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""Under a service manager such as systemd: told of readiness and life, and given sockets that outlive the server."""
import ctypes
import os
import signal
import socket
import subprocess
import unittest

from commands import PATIENCE_S, environment, run
from support import BIN, WAIT_S, Server, eventually

PTRACE_ATTACH, PTRACE_DETACH = 16, 17
WAIT_FOR_THREADS = 0x40000000  # __WALL
WATCHDOG_S = 1.2


class Manager:
    """The socket that systemd listens at, and what it was told."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)

    def next(self, timeout=PATIENCE_S):
        """The next message that is no sign of life; None when the time is up."""
        self.socket.settimeout(timeout)
        while True:
            try:
                message = self.socket.recv(4096).decode().split("\n")
            except TimeoutError:
                return None
            if message != ["WATCHDOG=1"]:
                return message

    def hears(self, timeout):
        self.socket.settimeout(timeout)
        try:
            return self.socket.recv(4096).decode()
        except TimeoutError:
            return None


class ManagedServer(Server):
    def start(self):
        self.manager = Manager(self.folder.name)
        told = {"NOTIFY_SOCKET": self.manager.path, "WATCHDOG_USEC": str(int(WATCHDOG_S * 1e6))}
        self.before_exec = lambda: os.environ.update(told)
        super().start()


class ServiceTest(unittest.TestCase):
    def serve(self):
        server = self.enterContext(ManagedServer())
        self.addCleanup(server.manager.socket.close)
        return server

    def test_readiness_reloads_and_the_end_are_told(self):
        server = self.serve()
        self.assertEqual(server.manager.next(), ["READY=1"])
        server.process.send_signal(signal.SIGHUP)
        reloading = server.manager.next()
        self.assertEqual(reloading[0], "RELOADING=1")
        self.assertRegex(reloading[1], r"^MONOTONIC_USEC=\d+$")
        self.assertEqual(server.manager.next(), ["READY=1"])
        os.chmod(server.secret_file, 0o644)
        server.process.send_signal(signal.SIGHUP)
        self.assertEqual(server.manager.next()[0], "RELOADING=1")
        self.assertEqual(server.manager.next(), ["READY=1"])  # with the old configuration
        self.assertEqual(server.stop(), 0)
        self.assertEqual(server.manager.next(), ["STOPPING=1"])

    def test_signs_of_life_come_while_the_loops_turn_and_only_then(self):
        server = self.serve()
        server.manager.next()
        for _ in range(3):
            self.assertEqual(server.manager.hears(PATIENCE_S), "WATCHDOG=1")
        libc = ctypes.CDLL(None, use_errno=True)
        libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        threads = [int(name) for name in os.listdir(f"/proc/{server.process.pid}/task")]
        held = [thread for thread in threads if thread != server.process.pid]
        if any(libc.ptrace(PTRACE_ATTACH, thread, None, None) for thread in held):
            self.skipTest("threads cannot be held here")
        try:
            for thread in held:
                os.waitpid(thread, WAIT_FOR_THREADS)
            beats = 0  # of turns before
            while server.manager.hears(WATCHDOG_S):
                beats += 1
                self.assertLess(beats, 10)
        finally:
            for thread in held:
                libc.ptrace(PTRACE_DETACH, thread, None, None)
        self.assertEqual(server.manager.hears(PATIENCE_S), "WATCHDOG=1")

    def test_a_socket_that_is_passed_on_serves_and_holds_callers_while_the_server_is_restarted(self):
        with Server() as keys, socket.create_server(("127.0.0.1", 0)) as listener:
            for _ in range(2):
                waiting = socket.create_connection(listener.getsockname(), WAIT_S)
                waiting.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                process = self.serve_on(listener, keys)
                try:
                    self.assertTrue(waiting.recv(4096).startswith(b"HTTP/1.1 200"))
                    self.assertTrue(eventually(lambda: self.answers(listener)))
                finally:
                    process.terminate()
                    self.assertEqual(process.wait(WAIT_S), 0)
                    waiting.close()

    def serve_on(self, listener, keys):
        command = f'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@" 3<&{listener.fileno()}'
        return subprocess.Popen(["bash", "-c", command, os.path.join(BIN, "rtserve"), "--listen", "fd:",
                                 "--admin-listen", "127.0.0.1:0", "--jwt-secret-file", keys.secret_file,
                                 "--log-level", "warn"],
                                pass_fds=[listener.fileno()], env=environment())

    def answers(self, listener):
        with socket.create_connection(listener.getsockname(), WAIT_S) as s:
            s.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return s.recv(4096).startswith(b"HTTP/1.1 200")

    def test_without_a_socket_that_was_passed_on_fd_is_an_error(self):
        with Server() as keys:
            done = run("rtserve", "--listen", "fd:", "--jwt-secret-file", keys.secret_file)
        self.assertEqual(done.code, 78)
        self.assertIn("fd:", done.err)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""A standard stream that is closed or full is an error that is told, and never mistaken for a connection."""
import fcntl
import os
import subprocess
import sys
import termios
import threading
import unittest

from commands import run
from support import BIN, Server, eventually, order_path


class StandardStreamsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.publish(order_path("O-1"), {})

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def expect(self, code, err, redirection, program, *arguments):
        """What a shell gets that runs the program with this redirection."""
        done = run("/bin/sh", "-c", f'exec "$0" "$@" {redirection}', os.path.join(BIN, program), *arguments,
                   server=self.server, token="admin")
        self.assertEqual((done.code, done.err), (code, err), (redirection, program))
        return done

    def test_output_that_is_full_or_closed_is_74(self):
        watch = ("order", "O-1", "-qC", "1")
        for program, *arguments in (("rtwatch", *watch), ("rtstat",), ("rtpush", "-h"), ("rtpush", "-V"),
                                    ("rtpush", "order", "O-2", "-n", "--set", "a=b")):
            said = f"{program}: standard output: "
            self.expect(74, said + "No space left on device\n", ">/dev/full", program, *arguments)
            self.expect(74, said + "Bad file descriptor\n", ">&-", program, *arguments)
        self.expect(74, "rtpush: stdin: Bad file descriptor\n", "<&-", "rtpush", "gps", "D-1", "-nq")

    def test_output_that_does_not_block_loses_nothing(self):
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        push = subprocess.Popen([os.path.join(BIN, "rtpush"), "gps", "D-1", "-nq"], stdin=subprocess.PIPE, stdout=writer)
        os.close(writer)
        threading.Thread(target=push.communicate, args=(b'{"lat":1,"lon":2}\n' * 2000,), daemon=True).start()
        # Full: what is left at the end of each of its pages is less than a line.
        waiting = lambda: int.from_bytes(fcntl.ioctl(reader, termios.FIONREAD, bytes(4)), sys.byteorder)
        self.assertTrue(eventually(lambda: waiting() > 60_000))
        with open(reader, "rb") as output:
            self.assertEqual(output.read().count(b"\n"), 2000)
        self.assertEqual(push.wait(), 0)

    def test_messages_that_nobody_reads_reach_no_connection(self):
        self.assertIn("O-1", self.expect(0, "", "2>&-", "rtwatch", "order", "O-1", "-C", "1").out)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""Network namespaces, for tests of what happens between machines: a place each for the server, the phone, and the
tower that forwards between them and can stop to do so without a word. Needs root and `ip`.
"""
import ctypes
import os
import shutil
import subprocess

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
SERVER, PHONE, PHONE_LATER = "10.83.2.2", "10.83.1.2", "10.83.1.3"


def check(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def own_namespace():
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


class Namespace:
    """Inside the `with` block this thread, and what it starts and opens, is in the namespace."""

    def __init__(self):
        self.before = [own_namespace()]
        check(LIBC.unshare(CLONE_NEWNET))
        self.descriptor = own_namespace()
        self.ip("link", "set", "lo", "up")
        self.leave()

    def __enter__(self):
        self.before.append(own_namespace())
        check(LIBC.setns(self.descriptor, CLONE_NEWNET))
        return self

    def __exit__(self, *_):
        self.leave()

    def leave(self):
        before = self.before.pop()
        check(LIBC.setns(before, CLONE_NEWNET))
        os.close(before)

    def ip(self, *arguments):
        """To be called within."""
        subprocess.run(["ip", *arguments], check=True, capture_output=True)

    def path(self):
        return f"/proc/{os.getpid()}/fd/{self.descriptor}"

    def close(self):
        os.close(self.descriptor)


class Tower:
    """Forwards between `phone` and `server`, until it is told not to."""

    def __init__(self):
        self.here, self.server, self.phone = Namespace(), Namespace(), Namespace()
        with self.here as here:
            for name, gate, far in (("to-phone", "10.83.1.1", self.phone), ("to-server", "10.83.2.1", self.server)):
                here.ip("link", "add", name, "type", "veth", "peer", "name", "far", "netns", far.path())
                here.ip("address", "add", f"{gate}/24", "dev", name)
                here.ip("link", "set", name, "up")
        self.forward(True)
        self.settle(self.phone, PHONE, "10.83.1.1")
        self.settle(self.server, SERVER, "10.83.2.1")

    def settle(self, namespace, address, gate):
        with namespace:
            namespace.ip("address", "flush", "dev", "far")
            namespace.ip("address", "add", f"{address}/24", "dev", "far")
            namespace.ip("link", "set", "far", "up")
            namespace.ip("route", "add", "default", "via", gate)

    def forward(self, does):
        """What a host does not forward it drops, without an answer."""
        with self.here, open("/proc/sys/net/ipv4/ip_forward", "w") as f:
            f.write("1" if does else "0")

    def move_phone(self):
        self.settle(self.phone, PHONE_LATER, "10.83.1.1")

    def close(self):
        for namespace in (self.phone, self.server, self.here):
            namespace.close()


def why_not():
    """Why there can be no namespaces here, or None."""
    if not shutil.which("ip"):
        return "ip (iproute2) is not there"
    try:
        Tower().close()
    except (OSError, subprocess.CalledProcessError) as error:
        return f"network namespaces are not permitted here: {error}"
    return None

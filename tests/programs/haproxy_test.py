# SPDX-License-Identifier: MIT
"""deploy/haproxy.cfg in Debian's HAProxy."""
import os
import re
import unittest

from proxy_promises import RepeatingProxyPromises
from proxy_support import Front, deployed, replaced

HAPROXY = "/usr/sbin/haproxy"


class HaProxy(Front):
    def __init__(self, machine, instances):
        super().__init__(machine, instances[0])
        with open("/etc/haproxy/haproxy.cfg") as f:  # Debian's own, but for what it does as root
            text = re.sub(r"^\s+(chroot|stats|user|group|daemon)\b.*\n", "", f.read(), flags=re.M)
        text = replaced(text, {"log /dev/log\tlocal0": "log stdout format raw local0",
                               "log /dev/log\tlocal1 notice": "",
                               "timeout client  50000": "timeout client 3s",
                               "timeout server  50000": "timeout server 3s"})
        both = machine.text_of("/server.crt") + machine.text_of("/server.key")
        pem = machine.write("/etc/haproxy/both.pem", both, 0o600)
        machine.write("/etc/haproxy/haproxy.cfg", text + replaced(deployed("haproxy.cfg"), {
            "bind :443": f"bind 127.0.0.1:{self.port}", "/etc/haproxy/live.example.com.pem": pem,
            "fall 2": "fall 100",  # an instance that is held must not be noticed before it is asked
            "10.0.0.11:3000": f"127.0.0.1:{instances[0].port}", "10.0.0.12:3000": f"127.0.0.1:{instances[1].port}"}))
        self.start(HAPROXY, "-db", "-f", machine.path("/etc/haproxy/haproxy.cfg"))

    def has_repeated(self):
        return re.search(r"/orders/K-2/stream 200 .* \+?[1-9]$", self.machine.text_of("/log"), re.M)


@unittest.skipUnless(os.path.exists(HAPROXY), "haproxy is not installed")
class HaProxyTest(RepeatingProxyPromises, unittest.TestCase):
    front = HaProxy


if __name__ == "__main__":
    unittest.main()

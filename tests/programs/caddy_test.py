# SPDX-License-Identifier: MIT
"""deploy/Caddyfile in Debian's Caddy."""
import shutil
import unittest

from proxy_promises import ProxyPromises
from proxy_support import Front, deployed, replaced


class Caddy(Front):
    def __init__(self, machine, instances):
        super().__init__(machine, instances[0])
        own = "{\n admin off\n auto_https disable_redirects\n}\n"  # no port but the one below
        machine.write("/etc/caddy/Caddyfile", own + replaced(deployed("Caddyfile"), {
            "live.example.com {": f"localhost:{self.port} {{\n bind 127.0.0.1\n tls {machine.crt} {machine.key}",
            "10.0.0.11:3000": f"127.0.0.1:{instances[0].port}", "10.0.0.12:3000": f"127.0.0.1:{instances[1].port}"}))
        self.start("caddy", "run", "--config", machine.path("/etc/caddy/Caddyfile"), "--adapter", "caddyfile")


@unittest.skipUnless(shutil.which("caddy"), "caddy is not installed")
class CaddyTest(ProxyPromises, unittest.TestCase):
    front = Caddy


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""deploy/nginx.conf in Debian's nginx, and an nginx that was told nothing but where rtserve is."""
import re
import shutil
import unittest

from proxy_promises import RepeatingProxyPromises
from proxy_support import Front, block, deployed, replaced
from support import EventStream, eventually, free_port, order_path, with_token

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")


class Nginx(Front):
    def __init__(self, machine, instances):
        super().__init__(machine, instances[0])
        self.stock_port = free_port()
        for folder in ("/run/", "/var/log/nginx/", "/var/lib/nginx/", "/etc/nginx/conf.d/"):
            machine.path(folder)
        # Debian's own file, which the guide's commands then change.
        temporary = "".join(f"{what}_temp_path {machine.root}/var/lib/nginx/{what};\n"
                            for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        with open("/etc/nginx/nginx.conf") as f:
            text = replaced(f.read(), {"user www-data;": "user root;", "http {": "http {\n" + temporary})
        with open("/etc/nginx/mime.types") as f:
            machine.write("/etc/nginx/mime.types", f.read())
        for folder in ("/etc/", "/var/", "/run/"):
            text = text.replace(f" {folder}", f" {machine.root}{folder}")
        machine.write("/etc/nginx/nginx.conf", text)
        machine.write("/nginx.conf", replaced(deployed("nginx.conf"), {
            "listen 443": f"listen 127.0.0.1:{self.port}", "live.example.com;": "localhost;",
            "10.0.0.11:3000": f"127.0.0.1:{instances[0].port}", "10.0.0.12:3000": f"127.0.0.1:{instances[1].port}",
            "/etc/nginx/live.example.com.pem": machine.crt, "/etc/nginx/live.example.com.key": machine.key,
            "/var/": f"{machine.root}/var/", "proxy_read_timeout 60s": "proxy_read_timeout 3s"}))
        machine.carry_out(block("sh", "apt install nginx"))
        stock = block("nginx", "proxy_pass").replace("3000", str(instances[0].port))
        machine.write("/etc/nginx/conf.d/stock.conf", f"server {{ listen 127.0.0.1:{self.stock_port};\n{stock}}}\n")
        self.start(NGINX, "-p", machine.root, "-c", machine.path("/etc/nginx/nginx.conf"), "-e", "stderr",
                   "-g", "daemon off;")

    def logged(self):
        return self.machine.text_of("/var/log/nginx/rtserve.log")

    def has_repeated(self):
        """Has a request been sent to two instances?"""
        return re.search(r"127.0.0.1:\d+, 127.0.0.1:\d+$", self.logged(), re.M)


@unittest.skipUnless(NGINX, "nginx is not installed")
class NginxTest(RepeatingProxyPromises, unittest.TestCase):
    front = Nginx

    def test_the_limits_of_the_guide_hold(self):
        text = self.machine.text_of("/etc/nginx/nginx.conf")
        self.assertIn("worker_connections 32768;", text)
        self.assertIn("\nworker_rlimit_nofile 65536;\n", text)

    def test_an_nginx_that_knows_only_where_rtserve_is_delivers_at_once(self):
        proxy = Front(self.machine, self.a)
        proxy.port = self.proxy.stock_port
        with EventStream(proxy.connect(), order_path("S-1"), with_token(proxy, {}, "admin"), "1.1") as stream:
            stream.connected()
            for n in range(3):
                self.proxy.publish(order_path("S-1"), {"n": n})
                self.assertEqual(stream.next().json["data"], {"n": n})

    def test_a_token_in_the_query_is_not_logged(self):
        with self.proxy.stream(order_path("P-5") + "?token=" + self.proxy.admin, token=None) as stream:
            self.assertEqual(stream.status, 401)  # for want of --allow-query-token
        self.assertTrue(eventually(lambda: order_path("P-5") + '" 401' in self.proxy.logged()))
        self.a.check_secrecy(self.proxy.logged(), "nginx's log")


if __name__ == "__main__":
    unittest.main()

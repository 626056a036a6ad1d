# SPDX-License-Identifier: MIT
"""The servers that bench.py puts side by side: each in a folder of its own, on a free port of 127.0.0.1, behind `prefix`,
a command that says where it may run. What all have: `port`, `pid` and `load`, the options by which rtload finds its way."""
import contextlib
import grp
import os
import pwd
import resource
import shutil
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "programs"))
import support  # noqa: E402
from redis_support import Redis  # noqa: E402
from tls_test import TlsServer  # noqa: E402


class Rtserve(support.Server):
    log_level = "warn"

    def __init__(self, prefix, *options):
        self.prefix = prefix
        super().__init__(*options)
        token_file = os.path.join(self.folder.name, "token")
        with open(os.open(token_file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write(self.admin)
        self.load = ["--token-file", token_file]

    def command(self):
        return [*self.prefix, *super().command()]

    @property
    def pid(self):
        return self.process.pid


class RtserveTls(Rtserve, TlsServer):
    def __init__(self, prefix, *options):
        super().__init__(prefix, *options)
        self.load = [*self.load, "--tls"]


class PlainServer:
    """Any other server of event streams, without tokens."""
    load = ["--subscribe-path", "/follow/", "--publish-path", "/publish/"]

    def __init__(self, prefix):
        self.folder = tempfile.TemporaryDirectory(prefix="rt-bench-")
        self.port = support.free_port()
        self.log = open(os.path.join(self.folder.name, "log"), "w+", errors="replace")
        self.process = subprocess.Popen([*prefix, *self.command()], stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=self.log)
        if not support.eventually(lambda: self.process.poll() is not None or self.answers()) or not self.answers():
            self.log.seek(0)
            said = self.log.read()
            self.stop()
            raise AssertionError(f"{type(self).__name__} did not start: {said}")

    def answers(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(support.WAIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @staticmethod
    def is_installed():
        return True


class Floor(PlainServer):
    def command(self):
        return [os.path.join(support.BIN, "rtfloor"), str(self.port)]


class Nchan(PlainServer):
    MODULE = "/usr/lib/nginx/modules/ngx_nchan_module.so"
    NGINX = shutil.which("nginx") or "/usr/sbin/nginx"

    @staticmethod
    def is_installed():
        return os.path.exists(Nchan.MODULE) and os.path.exists(Nchan.NGINX)

    def command(self):
        folder = self.folder.name
        user, group = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        temporary = "\n".join(f"  {kind}_temp_path {folder}/temporary;"
                              for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        configuration = os.path.join(folder, "nginx.conf")
        with open(configuration, "w") as f:
            f.write(f"""
load_module {self.MODULE};
{f"user {user} {group};" if os.getuid() == 0 else ""}
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log stderr warn;
events {{ worker_connections {resource.getrlimit(resource.RLIMIT_NOFILE)[0]}; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
{temporary}
  nchan_shared_memory_size 512M;
  server {{
    listen 127.0.0.1:{self.port} backlog=4096;
    location ~ ^/follow/(.+)$ {{
      nchan_subscriber eventsource;
      nchan_channel_id $1;
      nchan_subscriber_first_message newest;
    }}
    location ~ ^/publish/(.+)$ {{
      nchan_publisher http;
      nchan_channel_id $1;
      nchan_message_buffer_length 1000;
    }}
  }}
}}
""")
        return [self.NGINX, "-p", folder, "-e", "stderr", "-c", configuration]

    @property
    def pid(self):
        """The worker's."""
        def children():
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as f:
                return f.read().split()
        return int(support.eventually(children)[0])


class Express(PlainServer):
    @staticmethod
    def is_installed():
        folders = os.environ.get("NODE_PATH", "").split(":")
        return bool(shutil.which("node")) and any(os.path.exists(os.path.join(f, "express")) for f in folders if f)

    def command(self):
        return ["node", os.path.join(HERE, "express_server.js"), str(self.port)]


PLAIN = {"floor": Floor, "nchan": Nchan, "express": Express}


def installed():
    """In the order of the table's columns."""
    return ["floor", "rtserve"] + [name for name in ("nchan", "express") if PLAIN[name].is_installed()]


@contextlib.contextmanager
def start(name, prefix, options=(), store=None, is_tls=False):
    """Runs a server for the `with` block. All but `name` and `prefix` is for rtserve."""
    with contextlib.ExitStack() as stack:
        if name != "rtserve":
            yield stack.enter_context(PLAIN[name](prefix))
            return
        if store == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="rt-bench-"))
            options = [*options, "--store", f"sqlite:{folder}/events.db"]
        elif store == "redis":
            redis = stack.enter_context(Redis("--appendonly", "yes"))
            options = [*options, "--store", redis.url]
        yield stack.enter_context((RtserveTls if is_tls else Rtserve)(prefix, *options))

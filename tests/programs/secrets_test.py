# SPDX-License-Identifier: MIT
"""No token and no secret is written down anywhere: tokens that are good, gone by, forged and no tokens at all are
sent in every place, well and badly, and then looked for in every log, answer, metric and process list."""
import base64
import os
import secrets
import subprocess
import unittest

from commands import Command, run
from raw_rows import exchange
from signed_token import base64url, secret_of, sign
from support import API, Server, eventually, order_path

PATH = order_path("T-1")


class TalkativeServer(Server):
    log_level = "debug"


def command_line(pid):
    """Of the process as everybody may read it, with its name and those of its threads."""
    text = b""
    for name in ("cmdline", "comm", "status"):
        with open(f"/proc/{pid}/{name}", "rb") as f:
            text += f.read()
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/comm", "rb") as f:
            text += f.read()
    return text.decode(errors="replace")


def tokens_for(server):
    """By what is the matter with them; each has claims, and so a text, of its own."""
    secret = secret_of(server)

    def signed(by=secret, header=None, **claims):
        claims = {"sub": secrets.token_hex(16), "role": "admin", **claims}
        return sign(by, claims, header)
    good = signed()
    head, claims, signature = signed().split(".")
    return {
        "good": good, "good for little": signed(role="guest"), "gone by": signed(exp=1_000_000_000),
        "not yet good": signed(nbf=4_000_000_000), "forged": signed(by=b"x" * 32),
        "unsigned": base64url(b'{"alg":"none"}') + f".{claims}.",
        "its signature cut": f"{head}.{claims}.{signature[:-4]}",
        "its signature gone": f"{head}.{claims}", "of four parts": f"{head}.{claims}.{signature}.{signature}",
        "of unknown key": signed(by=b"y" * 32, header={"alg": "HS256", "kid": secrets.token_hex(16)}),
        "of unknown algorithm": signed(header={"alg": secrets.token_hex(16)}),
        "with a critical extension": signed(header={"alg": "HS256", "crit": ["exp"]}),
        "eternal": signed(exp=None), "with a bad claim": signed(orders=[secrets.token_hex(16) + "/"]),
        "no JSON": f"{head}.{base64url(secrets.token_bytes(40))}.{signature}",
        "no token": secrets.token_hex(40), "too long": f"{head}.{claims * 100}.{signature}",
        "not base64": f"{head}.{claims}!.{signature}"}


def needles_of(tokens):
    """The tokens, and of each what stands behind its head: claims and signature alone."""
    parts = {part for token in tokens for part in token.split(".")[1:] if len(part) >= 16}
    return parts | set(tokens)


def requests_with(token):
    """Raw requests that carry the token in each place, in good form and in bad."""
    def request(line, *fields, body=""):
        return "\r\n".join([line, "Host: h", "Connection: close", *fields, "", body])
    posted = ("Content-Type: application/json", "Content-Length: 2")
    bearer, cookie = f"Authorization: Bearer {token}", f"Cookie: a=b; rt_token={token}; c=d"
    mark = f"token={token}"
    for field in (bearer, cookie):
        yield request(f"HEAD {PATH} HTTP/1.1", field)
        yield request(f"POST {PATH} HTTP/1.1", field, *posted, body="{}")
        yield request(f"POST {PATH} HTTP/1.1", field, "Origin: https://evil.example", *posted, body="{}")
        yield request(f"POST {PATH} HTTP/1.1", field, *posted, body="[]")
        yield request(f"POST {API}/events HTTP/1.1", field, "Content-Type: application/x-ndjson", "Content-Length: 2",
                      body="{}")
        yield request(f"GET {API}/stats?detail=1 HTTP/1.1", field)
        yield request(f"GET {API}/stats HTTP/1.0", field)
        yield request(f"GET {API}/stream?topic=trucks/1 HTTP/1.1", field)
        yield request("GET /nowhere HTTP/1.1", field)
        yield request(f"DELETE {PATH} HTTP/1.1", field)
        yield request(f"GET {PATH} HTTP/1.1", field, field, "Accept: text/html")
        yield request(f"GET {PATH} HTTP/1.1", field, "Accept: text/html")
        yield request(f"GET {PATH} HTTP/1.1", field, "A" * 20_000 + ": b")
        yield request(f"GET {PATH} HTTP/1.1", field, "bad field")
        yield request(f"GET {PATH} HTTP/2.0", field)
        yield request(f"GET {PATH} HTTP/1.1", field + "\0")
        yield request(f"GET {PATH} HTTP/1.1", field.replace(":", " :", 1))
        yield request(f"GET {PATH} HTTP/1.1", "A: b", " " + field)
    yield request(f"HEAD {PATH}?{mark} HTTP/1.1")
    yield request(f"POST {PATH}?a=b&{mark}&c=d HTTP/1.1", *posted, body="{}")
    yield request(f"GET {API}/stats?{mark} HTTP/1.1")
    yield request(f"GET http://h{PATH}?{mark}&{mark} HTTP/1.1")
    yield request(f"GET {PATH}?{mark}&broken=%zz HTTP/1.1")
    yield request(f"GET {PATH}?{mark.replace('token', 't%6fken')} HTTP/1.1", "Accept: text/html")
    yield request(f"GET {PATH}?{mark}&snapshot=2 HTTP/1.1", "Accept: text/html")
    yield request(f"GET /nowhere?{mark} HTTP/1.1")
    yield request(f"DELETE {PATH}?{mark} HTTP/1.1")
    yield request(f"GET {order_path('a%20b')}?{mark} HTTP/1.1")
    yield request(f"GET {PATH}?{mark}")
    yield request(f"GET {PATH}?{mark}#fragment HTTP/1.1")
    yield request(f"GET {PATH}?{mark}&{'a' * 9000} HTTP/1.1")
    yield request(f"GET {mark} HTTP/1.1")
    yield request(f"{mark} / HTTP/1.1")
    yield request(f"GET {PATH} HTTP/1.1", f"Authorization: Basic {token}")
    yield request(f"GET {PATH} HTTP/1.1", f"Authorization: {token}")
    yield request(f"GET {PATH} HTTP/1.1", f"Authorization: Bearer {token} {token}")
    yield request(f"GET {PATH} HTTP/1.1", f"Authorization: Bearer{token}")
    yield request(f"GET {PATH} HTTP/1.1", f"Bearer {token}: x")
    yield request(f"GET {PATH} HTTP/1.1", f"Host: {token} {token}")
    yield request(f"GET {PATH} HTTP/1.1", f"Expect: {token}")
    yield request(f"POST {PATH} HTTP/1.1", f"Content-Length: {token}")
    yield request(f"POST {PATH} HTTP/1.1", f"Transfer-Encoding: {token}")
    yield request(f"POST {PATH} HTTP/1.1", bearer, "Content-Type: application/json", "Transfer-Encoding: chunked",
                  body=f"{token}\r\n")


class SecretsTest(unittest.TestCase):
    def assert_clean(self, needles, texts):
        """`texts`: by where they were found."""
        for where, text in texts.items():
            found = [needle for needle in needles if needle in text]
            if found:
                at = text.index(found[0])
                self.fail(f"{where} shows {found[0][:24]}...: {text[max(0, at - 200):at + 40]!r}")

    def shown_by(self, server, tokens):
        """All that anybody may read of the server, after the tokens were sent to it."""
        texts = {}
        for what, token in tokens.items():
            for n, request in enumerate(requests_with(token)):
                answer = exchange(server, request.encode("latin-1")).decode("latin-1")
                self.assertTrue(answer.startswith("HTTP/1.1 "), (what, request[:300]))
                texts[f"the answer to {n}, {what}"] = answer
        for path in ("/metrics", "/readyz", "/healthz", "/nowhere?token=" + tokens["good"]):
            texts[f"the admin's {path[:8]}"] = repr(server.admin_request(path))
        texts["the process list"] = command_line(server.process.pid)
        for place in ({"Authorization": f"Bearer {tokens['good']}"}, {"Cookie": f"rt_token={tokens['good']}"}, {}):
            path = PATH if place else f"{PATH}?token={tokens['good']}"
            with server.stream(path, place, token=None) as stream:
                texts[f"a stream by {place}"[:24]] = f"{stream.headers} {stream.connected()}"
        self.assertTrue(eventually(lambda: server.request("GET", f"{API}/stats").json()["totalClients"] == 0))
        self.assertEqual(server.stop(), 0)
        texts["the log"] = server.log_text()
        self.assertIn("orders/T-1", texts["the log"], "the log is on")
        return texts

    def test_the_server_shows_none(self):
        for log_format in ("text", "json"):
            with self.subTest(log_format), TalkativeServer("--log-format", log_format, "--allow-query-token") as server:
                tokens = tokens_for(server)
                secret = secret_of(server)
                needles = needles_of([*tokens.values(), server.admin]) | {
                    secret.decode(), base64.b64encode(secret).decode().rstrip("="), base64url(secret), secret.hex()}
                self.assert_clean(needles, self.shown_by(server, tokens))

    def test_a_server_without_a_usable_secret_does_not_show_it(self):
        with Server() as server:
            weak = secrets.token_hex(8)
            path = os.path.join(server.folder.name, "weak")
            with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
                f.write(weak)
            key = ("--jwt-secret-file", path)
            for arguments in ((*key, "check-config"), ("token", *key, "--sub", "x"),
                              ("token", *key, "--verify", server.admin)):
                done = run("rtserve", *arguments)
                self.assertNotEqual(done.code, 0, "16 characters are no secret")
                self.assert_clean({weak} | needles_of([server.admin]), {"stdout": done.out, "stderr": done.err})

    def test_the_tools_hide_their_token_and_never_repeat_it(self):
        with Server() as server:
            tokens = tokens_for(server)
            needles = needles_of(tokens.values())
            for how in (lambda token: ("--token", token), lambda token: (f"--token={token}",)):
                for program, arguments, is_running in (
                        ("rtwatch", ("-v", "order", "T-1"), lambda tool: tool.until_err("connected")),
                        ("rtstat", ("-v", "-w", "-i", "60"), lambda tool: tool.until_out(1)),
                        ("rtpush", ("-v", "raw", "-f", "-"), None)):
                    with self.subTest(program):
                        self.check_tool(server, program, (*how(tokens["good"]), *arguments), is_running, needles)
            for what, token in tokens.items():
                for program, arguments in (("rtwatch", ("-v", "-W", "30", "order", "T-1")), ("rtstat", ("-v",)),
                                           ("rtpush", ("-v", "order", "T-1", "--set", "status=X"))):
                    with self.subTest(what, program=program):
                        if program == "rtwatch" and what == "good":
                            continue  # it would stay
                        done = run(program, "--token", token, *arguments, server=server)
                        self.assertEqual(done.code, 0 if what == "good" else 77, done.err)
                        self.assert_clean(needles, {"stdout": done.out, "stderr": done.err})

    def check_tool(self, server, program, arguments, is_running, needles):
        with Command(program, *arguments, server=server, stdin=subprocess.PIPE) as tool, tool.process.stdin:
            # Only when it does its work has it read its options.
            if program == "rtpush":
                with server.stream(f"{PATH}?snapshot=0") as stream:
                    stream.connected()
                    tool.process.stdin.write(b'{"type":"order_update","orderId":"T-1","data":{}}\n')
                    tool.process.stdin.flush()
                    stream.next()
            else:
                is_running(tool)
            shown = command_line(tool.process.pid)
            self.assertIn(program, shown)
            self.assert_clean(needles, {"the process list": shown})
            tool.process.terminate()
            tool.finish()
            self.assert_clean(needles, {"stdout": "\n".join(tool.out), "stderr": "\n".join(tool.err)})


if __name__ == "__main__":
    unittest.main()

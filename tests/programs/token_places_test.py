# SPDX-License-Identifier: MIT
"""A token comes by header, by cookie or, where allowed, by query, in this order, and is never written down."""
import base64
import unittest

from commands import Command
from support import Server, free_port, order_path

PATH = order_path("P-1")


def unsigned(token):
    """The same claims without a right to them."""
    return token.rsplit(".", 1)[0] + "." + base64.urlsafe_b64encode(b"0" * 32).decode().rstrip("=")


class TokenPlacesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--allow-query-token")
        cls.bad = unsigned(cls.server.admin)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def status(self, header=None, cookie=None, query=None, server=None):
        server = server or self.server
        fields = {}
        if header is not None:
            fields["Authorization"] = header
        if cookie is not None:
            fields["Cookie"] = cookie
        path = PATH if query is None else f"{PATH}?token={query}"
        return server.request("HEAD", path, headers=fields, token=None).status

    def test_each_place_is_enough(self):
        good = self.server.admin
        self.assertEqual(self.status(), 401)
        self.assertEqual(self.status(header=f"Bearer {good}"), 200)
        self.assertEqual(self.status(header=f"bearer {good}"), 200)
        self.assertEqual(self.status(cookie=f"rt_token={good}"), 200)
        self.assertEqual(self.status(cookie=f"a=b; rt_token={good}; c=d"), 200)
        self.assertEqual(self.status(query=good), 200)

    def test_the_header_wins_over_the_cookie_and_the_cookie_over_the_query(self):
        good, bad = self.server.admin, self.bad
        self.assertEqual(self.status(header=f"Bearer {bad}", cookie=f"rt_token={good}", query=good), 401)
        self.assertEqual(self.status(header=f"Bearer {good}", cookie=f"rt_token={bad}", query=bad), 200)
        self.assertEqual(self.status(cookie=f"rt_token={bad}", query=good), 401)
        self.assertEqual(self.status(cookie=f"rt_token={good}", query=bad), 200)

    def test_another_scheme_or_another_cookie_is_no_token(self):
        good = self.server.admin
        self.assertEqual(self.status(header=f"Basic {good}"), 401)
        self.assertEqual(self.status(header=good), 401)
        self.assertEqual(self.status(cookie=f"xrt_token={good}"), 401)
        self.assertEqual(self.status(cookie=f"token={good}"), 401)

    def test_two_tokens_in_the_query_are_none(self):
        good = self.server.admin
        self.assertEqual(self.status(query=f"{good}&token={good}"), 401)

    def test_the_cookie_has_the_name_that_was_set_and_the_query_is_off_by_default(self):
        with Server("--cookie-name", "session") as server:
            self.assertEqual(self.status(cookie=f"session={server.admin}", server=server), 200)
            self.assertEqual(self.status(cookie=f"rt_token={server.admin}", server=server), 401)
            self.assertEqual(self.status(query=server.admin, server=server), 401)

    def test_publishing_takes_the_same_places_but_for_the_cookie_without_origin(self):
        def publish(path, **fields):
            return self.server.request("POST", path, b"{}", {"Content-Type": "application/json", **fields},
                                       token=None).status
        good = self.server.admin
        self.assertEqual(publish(PATH, Authorization=f"Bearer {good}"), 200)
        self.assertEqual(publish(f"{PATH}?token={good}"), 200)
        self.assertEqual(publish(PATH, Cookie=f"rt_token={good}"), 403)

    def test_no_token_is_in_the_most_talkative_log_nor_in_an_answer(self):
        good, bad = self.server.admin, self.bad
        port = free_port()
        shown = []
        with Command("rtserve", "--jwt-secret-file", self.server.secret_file, "--listen", f"127.0.0.1:{port}",
                     "--admin-listen", "127.0.0.1:0", "--allow-query-token", "--log-level", "debug") as talkative:
            talkative.until_err("serving metrics")
            for token in (good, bad):
                for fields, path in (({"Authorization": f"Bearer {token}"}, PATH),
                                     ({"Cookie": f"rt_token={token}"}, PATH), ({}, f"{PATH}?token={token}"),
                                     ({}, f"/nowhere?token={token}")):
                    for method, body in (("POST", b"{}"), ("HEAD", None), ("PATCH", b"{}")):
                        answer = self.server.request(method, path, body, {"Content-Type": "application/json", **fields},
                                                     token=None, port=port)
                        shown.append(f"{answer.headers} {answer.body.decode()}")
            talkative.process.terminate()
            self.assertEqual(talkative.finish(), 0)
            self.assertTrue([line for line in talkative.err if "orders/P-1" in line], "the log is on")
            shown += talkative.err
        # The claims are the same in both; the head is that of every such token, and no secret.
        secret_parts = {part for token in (good, bad) for part in token.split(".")[1:]}
        self.assertFalse([text for text in shown for part in secret_parts if part in text])


if __name__ == "__main__":
    unittest.main()

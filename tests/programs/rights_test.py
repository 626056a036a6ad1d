# SPDX-License-Identifier: MIT
"""Who may do what: every role on every resource, its own, another's and one that never was, by header, cookie
and query, read and published, against expectations worked out here from the contract's sentences."""
import itertools
import json
import re
import unittest

from raw_rows import exchange, responses
from signed_token import secret_of, sign
from support import API, Server, driver_path, order_path, run_path

ORIGIN = "https://app.example.com"
PATHS = {"orders": order_path, "runs": run_path, "drivers": driver_path}
OWN, OTHER, ABSENT = "X-1", "X-2", "X-3"  # alike in length; nothing was ever published of the last
PLACES = ("header", "cookie", "query")

# The contract: "`admin` and `dispatcher` read and publish everything; `service` publishes everything; `driver` reads
# and publishes `drivers/{sub}` and reads the `runs` and `orders` listed in the token's claims of those names;
# `customer` reads the `orders`, `runs` and `drivers` listed". Deny by default.
READS_ALL = {"admin", "dispatcher"}
PUBLISHES_ALL = {"admin", "dispatcher", "service"}
READS_STATS = {"admin", "dispatcher", "service"}
READS_LISTED = {"driver": {"orders", "runs"}, "customer": {"orders", "runs", "drivers"}}
ROLES = ("admin", "dispatcher", "service", "driver", "customer", "Admin", "admin ", "guest", "", None)


def may_read(role, claims, plural, topic_id):
    return (role in READS_ALL or (plural in READS_LISTED.get(role, ()) and topic_id in claims.get(plural, ()))
            or (role == "driver" and plural == "drivers" and topic_id == claims["sub"]))


def may_publish(role, claims, plural, topic_id):
    return role in PUBLISHES_ALL or (role == "driver" and plural == "drivers" and topic_id == claims["sub"])


def payload(plural):
    return {"latitude": 1, "longitude": 2} if plural == "drivers" else {"n": 1}


def event(plural, topic_id):
    kind, key = {"orders": ("order_update", "orderId"), "runs": ("run_update", "runId"),
                 "drivers": ("driver_location", "driverId")}[plural]
    return {"type": kind, key: topic_id, "location" if plural == "drivers" else "data": payload(plural)}


def topic_of(message):
    key = next(key for key in ("orderId", "runId", "driverId") if key in message)
    return f"{key[:-2]}s/{message[key]}"


class RightsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--allow-query-token", "--cors-origin", ORIGIN)
        for plural, topic_id in itertools.product(PATHS, (OWN, OTHER)):
            cls.server.publish(PATHS[plural](topic_id), payload(plural))

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def token(self, role=None, **claims):
        return sign(secret_of(self.server), {**({} if role is None else {"role": role}), **claims})

    def placed(self, token, place, path):
        """The path and the fields that carry the token."""
        fields = {"header": {"Authorization": f"Bearer {token}"}, "cookie": {"Cookie": f"rt_token={token}"},
                  "query": {}}[place]
        mark = "&" if "?" in path else "?"
        return (f"{path}{mark}token={token}" if place == "query" else path), {"Origin": ORIGIN, **fields}

    def reads(self, token, place, plural, topic_id):
        """By HEAD and by GET of the topic's own URL, and among several; all three must agree."""
        answers = []
        for method, path in (("HEAD", PATHS[plural](topic_id)), ("GET", PATHS[plural](topic_id)),
                             ("GET", f"{API}/stream?topic={plural}/{topic_id}")):
            path, fields = self.placed(token, place, path)
            if method == "HEAD":
                answers.append(self.server.request(method, path, headers=fields, token=None).status)
                continue
            with self.server.stream(path, fields, token=None) as stream:
                answers.append(stream.status)
                if stream.status == 200:
                    stream.connected()
        self.assertEqual(len(set(answers)), 1, answers)
        return answers[0]

    def publishes(self, token, place, plural, topic_id):
        path, fields = self.placed(token, place, PATHS[plural](topic_id))
        return self.server.request("POST", path, json.dumps(payload(plural)).encode(),
                                   {"Content-Type": "application/json", **fields}, token=None).status

    def publishes_in_bulk(self, token, place, plural, topic_id):
        path, fields = self.placed(token, place, f"{API}/events")
        answer = self.server.request("POST", path, json.dumps(event(plural, topic_id)).encode(),
                                     {"Content-Type": "application/x-ndjson", **fields}, token=None)
        self.assertIn(answer.status, (200, 403))
        return answer.status if answer.status != 200 or answer.json()["accepted"] == 1 else 403

    def test_every_role_on_every_resource_by_every_way(self):
        asked = 0
        for role, plural, place in itertools.product(ROLES, PATHS, PLACES):
            # Who drives has the driver's id; everybody lists his own of each kind.
            claims = {"sub": OWN if role == "driver" else "U-1", "orders": [OWN], "runs": [OWN],
                      "drivers": [OWN] if role != "driver" else []}
            token = self.token(role, **claims)
            for topic_id in (ABSENT, OTHER, OWN) if not may_publish(role, claims, plural, ABSENT) else (OTHER, OWN):
                with self.subTest(role=role, plural=plural, place=place, topic_id=topic_id):
                    read = 200 if may_read(role, claims, plural, topic_id) else 403
                    publish = 200 if may_publish(role, claims, plural, topic_id) else 403
                    self.assertEqual(self.reads(token, place, plural, topic_id), read)
                    self.assertEqual(self.publishes(token, place, plural, topic_id), publish)
                    self.assertEqual(self.publishes_in_bulk(token, place, plural, topic_id), publish)
                    asked += 5
            if role in READS_ALL:
                self.assertEqual(self.reads(token, place, plural, ABSENT), 200)
        self.assertGreater(asked, 1000)

    def test_claims_that_a_role_does_not_look_at_grant_nothing(self):
        for role, claims, denied in (
                ("driver", {"sub": OWN, "drivers": [OTHER]}, [("drivers", OTHER)]),
                ("driver", {"sub": "*"}, [("drivers", OTHER), ("drivers", "x")]),
                ("driver", {"sub": ""}, [("drivers", OTHER), ("orders", OTHER)]),
                ("driver", {}, [("drivers", OTHER)]),
                ("customer", {"sub": OTHER}, [("drivers", OTHER), ("orders", OTHER)]),
                ("customer", {"sub": "c", "order": [OTHER], "Orders": [OTHER]}, [("orders", OTHER)]),
                ("service", {"sub": OTHER, "orders": [OTHER]}, [("orders", OTHER)])):
            for plural, topic_id in denied:
                with self.subTest(role=role, claims=claims):
                    token = self.token(role, **claims)
                    self.assertEqual(self.reads(token, "header", plural, topic_id), 403)
                    if role != "service":
                        self.assertEqual(self.publishes(token, "header", plural, topic_id), 403)

    def test_wildcards_where_ids_belong_are_no_ids(self):
        for claims in ({"orders": ["*"]}, {"orders": ["X-*"]}, {"orders": ["orders/*"]}, {"orders": "*"},
                       {"orders": {"*": True}}, {"orders": [1]}):
            status = self.reads(self.token("customer", sub="c", **claims), "header", "orders", OTHER)
            self.assertIn(status, (401, 403), claims)

    def test_several_roles_grant_the_sum(self):
        token = sign(secret_of(self.server), {"roles": ["customer", "service"], "sub": "U-1", "orders": [OWN]})
        self.assertEqual(self.reads(token, "header", "orders", OWN), 200)
        self.assertEqual(self.reads(token, "header", "orders", OTHER), 403)
        self.assertEqual(self.publishes(token, "header", "orders", OTHER), 200)

    def test_rt_grants_just_what_it_names(self):
        token = self.token(sub="U-1", rt={"subscribe": [f"orders/{OWN}", "drivers/*"], "publish": ["runs/*"]})
        for plural, topic_id in itertools.product(PATHS, (OWN, OTHER)):
            with self.subTest(plural=plural, topic_id=topic_id):
                readable = plural == "drivers" or (plural, topic_id) == ("orders", OWN)
                self.assertEqual(self.reads(token, "header", plural, topic_id), 200 if readable else 403)
                self.assertEqual(self.publishes(token, "header", plural, topic_id), 200 if plural == "runs" else 403)
                self.assertEqual(self.publishes_in_bulk(token, "header", plural, topic_id),
                                 200 if plural == "runs" else 403)
        everything = self.token(sub="U-1", rt={"subscribe": ["*"]})
        self.assertEqual(self.reads(everything, "header", "runs", OTHER), 200)
        self.assertEqual(self.publishes(everything, "header", "runs", OTHER), 403)
        for malformed in ({"subscribe": ["orders/X-*"]}, {"subscribe": ["*/X-2"]}, {"subscribe": "*"},
                          {"subscribe": ["trucks/*"]}, {"subscribe": [""]}, {"subscribe": [["*"]]}, ["*"], "*", True):
            status = self.reads(self.token(sub="U-1", rt=malformed), "header", "orders", OTHER)
            self.assertIn(status, (401, 403), malformed)

    def test_stats_are_for_those_who_may(self):
        for role in ROLES:
            for place in PLACES:
                path, fields = self.placed(self.token(role, sub="U-1", orders=[OWN]), place, f"{API}/stats")
                status = self.server.request("GET", path, headers=fields, token=None).status
                self.assertEqual(status, 200 if role in READS_STATS else 403, (role, place))
        for rt, status in (({"stats": True}, 200), ({"stats": False}, 403), ({"stats": "true"}, 401), ({}, 403)):
            token = self.token(sub="U-1", rt=rt)
            self.assertEqual(self.server.request("GET", f"{API}/stats", token=token).status, status, rt)

    def test_drivers_publish_their_own_position_only(self):
        token = self.token("driver", sub="D-1", orders=["D-1"], runs=["D-1"])
        for topic_id, status in (("D-1", 200), ("D%2D1", 200), ("d-1", 403), ("D-11", 403), ("D-", 403), ("D-2", 403)):
            self.assertEqual(self.publishes(token, "header", "drivers", topic_id), status, topic_id)
        lines = [event("drivers", "D-1"), event("drivers", "D-2"), event("orders", "D-1"), event("runs", "D-1"),
                 {**event("drivers", "D-1"), "type": "order_update", "orderId": "D-2", "data": {}},
                 event("drivers", "D-1")]
        with self.server.stream(f"{API}/stream?topic=*&snapshot=0") as stream:
            stream.connected()
            answer = self.server.request("POST", f"{API}/events", "\n".join(map(json.dumps, lines)).encode(),
                                         {"Content-Type": "application/x-ndjson"}, token=token).json()
            self.assertEqual(answer["accepted"], 2)
            self.assertEqual([rejected["line"] for rejected in answer["rejected"]], [2, 3, 4, 5])
            self.server.publish(order_path("END"), {})
            self.assertEqual([topic_of(stream.next().json) for _ in range(3)],
                             ["drivers/D-1", "drivers/D-1", "orders/END"])


class DeliveryTest(unittest.TestCase):
    """What wildcards deliver to narrow tokens: as a snapshot, live, and on a resume."""
    END = "orders/END"
    # In the order in which they are published; each token may read the last.
    TOPICS = [f"{plural}/{topic_id}" for plural, topic_id in itertools.product(PATHS, (OWN, OTHER, ABSENT))] + [END]
    PATTERNS = (["*"], ["orders/*"], ["runs/*"], ["drivers/*"], ["orders/*", "drivers/*"], ["*", f"orders/{OWN}"])
    TOKENS = (({"role": "customer", "sub": "c", "orders": [OWN], "runs": [OTHER]},
               {f"orders/{OWN}", f"runs/{OTHER}"}),
              ({"role": "customer", "sub": OWN, "drivers": [OTHER]}, {f"drivers/{OTHER}"}),
              ({"role": "driver", "sub": OWN, "orders": [OTHER]}, {f"drivers/{OWN}", f"orders/{OTHER}"}),
              ({"role": "service", "sub": "s", "orders": [OWN]}, set()),
              ({"rt": {"subscribe": ["drivers/*", f"orders/{ABSENT}", END]}},
               {f"orders/{ABSENT}"} | {topic for topic in TOPICS if topic.startswith("drivers/")}),
              ({"role": "dispatcher", "sub": "d"}, set(TOPICS)))

    def test_a_narrow_token_gets_only_what_it_may_read(self):
        with Server() as server:
            with server.stream(f"{API}/stream?topic=*") as stream:
                before_all = stream.connected().id
            self.publish_all(server)
            for (claims, readable), patterns in itertools.product(self.TOKENS, self.PATTERNS):
                token = sign(secret_of(server), {"rt": {"subscribe": [self.END]}, **claims})
                with self.subTest(claims=claims, patterns=patterns):
                    self.check(server, token, patterns, readable | {self.END}, before_all)

    def check(self, server, token, patterns, readable, before_all):
        asked = {pattern: {topic for topic in self.TOPICS if pattern in ("*", topic, topic.split("/")[0] + "/*")}
                 for pattern in [self.END, *patterns]}
        path = f"{API}/stream?" + "&".join(f"topic={pattern}" for pattern in asked)
        with server.stream(path, token=token) as stream:
            if not all(topics & readable for topics in asked.values()):
                self.assertEqual(stream.status, 403, "nothing of one pattern may be read")
                return
            self.assertEqual(stream.status, 200)
            expected = [topic for topic in self.TOPICS if topic in set.union(*asked.values()) & readable]
            stream.connected()
            snapshot = [stream.next().json for _ in expected]
            self.assertTrue(all(message["snapshot"] for message in snapshot))
            self.assertEqual(sorted(map(topic_of, snapshot)), sorted(expected))
            self.publish_all(server)
            self.assertEqual(self.until_end(stream), expected)
        with server.stream(path, {"Last-Event-ID": before_all}, token=token) as stream:
            self.assertEqual(stream.connected().json["resume"], "resumed")
            self.assertEqual(self.until_end(stream), expected)

    def publish_all(self, server):
        for plural, topic_id in (topic.split("/") for topic in self.TOPICS):
            server.publish(PATHS[plural](topic_id), payload(plural))

    def until_end(self, stream):
        topics = []
        while self.END not in topics:
            topics.append(topic_of(stream.next().json))
        return topics


class IndistinguishableTest(unittest.TestCase):
    """A forbidden resource and one that never was answer alike, byte for byte but for the id and the time."""

    def test_what_is_forbidden_and_what_is_absent_answer_alike(self):
        with Server() as server:
            for plural in PATHS:
                server.publish(PATHS[plural](OTHER), payload(plural))
            with server.stream(order_path(OTHER)) as watched:
                watched.connected()
                # The last publishes everything, so that nothing is absent any more.
                for role in ("driver", "customer", "none", "service"):
                    token = sign(secret_of(server), {"role": role, "sub": OWN, "orders": [OWN]})
                    for request in self.requests(token):
                        with self.subTest(role=role, request=request[:80]):
                            forbidden, absent = (self.answer(server, request, i) for i in (OTHER, ABSENT))
                            self.assertEqual(forbidden, absent)

    def requests(self, token):
        fields = f" HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n"
        json_fields = fields + "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n"
        for plural in PATHS:
            path = PATHS[plural]("@ID@")
            body = json.dumps(payload(plural))
            line = json.dumps(event(plural, "@ID@"))
            yield f"HEAD {path}{fields}\r\n"
            yield f"GET {path}{fields}Last-Event-ID: 1-0\r\n\r\n"
            yield f"GET {API}/stream?topic={plural}/@ID@{fields}\r\n"
            yield f"GET {API}/stream?topic=orders/{OWN}&topic={plural}/@ID@{fields}\r\n"
            yield f"POST {path}" + json_fields.format(len(body)) + body
            yield f"POST {path}" + json_fields.format(1) + "x"
            bulk = json_fields.replace("application/json", "application/x-ndjson")
            yield f"POST {API}/events" + bulk.format(len(line) - len("@ID@") + len(OWN)) + line

    def answer(self, server, request, topic_id):
        received = exchange(server, request.replace("@ID@", topic_id).encode())
        method = [request.split(" ")[0].encode()]
        may_be_accepted = b'"accepted":1' in received  # by `service`, which publishes everything
        status = responses(received, method)[0].status
        self.assertTrue(status in (400, 403) or may_be_accepted or b'"subscribers"' in received
                        or (status == 200 and b'"accepted":0' in received), received)
        received = re.sub(rb"\r\nDate: [^\r]*", b"", received)
        received = re.sub(rb'"(id|lastId)":"[0-9-]*","subscribers":\d', b'"event"', received)
        received = re.sub(rb'"lastId":"[0-9-]*"', b'"event"', received)
        return received.replace(topic_id.encode(), b"ID")


class CookieTest(unittest.TestCase):
    """A browser sends the cookie along with anybody's form, so that a write by it must say where it comes from."""

    def test_a_post_by_cookie_without_an_allowed_origin_is_403(self):
        with Server("--cors-origin", ORIGIN, "--allow-query-token") as server:
            cookie = {"Cookie": f"rt_token={server.admin}", "Content-Type": "application/json"}
            for what, fields, status in (
                    ("no Origin", {}, 403), ("null", {"Origin": "null"}, 403), ("empty", {"Origin": ""}, 403),
                    ("another", {"Origin": "https://evil.example"}, 403),
                    ("a Referer instead", {"Referer": ORIGIN + "/"}, 403),
                    ("Basic beside it", {"Authorization": "Basic dTpw"}, 403),
                    ("the allowed one", {"Origin": ORIGIN}, 200)):
                for plural in PATHS:
                    with self.subTest(what, plural=plural):
                        answer = server.request("POST", PATHS[plural](OWN), json.dumps(payload(plural)).encode(),
                                                {**cookie, **fields}, token=None)
                        self.assertEqual(answer.status, status)
                bulk = server.request("POST", f"{API}/events", json.dumps(event("orders", OWN)).encode(),
                                      {**cookie, "Content-Type": "application/x-ndjson", **fields}, token=None)
                with self.subTest(what, path="events"):
                    self.assertEqual(bulk.status, status)

    def test_a_token_of_another_place_is_not_the_cookies(self):
        with Server("--allow-query-token") as server:
            for path, fields in ((order_path(OWN), {"Authorization": f"Bearer {server.admin}", "Cookie": "rt_token=x"}),
                                 (f"{order_path(OWN)}?token={server.admin}", {"Cookie": "rt_token="})):
                answer = server.request("POST", path, b"{}", {"Content-Type": "application/json", **fields}, token=None)
                self.assertEqual(answer.status, 200, fields)

    def test_where_cookies_are_off_none_is_taken(self):
        with Server("--cookie-name", "") as server:
            for cookie in (f"rt_token={server.admin}", f"={server.admin}", server.admin, f" = {server.admin}"):
                self.assertEqual(server.request("HEAD", order_path(OWN), headers={"Cookie": cookie}, token=None).status,
                                 401)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: MIT
"""Publishing: what is accepted, passed on byte for byte, and refused with its reason."""
import json
import time
import unittest
from email.utils import parsedate_to_datetime

from support import API, ID, Server, driver_path, eventually, order_path, run_path

JSON = {"Content-Type": "application/json"}
NDJSON = {"Content-Type": "application/x-ndjson"}


class PublishTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__(None)

    def post(self, path, body, headers=JSON):
        return self.server.request("POST", path, body if isinstance(body, bytes) else body.encode(), headers)

    def refused(self, status, path, body, headers=JSON):
        answer = self.post(path, body, headers)
        self.assertEqual(answer.status, status, (body[:100], answer))
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertEqual(answer.json()["status"], status)
        return answer.json()["detail"]

    def test_an_answer_says_when_it_was_made(self):
        def made():
            begin = int(time.time())
            text = self.post(order_path("P-0"), "{}").headers["Date"]
            at = parsedate_to_datetime(text).timestamp()
            self.assertTrue(text.endswith(" GMT"), text)
            self.assertTrue(begin - 1 <= at <= time.time(), f"{text} is not the time")
            return at
        first = made()
        self.assertTrue(eventually(lambda: made() > first))

    def test_the_answer_is_the_id_and_the_number_of_subscribers(self):
        answer = self.post(order_path("P-1"), '{"status":"NEW"}')
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        self.assertRegex(answer.json()["id"], ID)
        self.assertEqual(answer.body.decode(), '{"id":"%s","subscribers":0}' % answer.json()["id"])
        with self.server.stream(order_path("P-1")) as a, self.server.stream(f"{API}/stream?topic=orders/*") as b:
            a.connected(), b.connected()
            with self.server.stream(order_path("P-11")) as other:
                other.connected()
                self.assertEqual(self.post(order_path("P-1"), "{}").json()["subscribers"], 2)

    def test_data_passes_through_as_the_bytes_that_came(self):
        with self.server.stream(order_path("P-2")) as stream:
            stream.connected()
            for data in ('{"z":1e5,"a":12345678901234567890,"m":1.0,"n":-0.0,"big":1E+30}',
                         '{"b":{"y":[1,2.50,{}],"x":null},"a":true,"a":false}',
                         '{"\u00fc":"\u65e5\u672c \U0001f69a","esc":"\\u00e9\\n\\/\\ud83d\\ude9a"}',
                         "{}"):
                self.assertEqual(self.post(order_path("P-2"), data).status, 200, data)
                self.assertEqual(stream.next().data, '{"type":"order_update","orderId":"P-2","data":%s}' % data)

    def test_data_over_several_lines_arrives_as_the_same_json(self):
        with self.server.stream(run_path("P-3")) as stream:
            stream.connected()
            self.post(run_path("P-3"), '{\r\n  "a": [1,\n 2],\r  "b": "x  y"\n}\n')
            self.assertEqual(stream.next().json["data"], {"a": [1, 2], "b": "x  y"})

    def test_a_location_is_checked_and_timed(self):
        with self.server.stream(driver_path("P-4")) as stream:
            stream.connected()
            self.post(driver_path("P-4"), '{"latitude":-90,"longitude":180,"heading":360,"speed":0}')
            event = stream.next().json
            self.assertEqual(event["location"], {"latitude": -90, "longitude": 180, "heading": 0, "speed": 0})
            self.assertRegex(event["timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.post(driver_path("P-4"), '{"latitude":1,"longitude":2,"timestamp":"2023-12-20T15:35:00.5+01:00"}')
            event = stream.next().json
            self.assertEqual(event["timestamp"], "2023-12-20T14:35:00.500Z")
            self.assertEqual(event["location"], {"latitude": 1, "longitude": 2})

    def test_what_is_no_json_object_is_400(self):
        for body in ("", "{", "[]", '"x"', "1", "{}{}", '{"a":1,}', "{'a':1}", "\ufeff{}", '{"a":"\n"}',
                     '{"a":NaN}', '{"a":' * 100 + "1" + "}" * 100):
            self.refused(400, order_path("P-5"), body)
        self.refused(400, order_path("P-5"), b'{"a":"\xff"}')

    def test_a_body_beyond_the_limit_is_413(self):
        fits = '{"a":"%s"}' % ("x" * 60_000)
        self.assertEqual(self.post(order_path("P-6"), fits).status, 200)
        self.refused(413, order_path("P-6"), '{"a":"%s"}' % ("x" * 70_000))
        with Server("--max-event-bytes", "1k") as server:
            for size, status in ((900, 200), (1100, 413)):
                answer = server.request("POST", order_path("P-6"), b'{"a":"%s"}' % (b"x" * size), JSON)
                self.assertEqual(answer.status, status)

    def test_another_content_type_is_415(self):
        for content_type in ("text/plain", "application/x-www-form-urlencoded", "application/x-ndjson"):
            self.refused(415, order_path("P-7"), "{}", {"Content-Type": content_type})
        self.refused(415, order_path("P-7"), "{}", {})
        self.refused(415, f"{API}/events", "{}", JSON)
        self.assertEqual(self.post(order_path("P-7"), "{}", {"Content-Type": "Application/JSON; charset=utf-8"}).status, 200)

    def test_a_location_that_is_not_valid_is_422_and_names_the_field(self):
        for field, location in (("latitude", {"longitude": 1}), ("longitude", {"latitude": 1}),
                                ("latitude", {"latitude": 90.001, "longitude": 1}),
                                ("longitude", {"latitude": 1, "longitude": -180.5}),
                                ("latitude", {"latitude": "1", "longitude": 1}),
                                ("latitude", {"latitude": None, "longitude": 1}),
                                ("heading", {"latitude": 1, "longitude": 1, "heading": 361}),
                                ("speed", {"latitude": 1, "longitude": 1, "speed": -1}),
                                ("timestamp", {"latitude": 1, "longitude": 1, "timestamp": "yesterday"})):
            self.assertIn(field, self.refused(422, driver_path("P-8"), json.dumps(location)))

    def test_a_refused_event_reaches_nobody(self):
        with self.server.stream(driver_path("P-9")) as stream:
            stream.connected()
            self.refused(422, driver_path("P-9"), '{"latitude":91,"longitude":0}')
            self.refused(400, driver_path("P-9"), '{"latitude":1')
            self.post(driver_path("P-9"), '{"latitude":1,"longitude":0}')
            self.assertEqual(stream.next().json["location"]["latitude"], 1)

    def test_a_bad_line_of_ndjson_costs_that_line_only(self):
        lines = ['{"type":"order_update","orderId":"P-10","data":{"n":1e0}}',
                 '{"type":"run_update","runId":"P-10","data":{"n":2}}',
                 '{"type":"order_update","orderId":"P-10","data":',
                 '{"type":"order_update","orderId":"P 10","data":{}}',
                 '{"type":"truck_update","truckId":"T","data":{}}',
                 '{"type":"driver_location","driverId":"P-10","location":{"latitude":99,"longitude":0}}',
                 '{"type":"driver_location","driverId":"P-10","location":{"latitude":9,"longitude":0},'
                 '"timestamp":"2023-12-20T14:35:00.000Z"}']
        with self.server.stream(f"{API}/stream?topic=*&snapshot=0") as stream:
            stream.connected()
            answer = self.post(f"{API}/events", "\n".join(lines), NDJSON)
            self.assertEqual(answer.status, 200, answer)
            result = answer.json()
            self.assertEqual(set(result), {"accepted", "rejected", "lastId"})
            self.assertEqual(result["accepted"], 3)
            self.assertEqual([r["line"] for r in result["rejected"]], [3, 4, 5, 6])
            self.assertTrue(all(r["error"] for r in result["rejected"]))
            self.assertIn("latitude", result["rejected"][3]["error"])
            blocks = [stream.next() for _ in range(3)]
            self.assertEqual([b.data for b in blocks], [lines[0], lines[1], lines[6]])
            self.assertEqual(blocks[-1].id, result["lastId"])

    def test_an_ndjson_line_that_is_too_long_costs_that_line_only(self):
        good = '{"type":"order_update","orderId":"P-11","data":{}}\r\n'
        long = '{"type":"order_update","orderId":"P-11","data":{"a":"%s"}}\n' % ("x" * 70_000)
        result = self.post(f"{API}/events", good + long + good, NDJSON).json()
        self.assertEqual((result["accepted"], [r["line"] for r in result["rejected"]]), (2, [2]))

    def test_ndjson_lines_need_their_own_rights(self):
        driver = self.server.token("--sub", "D-1", "--role", "driver")
        line = '{"type":"driver_location","driverId":"%s","location":{"latitude":1,"longitude":2}}\n'
        answer = self.server.request("POST", f"{API}/events", (line % "D-1" + line % "D-2").encode(), NDJSON, token=driver)
        self.assertEqual((answer.status, answer.json()["accepted"]), (200, 1))
        self.assertEqual([r["line"] for r in answer.json()["rejected"]], [2])

    def test_a_repeated_request_with_its_idempotency_key_publishes_once(self):
        with self.server.stream(order_path("P-12")) as stream:
            stream.connected()
            once = {"Idempotency-Key": "k-1", **JSON}
            first = self.post(order_path("P-12"), '{"n":1}', once)
            again = self.post(order_path("P-12"), '{"n":1}', once)
            self.assertEqual((first.status, again.status), (200, 200))
            self.assertEqual(again.body, first.body)
            other = self.post(order_path("P-12"), '{"n":2}', {"Idempotency-Key": "k-2", **JSON})
            self.assertNotEqual(other.json()["id"], first.json()["id"])
            self.assertEqual([stream.next().json["data"]["n"] for _ in range(2)], [1, 2])

    def test_a_repeated_bulk_with_its_idempotency_key_publishes_once(self):
        lines = '{"type":"order_update","orderId":"P-13","data":{"n":1}}\nnonsense\n'
        with self.server.stream(order_path("P-13")) as stream:
            stream.connected()
            once = {"Idempotency-Key": "k-3", **NDJSON}
            bodies = {self.post(f"{API}/events", lines, once).body for _ in range(3)}
            self.assertEqual(len(bodies), 1)
            self.post(order_path("P-13"), '{"n":2}')
            self.assertEqual([stream.next().json["data"]["n"] for _ in range(2)], [1, 2])


if __name__ == "__main__":
    unittest.main()

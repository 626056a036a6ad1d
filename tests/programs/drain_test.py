# SPDX-License-Identifier: MIT
"""SIGTERM: not ready any more, streams end cleanly and not all at once, what was begun is answered, exit 0.

RT_STREAMS and RT_RATE set other numbers of streams and of publishes per second for the crowd.
"""
import os
import signal
import threading
import time
import unittest
from collections import Counter

from crowd import ORDER_EVENT, RETRY, Crowd, HeldRequest, Publishers, raise_descriptor_limit
from support import EventStream, Server, eventually, order_path, with_token

STREAMS = int(os.environ.get("RT_STREAMS", "1000"))
RATE = int(os.environ.get("RT_RATE", "200"))
HELD = 40  # requests that are begun before the signal and finished while the streams end
GRACE_S = 10.0
# A fortieth of it is for the last requests of idle connections.
AMPLE_GRACE = ("--shutdown-grace", "100s")


def drain(server):
    server.process.send_signal(signal.SIGTERM)
    if not eventually(lambda: server.admin_request("/readyz").status == 503):
        raise AssertionError("still ready")


def exit_code(server):
    """Without the signal that stop() would send."""
    server.process.wait(GRACE_S)
    return server.stop()


def post(path, token, body):
    return (b"POST %s HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % (path.encode(), token.encode(), len(body)) + body)


def read_all(s):
    answer = b""
    while some := s.recv(4096):
        answer += some
    return answer


class DrainTest(unittest.TestCase):
    def test_streams_end_with_a_retry_time_and_a_last_chunk(self):
        with Server() as server:
            streams = [server.stream(order_path("D-1")) for _ in range(20)]
            for stream in streams:
                stream.connected()
                stream.retries.clear()
            last_id = server.publish(order_path("D-1"), {"last": True})["id"]
            started = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - started, 10)
            for stream in streams:
                self.assertEqual([block.id for block in stream.read_to_end()], [last_id])
                self.assertTrue(stream.is_ended and not stream.is_cut)
                self.assertEqual(len(stream.retries), 1)
                stream.close()
            self.assertGreater(len({stream.retries[0] for stream in streams}), 1, "retry times are not jittered")

    def test_ready_before_and_not_while_a_request_is_in_flight(self):
        with Server(*AMPLE_GRACE) as server:
            self.assertEqual(server.admin_request("/readyz").status, 200)
            stream = server.stream(order_path("D-2"))
            stream.connected()
            request = post(order_path("D-2"), server.admin, b'{"in":"flight"}')
            with server.connect() as s:
                s.sendall(request[:-10])
                # Another answer of the same server is proof that it has read what was sent before.
                self.assertEqual(server.request("GET", "/healthz").status, 200)
                drain(server)
                self.assertEqual(server.admin_request("/healthz").status, 200)
                s.sendall(request[-10:])
                answer = read_all(s)
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)
            self.assertIn(b"Connection: close", answer)
            # Until its end a stream goes on as ever.
            self.assertEqual([block.json["data"] for block in stream.read_to_end()], [{"in": "flight"}])
            self.assertTrue(stream.is_ended)
            self.assertEqual(exit_code(server), 0)
            stream.close()

    def test_an_idle_publisher_gets_one_more_answer_and_nobody_can_connect(self):
        with Server(*AMPLE_GRACE) as server, server.stream(order_path("D-3")) as stream, server.connect() as s:
            stream.connected()
            s.sendall(post(order_path("D-3"), server.admin, b'{"n":1}'))
            self.assertNotIn(b"Connection: close", s.recv(4096))
            self.assertEqual(stream.next().json["data"], {"n": 1})
            drain(server)
            with self.assertRaises(ConnectionRefusedError):
                server.connect()
            s.sendall(post(order_path("D-3"), server.admin, b'{"n":2}'))
            answer = read_all(s)
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)
            self.assertIn(b"Connection: close", answer)
            self.assertEqual(stream.next().json["data"], {"n": 2})
            self.assertEqual(exit_code(server), 0)

    def test_a_stream_that_is_asked_for_meanwhile_is_sent_away_with_a_retry_time(self):
        with Server(*AMPLE_GRACE) as server, server.connect() as s:
            s.sendall(b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
            self.assertIn(b" 200 ", s.recv(4096))
            drain(server)
            # A browser's EventSource never comes back after a refusal.
            stream = EventStream(s, order_path("D-4"), with_token(server, {}, "admin"), "1.1")
            self.assertEqual(stream.status, 200)
            stream.connected()
            stream.read_to_end()
            self.assertTrue(stream.is_ended)
            self.assertEqual(len(stream.retries), 2)
            self.assertEqual(exit_code(server), 0)

    def test_a_second_signal_ends_at_once(self):
        with Server("--shutdown-grace", "10m", "--request-timeout", "10m") as server, server.connect() as s:
            s.sendall(b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Le")
            self.assertEqual(server.request("GET", "/healthz").status, 200)
            drain(server)
            self.assertIsNone(server.process.poll())
            self.assertEqual(server.stop(), 0)

    def test_a_request_that_never_ends_does_not_hold_it_beyond_the_grace(self):
        with Server("--shutdown-grace", "1s") as server, server.connect() as s:
            s.sendall(b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Le")
            self.assertEqual(server.request("GET", "/healthz").status, 200)
            started = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - started, 5)


class CrowdTest(unittest.TestCase):
    def test_under_load_nothing_acknowledged_is_lost_and_the_reconnects_are_spread(self):
        raise_descriptor_limit()
        topics = max(1, STREAMS // 5)
        with Server("--shutdown-grace", f"{GRACE_S:.0f}s") as server:
            crowd = Crowd(server, [n % topics for n in range(STREAMS)])
            self.addCleanup(crowd.close)
            crowd.until_connected()
            publishers = Publishers(server, 8, RATE, topics)
            held = [HeldRequest(server, n % topics) for n in range(HELD)]
            begun = time.monotonic()
            crowd.read_until(lambda: time.monotonic() > begun + 2)

            signalled = time.time()
            server.process.send_signal(signal.SIGTERM)
            exited = []
            waiting = threading.Thread(target=lambda: exited.append((server.process.wait(), time.time())))
            waiting.start()
            finished = []

            def all_ended():
                """Meanwhile what was begun is finished, one request after the other."""
                if held and time.time() > signalled + 1.5 * STREAMS / 1000 * len(finished) / HELD:
                    finished.append(held.pop().finish())
                return not crowd.open and not held

            crowd.read_until(all_ended)
            waiting.join()
            server.stop()
            acknowledged, unanswered = publishers.finish()
            acknowledged += finished
        (code, exited_at), = exited
        self.assertEqual(code, 0)
        self.assertLess(exited_at - signalled, GRACE_S)
        self.assertFalse([at for at in unanswered if at < signalled], "requests from before the signal, unanswered")
        missed = self.check_streams(crowd.all, acknowledged)
        ends = [stream.ended_at for stream in crowd.all]
        if STREAMS >= 1000:
            self.assertGreater(max(ends) - min(ends), min(0.75 * GRACE_S, STREAMS / 1000) / 3, "all ended at once")
        peak = self.check_reconnects(crowd.all)
        if "RT_STREAMS" in os.environ:
            print(f"\n{STREAMS} streams; {len(acknowledged)} acknowledged, {len(unanswered)} sent after the signal "
                  f"and not answered, {missed} acknowledged after a stream's end; ends over "
                  f"{max(ends) - min(ends):.2f} s; peak of reconnects {peak:.2f} x mean; exit "
                  f"{exited_at - signalled:.2f} s after the signal")

    def check_streams(self, streams, acknowledged):
        """Each has all that was acknowledged before its end, once and in order. Returns how many events were
        acknowledged later."""
        of_topic, late = {}, 0
        for topic, event_id, at in acknowledged:
            of_topic.setdefault(topic, []).append((event_id, at))
        for stream in streams:
            text, is_ended = stream.text()
            self.assertTrue(is_ended, "cut off without a last chunk")
            got = [(int(ms), int(n)) for ms, n in ORDER_EVENT.findall(text)]
            self.assertEqual(got, sorted(set(got)), "out of order, or twice")
            missing = [at for event_id, at in of_topic.get(stream.topic, []) if event_id not in set(got)]
            # The end's time is the kernel's, a little after the server wrote it.
            self.assertFalse([at for at in missing if at < stream.ended_at - 0.001], "acknowledged and lost")
            late += len(missing)
        return late

    def check_reconnects(self, streams):
        """Where clients do as `retry:` says: the most in 100 ms against the mean."""
        back = [stream.ended_at + int(RETRY.findall(stream.text()[0])[-1]) / 1000 for stream in streams]
        tenths = Counter(int(10 * (at - min(back))) for at in back)
        mean = len(back) / (max(tenths) + 1)
        peak = max(tenths.values()) / mean
        self.assertLessEqual(peak, 3)
        return peak


if __name__ == "__main__":
    unittest.main()

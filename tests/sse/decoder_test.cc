// SPDX-License-Identifier: MIT
#include "sse/decoder.h"

#include <doctest/doctest.h>

#include <vector>

using namespace rt::sse;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

// All that a decoder said, in order: "message TYPE [DATA] ID", "comment [TEXT]", "retry MS", "fault".
struct Transcript {
  std::vector<std::string> lines;
  Decoder decoder;

  explicit Transcript(DecoderLimits limits = {}) : decoder(limits) {
    decoder.on_message = [this](const Message& message) {
      lines.push_back("message " + message.type + " [" + message.data + "] " + message.last_event_id);
    };
    decoder.on_comment = [this](std::string_view text) {
      lines.push_back("comment [" + std::string(text) + "]");
    };
    decoder.on_retry = [this](std::chrono::milliseconds wait) {
      lines.push_back("retry " + std::to_string(wait.count()));
    };
  }
  Transcript(const Transcript&) = delete;

  void feed(std::string_view bytes) {
    const auto taken = decoder.feed(bytes);
    if (!taken) lines.push_back(taken.error() == DecoderFault::line_too_long ? "fault line" : "fault event");
  }
};

using Lines = std::vector<std::string>;

// Whole, in pieces of 1, 2 and 3 bytes, and cut in two at each position.
void check_all_ways(const std::string& stream, const Lines& expected, DecoderLimits limits = {}) {
  CAPTURE(stream);
  const auto check = [&](const Transcript& seen, std::string_view last_event_id) {
    CHECK(seen.lines == expected);
    CHECK(seen.decoder.last_event_id() == last_event_id);
  };
  Transcript whole(limits);
  whole.feed(stream);
  const std::string id = whole.decoder.last_event_id();
  check(whole, id);
  for (std::size_t size = 1; size <= 3; ++size) {
    CAPTURE(size);
    Transcript pieces(limits);
    for (std::size_t at = 0; at < stream.size(); at += size) {
      pieces.feed(std::string_view(stream).substr(at, size));
      if (!pieces.lines.empty() && pieces.lines.back().starts_with("fault")) break;
    }
    check(pieces, id);
  }
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    CAPTURE(cut);
    Transcript halves(limits);
    halves.feed(std::string_view(stream).substr(0, cut));
    if (halves.lines.empty() || !halves.lines.back().starts_with("fault"))
      halves.feed(std::string_view(stream).substr(cut));
    check(halves, id);
  }
}

struct Case {
  std::string stream;
  Lines expected;
};

void check_table(std::initializer_list<Case> rows) {
  for (const Case& row : rows) check_all_ways(row.stream, row.expected);
}

}  // namespace

TEST_CASE("the examples of the standard decode as it says") {
  check_table({
      {"data: YHOO\ndata: +2\ndata: 10\n\n", {"message message [YHOO\n+2\n10] "}},
      {": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
       {"comment [test stream]", "message message [first event] 1", "message message [second event] ",
        "message message [ third event] "}},
      {"data\n\ndata\ndata\n\ndata:", {"message message [] ", "message message [\n] "}},
      {"data:test\n\ndata: test\n\n", {"message message [test] ", "message message [test] "}},
  });
}

TEST_CASE("lines end in LF, CR or CRLF, also mixed") {
  check_table({
      {"data: a\r\n\r\n", {"message message [a] "}},
      {"data: a\r\r", {"message message [a] "}},
      {"data: a\n\r", {"message message [a] "}},
      {"data: a\r\n\n", {"message message [a] "}},
      {"data: a\r\ndata: b\rdata: c\ndata: d\r\n\r\ndata: e\r\r",
       {"message message [a\nb\nc\nd] ", "message message [e] "}},
      {"data: a\n\r\ndata: b\r\n\r", {"message message [a] ", "message message [b] "}},
      {"\r\n\r\n\n\r", {}},
  });
}

TEST_CASE("one byte order mark at the start is passed over, any other is part of its line") {
  check_table({
      {"\xEF\xBB\xBF"
       "data: a\n\n",
       {"message message [a] "}},
      {"\xEF\xBB\xBF\ndata: a\n\n", {"message message [a] "}},
      {"\xEF\xBB\xBF: hello\n", {"comment [hello]"}},
      {"\xEF\xBB\xBF\xEF\xBB\xBF"
       "data: a\n\n",
       {}},
      {"\n\xEF\xBB\xBF"
       "data: a\n\n",
       {}},
      {"data: \xEF\xBB\xBF\n\n", {"message message [\xEF\xBB\xBF] "}},
      {"\xEF\xBB"
       "data: a\n\ndata: b\n\n",
       {"message message [b] "}},
  });
}

TEST_CASE("a field is its name before the first colon, and one leading space goes") {
  check_table({
      {"data:a\n\n", {"message message [a] "}},
      {"data:  a \n\n", {"message message [ a ] "}},
      {"data:\ta\n\n", {"message message [\ta] "}},
      {"data: a: b\n\n", {"message message [a: b] "}},
      {"data\n\n", {"message message [] "}},
      {"data :a\n\n data:b\n\nDATA: c\n\nda: d\n\n", {}},
      {"foo: bar\nfoo\ndata: a\n\n", {"message message [a] "}},
      {":\n::\n:  two\n:x: y\n", {"comment []", "comment [:]", "comment [ two]", "comment [x: y]"}},
  });
}

TEST_CASE("the event type holds for its block only") {
  check_table({
      {"event: add\ndata: a\n\ndata: b\n\n", {"message add [a] ", "message message [b] "}},
      {"event: add\n\ndata: b\n\n", {"message message [b] "}},
      {"event: a\nevent: b\ndata: x\n\n", {"message b [x] "}},
      {"event: a\nevent\ndata: x\n\n", {"message message [x] "}},
  });
}

TEST_CASE("the id persists, an empty id clears it, and one with NUL is passed over") {
  check_table({
      {"id: 1\ndata: a\n\ndata: b\n\n", {"message message [a] 1", "message message [b] 1"}},
      {"id: 1\n\ndata: b\n\n", {"message message [b] 1"}},
      {"id: 1\ndata: a\n\nid\ndata: b\n\n", {"message message [a] 1", "message message [b] "}},
      {"id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n"s, {"message message [a] 1", "message message [b] 1"}},
      {"id: 1\nid: 2\ndata: a\n\n", {"message message [a] 2"}},
  });
}

TEST_CASE("a block without data moves the last id without a message; an open block does not") {
  Transcript seen;
  seen.feed("id: 7\n\n");
  CHECK(seen.lines.empty());
  CHECK(seen.decoder.last_event_id() == "7");
  seen.feed("id: 8\ndata: x\n");
  CHECK(seen.lines.empty());
  CHECK(seen.decoder.last_event_id() == "7");
}

TEST_CASE("retry takes digits only and at most a day") {
  check_table({
      {"retry: 2000\n", {"retry 2000"}},
      {"retry:0\n", {"retry 0"}},
      {"retry: 007\n", {"retry 7"}},
      {"retry: 86400001\n", {"retry 86400000"}},
      {"retry: 99999999999999999999999999\n", {"retry 86400000"}},
      {"retry\nretry:\nretry: -1\nretry: +1\nretry:  1\nretry: 1 \nretry: 1.5\nretry: 1e3\nretry: 10s\n", {}},
      {"retry: \xD9\xA1\n", {}},
  });
}

TEST_CASE("a block left open at the end says nothing") {
  check_table({{"data: a\n\ndata: b\n", {"message message [a] "}},
               {"data: a", {}},
               {"data: a\n", {}},
               {"", {}},
               {"\xEF\xBB", {}}});
}

TEST_CASE("what is no UTF-8 becomes the replacement character") {
  check_table({
      {"data: a\xFFz\n\n", {"message message [a\xEF\xBF\xBDz] "}},
      {"data: \xE2\x82\n\n", {"message message [\xEF\xBF\xBD] "}},
      {"data: \xE2\x82\xAC\n\n", {"message message [\xE2\x82\xAC] "}},
      {"data: a\0b\n\n"s, {"message message [a\0b] "s}},
  });
}

TEST_CASE("a line longer than the limit is a fault, one of exactly the limit is not") {
  const DecoderLimits limits{.line_bytes_max = 8, .event_bytes_max = 100};
  check_all_ways("data: ab\n\n", {"message message [ab] "}, limits);
  check_all_ways("data: a\n\ndata: abc\n\ndata: z\n\n", {"message message [a] ", "fault line"}, limits);
  check_all_ways(":2345678", {}, limits);
  check_all_ways(":23456789", {"fault line"}, limits);
}

TEST_CASE("an event with more data than the limit is a fault, one of exactly the limit is not") {
  const DecoderLimits limits{.line_bytes_max = 100, .event_bytes_max = 5};
  check_all_ways("data: ab\ndata: cd\n\ndata: abcde\n\n",
                 {"message message [ab\ncd] ", "message message [abcde] "}, limits);
  check_all_ways("data: ab\ndata: cde\n\n", {"fault event"}, limits);
  check_all_ways("data\ndata\ndata\ndata\ndata\ndata\n\n", {"message message [\n\n\n\n\n] "}, limits);
  check_all_ways("data\ndata\ndata\ndata\ndata\ndata\ndata\n\n", {"fault event"}, limits);
}

TEST_CASE("after a fault the decoder takes nothing more until it is restarted") {
  Transcript seen({.line_bytes_max = 8, .event_bytes_max = 100});
  seen.feed("id:5\n\n:23456789\ndata:a\n\n");
  seen.feed("data:b\n\n");
  CHECK(seen.lines == Lines{"fault line", "fault line"});
  seen.decoder.restart();
  seen.feed("data:c\n\n");
  CHECK(seen.lines.back() == "message message [c] 5");
}

TEST_CASE(
    "a restart discards the open block and its id, takes a new byte order mark, and keeps the last id") {
  for (const char* open : {"event: x\nid: 2\ndata: lost\n", "event: x\nid: 2\ndata: lo", "id: 2\r"}) {
    CAPTURE(open);
    Transcript seen;
    seen.feed("id: 1\ndata: a\n\n");
    seen.feed(open);
    seen.decoder.restart();
    seen.feed(
        "\xEF\xBB\xBF"
        "data: b\n\n");
    CHECK(seen.lines == Lines{"message message [a] 1", "message message [b] 1"});
  }
}

TEST_CASE("a restart forgets a CR: an LF that opens the new stream is a line of its own") {
  Transcript seen;
  seen.feed("data: a\r");
  seen.decoder.restart();
  seen.feed(
      "\n\xEF\xBB\xBF"
      "data: no field, the mark is not at the start\n\ndata: b\n\n");
  CHECK(seen.lines == Lines{"message message [b] "});
}

TEST_CASE("a stream that resumes starts with the id it asked for") {
  Transcript seen;
  seen.decoder.set_last_event_id("9-0");
  CHECK(seen.decoder.last_event_id() == "9-0");
  seen.feed("data: a\n\n");
  CHECK(seen.lines == Lines{"message message [a] 9-0"});
}

TEST_CASE("a decoder without listeners reads on") {
  Decoder decoder;
  CHECK(decoder.feed(": c\nretry: 1\nid: 3\ndata: a\n\n"));
  CHECK(decoder.last_event_id() == "3");
}

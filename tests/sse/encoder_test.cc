// SPDX-License-Identifier: MIT
#include "sse/encoder.h"

#include <doctest/doctest.h>

#include "sse/decoder.h"

using namespace rt::sse;
using namespace std::chrono_literals;

namespace {

template <class Append>
std::string written(Append append) {
  std::string out;
  append(out);
  return out;
}

}  // namespace

TEST_CASE("a block is written as the standard spells it") {
  std::string out;
  append_retry(out, 2s);
  append_id(out, "1703082900000-0");
  append_data(out, "{\"type\":\"connected\"}");
  append_end(out);
  CHECK(out == "retry: 2000\nid: 1703082900000-0\ndata: {\"type\":\"connected\"}\n\n");
}

TEST_CASE("each line of data gets its own field") {
  const std::pair<const char*, const char*> rows[] = {{"", "data: \n"},
                                                      {"a\nb", "data: a\ndata: b\n"},
                                                      {"a\r\nb\rc", "data: a\ndata: b\ndata: c\n"},
                                                      {"a\n", "data: a\ndata: \n"},
                                                      {"\n\r", "data: \ndata: \ndata: \n"}};
  for (const auto& [data, expected] : rows)
    CHECK(written([&](std::string& out) { append_data(out, data); }) == expected);
}

TEST_CASE("a comment stays on one line") {
  CHECK(written([](std::string& out) { append_comment(out, "a\r\nb\nc"); }) == ": a  b c\n");
  CHECK(written([](std::string& out) { append_comment(out, ""); }) == ": \n");
  CHECK(written([](std::string& out) {
          out = "kept\n";
          append_comment(out, "x");
        }) == "kept\n: x\n");
}

TEST_CASE("a negative wait is written as none") {
  CHECK(written([](std::string& out) { append_retry(out, -1s); }) == "retry: 0\n");
}

TEST_CASE("what the encoder writes the decoder reads") {
  for (const std::string data :
       {"plain", "", " leading space", "two\nlines", "trailing\n", ":colon", "\n\n", "caf\xC3\xA9"}) {
    std::string out;
    append_comment(out, "hello");
    append_id(out, "5-1");
    append_data(out, data);
    append_end(out);
    int messages = 0;
    Decoder decoder;
    decoder.on_message = [&](const Message& message) {
      ++messages;
      CHECK(message.data == data);
      CHECK(message.type == "message");
      CHECK(message.last_event_id == "5-1");
    };
    CHECK(decoder.feed(out));
    CHECK(messages == 1);
  }
}

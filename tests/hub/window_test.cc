// SPDX-License-Identifier: MIT
#include "hub/window.h"

#include <doctest/doctest.h>

#include "hub/topic_index.h"

using namespace rt;

TEST_CASE("what events were deflated to takes of the window's memory, and leaves with them") {
  hub::TopicIndex index(10, [](const hub::TopicRecord&) {});
  hub::TopicRecord& record = index.record(*model::parse_topic("orders/O-1"));
  hub::Chain kind;
  hub::Deflater deflater;
  hub::WindowLimits limits;
  limits.bytes_max = 2000;
  hub::Window window(limits, {1, 0});
  std::uint64_t ms = 2;
  const auto append = [&] {
    window.append(store::encode_frame({ms++, 0}, {record.topic, R"({"status":"ASSIGNED"})", {}}), record,
                  kind, {});
  };
  while (window.begin() == 1) append();
  const auto held_plain = window.end() - window.begin();

  for (int rounds = 0; rounds < 100; ++rounds) {
    append();
    CHECK(window.bytes() <= limits.bytes_max);
    const hub::Seq last = window.end() - 1;
    for (const auto names : {hub::EventNames::none, hub::EventNames::types})
      for (const hub::Seq before : {hub::Seq{0}, last - 1}) window.deflated(last, before, names, deflater);
  }
  CHECK(window.end() - window.begin() < held_plain);
  window.expire(ms);
  CHECK(window.bytes() == 0);
}

// SPDX-License-Identifier: MIT
// What of the store on Redis needs no Redis: addresses, entries, and what a page says of the stream.
#include <doctest/doctest.h>

#include "store/open.h"
#include "store/redis_canary.h"
#include "store/redis_stream.h"

namespace {

using namespace rt;
using store::StreamPage;
using store::StreamPlace;

TEST_CASE("an address of a Redis is read in all its forms, and shown without the password") {
  const auto shown = [](std::string_view text) {
    const auto url = store::parse_store_url(text);
    REQUIRE(url);
    CHECK(url->engine == store::StoreUrl::Engine::redis);
    return store::to_string(url->redis) + ' ' + url->redis.user + ' ' + url->redis.password;
  };
  CHECK(shown("redis://db.example") == "redis://db.example:6379/0  ");
  CHECK(shown("redis://rt:p%40ss@db.example:7000/3") == "redis://rt@db.example:7000/3 rt p@ss");
  CHECK(shown("redis://:a:b@c@[::1]:7000/") == "redis://[::1]:7000/0  a:b@c");
  CHECK(shown("redis://rt@10.0.0.1/15") == "redis://rt@10.0.0.1:6379/15 rt ");
  CHECK(shown("unix:/run/redis/redis.sock") == "unix:/run/redis/redis.sock  ");
  CHECK(shown("redis+unix:///run/redis.sock?db=2") == "unix:/run/redis.sock?db=2  ");
}

TEST_CASE("what is no address of a Redis is refused, and nothing of it is shown") {
  for (const char* text :
       {"redis://", "redis://u:secret@", "redis://u:secret@h:0", "redis://u:secret@h:70000",
        "redis://u:secret@h/x", "redis://u:secret@h/-1", "redis://u:sec%zzret@h", "redis://u:secret@[::1",
        "rediss://u:secret@h", "unix:", "unix:/p?secret=1", "redis:u:secret@h", "rdis://u:secret@h"}) {
    CAPTURE(text);
    const auto url = store::parse_store_url(text);
    REQUIRE(!url);
    CHECK(url.error().kind == base::ErrorKind::configuration);
    CHECK((url.error().what + url.error().hint).find("secret") == std::string::npos);
  }
  CHECK(store::parse_store_url("rediss://h").error().hint.find("tunnel") != std::string::npos);
}

StreamPage page(std::uint64_t first, std::uint64_t last, std::uint64_t length, std::uint64_t added) {
  StreamPage made{true, length, added, {last, 0}, {first, 0}, "m", {}, 0, true, {}};
  return made;
}

StreamPage with_entries(StreamPage made, std::size_t count) {
  made.entries.resize(count);
  return made;
}

TEST_CASE("a page tells whether something is missing before it") {
  const StreamPlace place{{10, 0}, "m", 100};
  CHECK(continues(page(1, 10, 50, 100), place));
  CHECK(continues(with_entries(page(1, 12, 52, 102), 2), place));
  CHECK(!continues(StreamPage{}, place));                            // no stream
  CHECK(!continues(page(1, 9, 50, 100), place));                     // its tail is lost
  CHECK(!continues(with_entries(page(1, 12, 52, 103), 2), place));   // one of three is gone
  CHECK(!continues(with_entries(page(12, 12, 1, 102), 1), place));   // the older of two is trimmed
  CHECK(continues(with_entries(page(12, 12, 1, 101), 1), place));    // only what was read is trimmed
  CHECK(continues(page(0, 10, 0, 100), place));                      // all that was read is trimmed
  CHECK(!continues(with_entries(page(11, 12, 2, 2), 2), place));     // begun anew
  StreamPage without_place = with_entries(page(1, 12, 52, 102), 2);  // others came after our tail was lost
  without_place.place_mark.clear();
  CHECK(!continues(without_place, place));
  StreamPage another = page(1, 10, 50, 100);  // with the id of ours
  another.place_mark.replace(0, 1, 1, 'n');
  CHECK(!continues(another, place));
}

TEST_CASE("a page that is not the last is held against what the stream still holds") {
  const StreamPlace place{{10, 0}, "m", 100};
  StreamPage full = with_entries(page(1, 900, 950, 1000), 500);
  full.is_last = false;
  CHECK(continues(full, place));
  full.first = {11, 0};
  full.length = 900;
  CHECK(continues(full, place));
  full.length = 899;
  CHECK(!continues(full, place));
  // Nobody knows the place's number: as long as an entry before it is there, nothing behind it was trimmed.
  CHECK(!continues(full, {{10, 0}, "m", std::nullopt}));
  full.first = {10, 0};
  CHECK(continues(full, {{10, 0}, "m", std::nullopt}));
}

TEST_CASE("the id before an id is the nearest") {
  CHECK(store::id_before({5, 1}) == sse::EventId{5, 0});
  CHECK(store::id_before({5, 0}) == sse::EventId{4, 18446744073709551615U});
  CHECK(store::id_before({0, 0}) == sse::EventId{0, 0});
}

TEST_CASE("who does not sing any more is not counted") {
  store::Peers peers;
  const auto start = std::chrono::steady_clock::now();
  const auto sing = [&](const char* name, std::uint64_t streams, std::chrono::seconds at) {
    peers.note({name, 1, store::Census{{streams, 0, 1}, streams, 1}}, start + at);
  };
  sing("a", 1, std::chrono::seconds(0));
  sing("b", 2, std::chrono::seconds(0));
  sing("b", 5, std::chrono::seconds(4));
  CHECK(peers.sum() == store::Census{{6, 0, 2}, 6, 2});
  peers.forget_gone(start + std::chrono::seconds(6));
  CHECK(peers.sum() == store::Census{{5, 0, 1}, 5, 1});
}

}  // namespace

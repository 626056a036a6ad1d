// SPDX-License-Identifier: MIT
// What only the store on Redis promises, beside the conformance suite: many instances, other programs, and a
// Redis that is away. What becomes of a stream that was cut is in redis_cut_test.cc.
#include <doctest/doctest.h>

#include <csignal>

#include "base/text.h"
#include "store/redis_instance.h"

namespace {

using namespace rt;
using namespace std::chrono_literals;
using store_test::eventually;
using store_test::RedisInstance;
using store_test::RedisServer;

TEST_CASE(
    "instances see one order with the same ids, whoever published, and what they missed when they start") {
  RedisServer redis;
  RedisInstance a{redis.address()}, b{redis.address()};
  CHECK(a.held().origin == b.held().origin);
  std::string expected;
  std::vector<std::thread> others;
  for (RedisInstance* one : {&a, &b}) {
    others.emplace_back([one] {
      for (int i = 0; i < 200; ++i) {
        if (!one->publish({"S" + std::to_string(i)})) return;
        if (!one->publish({"M", "N"}, i % 2 == 0 ? "" : "key " + std::to_string(i))) return;
      }
    });
  }
  for (std::thread& other : others) other.join();
  // The keys are the same on both: half of the second publishes of one instance adds nothing.
  const auto has_all = [](RedisInstance& one) {
    return eventually([&one] { return one.look(), one.ids().size() >= 2 * 200 + 2 * 200 + 200; });
  };
  CHECK(has_all(a));
  CHECK(has_all(b));
  CHECK(a.look() == b.look());
  CHECK(a.ids() == b.ids());
  CHECK(a.ids().size() == 1'000);
  RedisInstance late{redis.address()};
  REQUIRE(late.held().recent.size() == 1'000);
  CHECK(late.held().origin == a.held().origin);
  for (std::size_t i = 0; i < 1'000; ++i) CHECK(late.held().recent[i]->id == a.ids()[i]);
}

TEST_CASE("other programs publish by XADD, and what is no event is passed over") {
  RedisServer redis;
  RedisInstance a{redis.address()};
  const auto add = [&redis](std::initializer_list<std::string_view> fields, std::string_view id = "*") {
    std::vector<std::string_view> words = {"XADD", "rtserve:events", id};
    words.insert(words.end(), fields);
    return redis.ask_text(words);
  };
  add({"topic", "orders/O-1", "data", "{\"status\":\"X\"}"});
  add({"data", "{\"latitude\":1,\"longitude\":2}", "by", "gps", "topic", "drivers/D"});
  add({"topic", "drivers/D", "data", R"({"latitude":1,"longitude":2,"timestamp":"2023-12-20T14:35:00Z"})"});
  const std::string many(100, 'x');
  std::vector<std::string_view> many_fields(200, many);
  const std::string huge(70U << 20U, 'x');
  for (const auto& wrong : std::vector<std::vector<std::string_view>>{
           {"data", "{}"},
           {"topic", "orders/O-1"},
           {"topic", "orders/", "data", "{}"},
           {"topic", "orders/a b", "data", "{}"},
           {"topic", "order/O-1", "data", "{}"},
           {"topic", "orders/*", "data", "{}"},
           {"topic", "orders/O-1", "data", "[1]"},
           {"topic", "orders/O-1", "data", "{} {}"},
           {"topic", "orders/O-1", "data", std::string_view("{\0}", 3)},
           {"topic", "orders/O-1", "data", "{\"a\":\"\xff\"}"},
           {"topic", "drivers/D", "data", "{\"latitude\":91}"},
           {"x", "\r\n"},
           many_fields,
           {"topic", "orders/O-1", "data", huge}}) {
    std::vector<std::string_view> words = {"XADD", "rtserve:events", "*"};
    words.insert(words.end(), wrong.begin(), wrong.end());
    redis.ask(words);
  }
  add({"topic", "runs/last", "data", "{}"}, "99999999999999-7");
  CHECK(a.sees("O-1 D D last "));
  CHECK(a.json()[0] == R"({"type":"order_update","orderId":"O-1","data":{"status":"X"}})");
  CHECK(a.json()[2].find("\"timestamp\":\"2023-12-20T14:35:00.000Z\"}") != std::string::npos);
  CHECK(a.ids().back() == sse::EventId{99999999999999, 7});
  REQUIRE(a.is_well());
  const auto after = a.publish({"after"});
  REQUIRE(after);
  CHECK(after->last_id == sse::EventId{99999999999999, 8});
  // A position without a time has the entry's: the same everywhere, and after a restart.
  RedisInstance late{redis.address()};
  REQUIRE(late.held().recent.size() == 5);
  for (std::size_t i = 0; i < 4; ++i) CHECK(late.held().recent[i]->json() == a.json()[i]);
}

TEST_CASE("a silent Redis is waited for once, not by everybody, and what it takes later is not taken twice") {
  RedisServer redis;
  RedisInstance a{redis.address()};
  REQUIRE(a.publish({"A"}, "first"));
  redis.signal(SIGSTOP);
  const auto begin = std::chrono::steady_clock::now();
  const auto timed_out = a.publish({"B"}, "second");
  REQUIRE(!timed_out);
  CHECK(timed_out.error().what == "Redis does not answer");
  CHECK(std::chrono::steady_clock::now() - begin >= 250ms);
  // Each of these would have to wait as long.
  for (int i = 0; i < 200; ++i) CHECK(!a.publish({"refused"}));
  CHECK(std::chrono::steady_clock::now() - begin < 20s);
  CHECK(a.publish({"A"}, "first"));  // answered before
  CHECK(a.store().trouble() != nullptr);
  redis.signal(SIGCONT);
  CHECK(a.is_well());
  REQUIRE(a.publish({"B"}, "second"));
  CHECK(a.sees("A B "));
}

TEST_CASE("a replica takes no events, and says so; when it is master again nothing was lost") {
  RedisServer redis;
  RedisInstance a{redis.address()};
  REQUIRE(a.publish({"A"}));
  redis.ask({"REPLICAOF", "127.0.0.1", "1"});
  CHECK(a.is_in_trouble("replica"));
  CHECK(a.publish({"B"}).error().what.find("replica") != std::string::npos);
  redis.ask({"REPLICAOF", "NO", "ONE"});
  CHECK(a.is_well());
  REQUIRE(a.publish({"C"}));
  CHECK(a.sees("A C "));
}

TEST_CASE("connections that are cut off, and scripts that are forgotten, are made good at once") {
  RedisServer redis;
  RedisInstance a{redis.address()};
  std::string expected;
  for (int i = 0; i < 10; ++i) {
    if (i % 2 == 0)
      redis.ask({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
    else
      redis.ask({"SCRIPT", "FLUSH"});
    a.publish({"perhaps"}, "once");
    REQUIRE(eventually([&] { return a.is_well() && a.publish({"A"}, "key " + std::to_string(i)); }));
  }
  CHECK(eventually([&] { return a.look(), a.ids().size() >= 10; }));
  CHECK(a.look().find("cut") == std::string::npos);
}

TEST_CASE(
    "when the reading connection is lost nothing is written any more: the new one may be to another Redis") {
  RedisServer redis;
  RedisInstance a{redis.address()};
  REQUIRE(a.publish({"A"}));
  REQUIRE(a.sees("A "));
  redis.ask({"CONFIG", "SET", "requirepass", "x"});  // no new link can be made, what is connected stays
  const auto reading = [&redis]() -> std::string {
    const std::string clients = redis.ask_text({"CLIENT", "LIST"});
    for (const std::string_view line : base::split(clients, '\n'))
      if (line.find("cmd=xread") != std::string_view::npos)
        return std::string(line.substr(3, line.find(' ') - 3));
    return {};
  };
  REQUIRE(eventually([&] { return !reading().empty(); }));
  redis.ask({"CLIENT", "KILL", "ID", reading()});
  CHECK(eventually([&] { return a.store().trouble() != nullptr; }));
  CHECK(!a.publish({"refused"}));
  redis.ask({"CONFIG", "SET", "requirepass", ""});
  CHECK(a.is_well());
  REQUIRE(a.publish({"B"}));
  CHECK(a.sees("A B "));
}

TEST_CASE("what is past the retention is trimmed, by number and by age") {
  RedisServer redis;
  RedisInstance few{redis.address(), {100, 0ms}};
  // Read along, or a slow reader is overtaken.
  for (std::size_t i = 1; i <= 30; ++i) {
    REQUIRE(few.publish(std::vector<std::string>(500, "A")));
    REQUIRE(eventually([&] { return few.look(), few.ids().size() == 500 * i; }));
  }
  CHECK(redis.ask_number({"XLEN", "rtserve:events"}) < 10'500);
  CHECK(redis.ask_number({"XLEN", "rtserve:events"}) > 100);
  for (int i = 0; i < 15'000; ++i)
    redis.ask({"XADD", "rtserve:events", "*", "topic", "orders/A", "data", "{}"});
  CHECK(eventually([&] { return few.look(), redis.ask_number({"XLEN", "rtserve:events"}) < 10'500; }));
  RedisInstance brief{redis.address(), {1'000'000, 100ms}};
  CHECK(eventually([&] { return brief.look(), redis.ask_number({"XLEN", "rtserve:events"}) < 100; }));
  RedisInstance late{redis.address(), {1'000'000, 100ms}};
  CHECK(late.held().recent.empty());
  CHECK(late.look().find("cut") == std::string::npos);
}

TEST_CASE(
    "a wrong password, a key that is something else, and a Redis that is not there are said at the start") {
  RedisServer redis;
  redis.ask({"SET", "rtserve:events", "x"});
  CHECK(RedisInstance(redis.address()).refusal().find("holds something else") != std::string::npos);
  redis.ask({"DEL", "rtserve:events"});
  redis.ask({"ACL", "SETUSER", "rt", "on", ">secret", "~rtserve:*", "+@all"});
  store::RedisAddress address = redis.address();
  address.user = "rt";
  address.password = "secret";
  RedisInstance let_in(address);
  CHECK(let_in.publish({"A"}));
  address.password = "secret2";
  const RedisInstance refused(address);
  CHECK(refused.refusal().find("password") != std::string::npos);
  CHECK(refused.refusal().find("secret") == std::string::npos);
}

TEST_CASE("nothing but what is needed may be allowed to the user") {
  RedisServer redis;
  redis.ask({"ACL",   "SETUSER", "rt",      "on",       ">secret",      "~rtserve:*",    "+select",
             "+time", "+xadd",   "+xread",  "+xrange",  "+xrevrange",   "+xinfo|stream", "+xtrim",
             "+get",  "+set",    "+exists", "+pexpire", "+script|load", "+evalsha"});
  store::RedisAddress address = redis.address();
  address.user = "rt";
  address.password = "secret";
  RedisInstance a(address, {1'000, 1h});
  REQUIRE(a.refusal().empty());
  REQUIRE(a.publish({"A", "B"}, "key"));
  CHECK(a.sees("A B "));
  for (int i = 0; i < 3; ++i) a.store().tidy();
  CHECK(a.store().trouble() == nullptr);
}

}  // namespace

// SPDX-License-Identifier: MIT
// What only the SQLite engine promises, beside the conformance suite: who may open a file, and what of a
// damaged one is served.
#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <functional>

#include "store/conformance/candidate.h"

namespace {

using namespace rt;
namespace fs = std::filesystem;
using conformance::order;
using conformance::Session;

constexpr base::WallTime k_start{std::chrono::milliseconds(1'700'000'000'000)};
constexpr store::Retention k_ample{1'000'000, std::chrono::hours(1)};

// Another program at the same database, such as sqlite3.
class Other {
 public:
  explicit Other(const std::string& path) { REQUIRE(sqlite3_open(path.c_str(), &database_) == SQLITE_OK); }
  ~Other() { sqlite3_close(database_); }
  int run(const std::string& sql) { return sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr); }
  std::string text(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
    std::string out;
    if (sqlite3_step(statement) == SQLITE_ROW)
      out = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return out;
  }

 private:
  sqlite3* database_ = nullptr;
};

struct Fixture {
  conformance::SqliteCandidate place;
  base::ManualClock clock{k_start};

  std::string refusal() {
    auto opened = place.open(k_ample, clock);
    REQUIRE(!opened);
    return opened.error().what;
  }
  void fill(int events) {
    Session session(place, k_ample, clock);
    for (int i = 0; i < events; ++i)
      session.publish(
          {order("A", "{\"n\":" + std::to_string(i) + ",\"x\":\"" + std::string(300, 'x') + "\"}")});
  }
  // As if the power had gone while the store was open: its files as they are at that moment.
  void lose_power(const std::function<void(Session&)>& meanwhile) {
    const std::string copy = place.path() + ".copy";
    {
      Session session(place, k_ample, clock);
      meanwhile(session);
      for (const char* suffix : {"", "-wal"}) fs::copy_file(place.path() + suffix, copy + suffix);
    }
    for (const char* suffix : {"", "-wal"}) fs::rename(copy + suffix, place.path() + suffix);
  }
};

TEST_CASE_FIXTURE(Fixture, "a new database is its owner's alone, and says what it is") {
  Session session(place, k_ample, clock);
  session.publish({order("A", R"({"status":"IN_PROGRESS"})")});
  for (const char* suffix : {"", "-wal", "-shm", "-lock"}) {
    CAPTURE(suffix);
    struct stat status{};
    REQUIRE(::stat((place.path() + suffix).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
  Other operators(place.path());
  CHECK(operators.text("PRAGMA application_id") == "1920234358");
  CHECK(operators.text("PRAGMA user_version") == "1");
  CHECK(operators.text("PRAGMA quick_check") == "ok");
  CHECK(
      operators.text(
          "SELECT ms || '-' || n || ' ' || kind || ' ' || id || ' ' || (payload ->> 'status') FROM events") ==
      "1700000000000-1 order A IN_PROGRESS");
}

TEST_CASE_FIXTURE(Fixture, "a store that is open is not opened again, under no name, and stays as it was") {
  Session session(place, k_ample, clock);
  CHECK(refusal().find("another process has it open") != std::string::npos);
  const std::string link = place.path() + ".link";
  fs::create_symlink(place.path(), link);
  CHECK(!store::open_sqlite(link, k_ample, clock));
  CHECK(session.publish({order("A")}).receipts[0]);
}

TEST_CASE_FIXTURE(Fixture, "a path that cannot be a store is refused with the reason") {
  const auto what = [&](const std::string& path) {
    const auto opened = store::open_sqlite(path, k_ample, clock);
    REQUIRE(!opened);
    CHECK(opened.error().what.find(path) != std::string::npos);
    return opened.error().what;
  };
  CHECK(what("/nowhere/at/all/events.db").find("there is no folder /nowhere/at/all") != std::string::npos);
  CHECK(what(fs::path(place.path()).parent_path()).find("directory") != std::string::npos);
  std::ofstream(place.path()) << std::string(5000, 'x');
  CHECK(what(place.path()).find("no SQLite database") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "another program's database, and a newer schema, are refused and left alone") {
  Other(place.path()).run("CREATE TABLE customers (name)");
  CHECK(refusal().find("another program's") != std::string::npos);
  CHECK(Other(place.path()).text("SELECT count(*) FROM sqlite_schema") == "1");
  fs::remove(place.path());
  fill(1);
  Other(place.path()).run("PRAGMA user_version = 2");
  CHECK(refusal().find("newer") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture,
                  "an event that was changed, removed or added behind the store's back is not served") {
  for (const char* sql :
       {"UPDATE events SET payload = '{}' WHERE seq = 5", "UPDATE events SET ms = ms + 1 WHERE seq = 5",
        "UPDATE events SET kind = 'run' WHERE seq = 5", "UPDATE events SET timestamp = 'x' WHERE seq = 10",
        "UPDATE events SET id = 'AA' WHERE seq = 1", "DELETE FROM events WHERE seq = 5",
        "DELETE FROM events WHERE seq = 1",
        "INSERT INTO events SELECT 11, ms, n + 1, kind, id, payload, timestamp, crc FROM events WHERE seq = "
        "10",
        "UPDATE floor SET seq = 3", "UPDATE floor SET ms = ms + 100000", "UPDATE floor SET seq = -1",
        "INSERT INTO events SELECT 9000000000000000000, ms, n, kind, id, payload, timestamp, crc FROM events "
        "WHERE seq = 10",
        "DELETE FROM floor"}) {
    CAPTURE(sql);
    fs::remove(place.path());
    fill(10);
    REQUIRE(Other(place.path()).run(sql) == SQLITE_OK);
    const auto opened = place.open(k_ample, clock);
    // A floor that went up has merely forgotten more.
    CHECK((!opened || opened->held.recent.size() == 7));
    if (!opened) CHECK(!opened.error().hint.empty());
  }
}

TEST_CASE_FIXTURE(Fixture, "a database that the disk has damaged is refused, wherever the damage is") {
  fill(200);
  std::ifstream in(place.path(), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), {});
  REQUIRE(whole.size() > 60'000);
  const auto with_damage = [&](std::size_t at, std::size_t size) {
    std::string damaged = whole;
    for (std::size_t i = at; i < std::min(at + size, damaged.size()); ++i)
      damaged[i] = static_cast<char>(~damaged[i]);
    fs::remove(place.path() + "-wal");
    fs::remove(place.path() + "-shm");
    std::ofstream(place.path(), std::ios::binary) << damaged;
    const auto opened = place.open(k_ample, clock);
    if (!opened) return 0;
    // What is served is what was written.
    for (std::size_t i = 0; i < opened->held.recent.size(); ++i)
      CHECK(opened->held.recent[i]->json().find("{\"n\":" + std::to_string(i) + ",") != std::string::npos);
    return 1;
  };
  CHECK(with_damage(0, 0) == 1);
  // A changed byte in each of many places: in a payload it is seen, in unused space it does no harm.
  int served = 0, tried = 0;
  for (std::size_t at = 4096; at < whole.size(); at += 1009, ++tried) served += with_damage(at, 1);
  CHECK(served < tried / 3);
  for (std::size_t page = 8192; page < whole.size(); page += 16384) CHECK(with_damage(page, 4096) == 0);
  CHECK(with_damage(whole.size() - 4096, 4096) == 0);
}

TEST_CASE_FIXTURE(Fixture,
                  "what the log holds is there after the power went, and a torn end of it is not served") {
  std::vector<std::uintmax_t> sizes;
  lose_power([&](Session& session) {
    for (int i = 0; i < 20; ++i) {
      session.publish({order("A", "{\"n\":" + std::to_string(i) + "}")});
      sizes.push_back(fs::file_size(place.path() + "-wal"));
    }
  });
  const std::string log = place.path() + "-wal", kept = place.path() + ".kept";
  fs::copy_file(place.path(), kept);
  fs::copy_file(log, kept + "-wal");
  for (const std::size_t events : {20U, 17U, 9U, 1U}) {
    for (const int more : {0, 1, 700, 4000}) {
      for (const char* suffix : {"", "-wal"})
        fs::copy_file(kept + suffix, place.path() + suffix, fs::copy_options::overwrite_existing);
      if (events < 20 || more == 0)
        fs::resize_file(log, sizes[events - 1] + static_cast<std::uintmax_t>(more));
      if (more == 700) std::ofstream(log, std::ios::binary | std::ios::app) << std::string(5000, '\xa5');
      Session session(place, k_ample, clock);
      CHECK(session.held().recent.size() == events);
      CHECK(session.publish({order("A")}).receipts[0]->last_id > session.held().recent.back()->id);
    }
  }
}

TEST_CASE_FIXTURE(Fixture, "others may read while it writes; who holds the lock makes it say so, not wait") {
  Session session(place, k_ample, clock);
  Other operators(place.path());
  operators.run("BEGIN; SELECT * FROM events");
  CHECK(session.publish({order("A")}).receipts[0]);
  operators.run("COMMIT");
  CHECK(operators.text("SELECT count(*) FROM events") == "1");
  REQUIRE(operators.run("BEGIN IMMEDIATE") == SQLITE_OK);
  const auto begin = std::chrono::steady_clock::now();
  std::vector<store::Publish> one;
  one.push_back({{}, {order("B")}, {}});
  const auto refused = session.publish(std::move(one), 0);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
  REQUIRE(!refused.receipts[0]);
  CHECK(refused.receipts[0].error().what.find("locked") != std::string::npos);
  operators.run("COMMIT");
  session.store().tidy();
  CHECK(session.store().trouble() == nullptr);
  CHECK(session.publish({order("B")}).receipts[0]);
}

TEST_CASE_FIXTURE(Fixture,
                  "a row that another program put in the way fails the turn whole, until it is gone") {
  {
    Session session(place, k_ample, clock);
    Other others(place.path());
    session.publish({order("A")});
    REQUIRE(
        others.run("INSERT INTO events SELECT 3, ms, n + 9, kind, id, payload, timestamp, crc FROM events") ==
        SQLITE_OK);
    std::vector<store::Publish> two;
    two.push_back({{}, {order("B"), order("C")}, {}});
    const auto refused = session.publish(std::move(two), 0);
    REQUIRE(!refused.receipts[0]);
    CHECK(refused.receipts[0].error().what == "another program has written to the database");
    CHECK(others.text("SELECT count(*) FROM events") == "2");
    REQUIRE(others.run("DELETE FROM events WHERE seq = 3") == SQLITE_OK);
    CHECK(session.publish({order("B"), order("C")}).receipts[0]);
  }
  CHECK(Session(place, k_ample, clock).held().recent.size() == 3);
}

TEST_CASE_FIXTURE(Fixture, "the newest event of a quiet topic is checked as any other") {
  const store::Retention few{10, std::chrono::hours(1)};
  {
    Session session(place, few, clock);
    session.publish({order("quiet")});
    session.publish(std::vector<model::Event>(30, order("A")));
    session.tidy();
  }
  REQUIRE(place.open(few, clock)->held.newest.size() == 1);
  Other(place.path()).run("UPDATE events SET payload = '{\"a\":1}' WHERE seq = 1");
  CHECK(refusal().find("seq 1 ") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a topic that was quiet and wakes up leaves no old row behind") {
  const store::Retention few{10, std::chrono::hours(1)};
  Session session(place, few, clock);
  Other operators(place.path());
  session.publish({order("quiet")});
  session.publish(std::vector<model::Event>(30, order("A")));
  session.tidy();
  CHECK(operators.text("SELECT count(*) FROM events") == "11");
  session.publish({order("quiet")});
  session.tidy();
  CHECK(operators.text("SELECT count(*) FROM events") == "10");
}

TEST_CASE_FIXTURE(Fixture,
                  "the log is copied into the database, and the space of what is forgotten is used again") {
  const store::Retention few{1'000, std::chrono::hours(1)};
  std::uintmax_t after_some = 0, after_many = 0;
  Session session(place, few, clock);
  for (int turn = 0; turn < 200; ++turn) {
    std::vector<model::Event> events(100, order("A", "{\"x\":\"" + std::string(500, 'x') + "\"}"));
    session.publish(std::move(events));
    session.tidy();
    const auto size = fs::file_size(place.path()) + fs::file_size(place.path() + "-wal");
    if (turn == 100) after_some = size;
    after_many = size;
  }
  CHECK(after_many < after_some + (4U << 20U));
  CHECK(after_many < (16U << 20U));
}

}  // namespace

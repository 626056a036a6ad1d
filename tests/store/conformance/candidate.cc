// SPDX-License-Identifier: MIT
#include "store/conformance/candidate.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>

namespace rt::conformance {

namespace fs = std::filesystem;

SqliteCandidate::SqliteCandidate() {
  std::string pattern = fs::temp_directory_path() / "rt-store-XXXXXX";
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
}

SqliteCandidate::~SqliteCandidate() {
  clear_way();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

bool SqliteCandidate::obstruct() {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  // SQLite writes the log anew from its beginning once it is copied; even there it must not get far.
  limit.rlim_cur = 100;
  return ::setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

void SqliteCandidate::clear_way() {
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

Session::Session(Candidate& candidate, const store::Retention& retention, const base::Clock& clock) {
  auto opened = candidate.open(retention, clock);
  REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().what));
  held_ = std::move(opened->held);
  store_ = std::make_unique<store::Store>(std::move(opened->engine));
  store_->start([this](store::Arrival arrival) { mailbox_.post(std::move(arrival)); });
}

Published Session::publish(std::vector<store::Publish> publishes, std::size_t events_expected) {
  std::vector<store::Asked> asked;
  const std::size_t count = publishes.size();
  for (std::size_t i = 0; i < count; ++i) {
    publishes[i].from.connection = i;
    asked.emplace_back(std::move(publishes[i]));
  }
  Published published;
  store::Turn turn = store_->turn(std::move(asked));
  REQUIRE(turn.answers.size() == count);
  for (std::size_t i = 0; i < count; ++i) {
    CHECK(turn.answers[i].to.connection == i);
    published.receipts.push_back(turn.answers[i].receipt);
  }
  const auto take = [&](const store::Turn& from) {
    for (const store::Arrival& arrival : from.arrivals)
      published.batch.insert(published.batch.end(), arrival.batch.begin(), arrival.batch.end());
  };
  take(turn);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (published.batch.size() < events_expected && std::chrono::steady_clock::now() < until) {
    mailbox_.wait(std::chrono::milliseconds(100));
    take(store_->turn(mailbox_.take()));
  }
  return published;
}

Published Session::publish(std::vector<model::Event> events, std::string key) {
  const std::size_t count = events.size();
  std::vector<store::Publish> publishes;
  publishes.push_back({{}, std::move(events), std::move(key)});
  return publish(std::move(publishes), count);
}

void Session::tidy() {
  for (int pieces = 0; pieces < 1000 && store_->tidy().count() == 0; ++pieces) {
  }
}

model::Event order(const std::string& id, const std::string& payload) {
  return {{model::Kind::order, id}, payload, {}};
}

}  // namespace rt::conformance

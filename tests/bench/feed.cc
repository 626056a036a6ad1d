// SPDX-License-Identifier: MIT
#include "bench/feed.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <limits>

#include "base/text.h"

namespace rt::bench {

namespace {

std::unexpected<base::Error> failed(const std::string& what) {
  return base::fail(base::ErrorKind::unavailable, "publisher: " + what);
}

}  // namespace

struct Feed::Publisher {
  Socket socket;
  std::uint32_t number = 0;
  std::vector<std::uint32_t> lanes;
  std::vector<std::string> heads;  // up to the value of Content-Length; one for all, or one for each lane
  std::vector<Plan::Text> texts;   // for each lane
  std::size_t turn = 0;            // the lane that is next
  std::uint32_t last_lane = 0;     // that was sent on
  std::uint64_t left = 0;          // events
  std::uint64_t requests = 0;      // sent
  bool is_waiting = false;         // for an answer
  std::uint64_t sent_ns = 0;
  std::string request;
  std::string body;
  std::string answer;

  std::uint64_t due_ns(const FeedLoad& load, std::uint32_t publishers) const {
    if (load.rate <= 0) return 0;
    const auto before = static_cast<double>((requests * publishers + number) * load.batch);
    return static_cast<std::uint64_t>(before / load.rate * 1e9);
  }
  base::Result<void> send(std::uint32_t batch, std::span<std::uint32_t> published);
};

base::Result<void> Feed::Publisher::send(std::uint32_t batch, std::span<std::uint32_t> published) {
  sent_ns = now_ns();
  const std::string& head = heads[turn % heads.size()];
  body.clear();
  for (; batch > 0 && left > 0; --batch, --left) {
    const std::uint32_t lane = lanes[turn];
    last_lane = lane;
    const std::size_t at = body.size();
    body += texts[turn].json;
    write_stamp(body.data() + at + texts[turn].stamp_at, {lane, ++published[lane], sent_ns});
    turn = (turn + 1) % lanes.size();
  }
  request = head;
  request += std::to_string(body.size());
  request += "\r\n\r\n";
  request += body;
  std::string_view rest = request;
  while (!rest.empty()) {
    const ssize_t sent = socket.send(rest);
    if (sent > 0)
      rest.remove_prefix(static_cast<std::size_t>(sent));
    else if (errno != EAGAIN || !socket.wait())
      return failed(std::string("send: ") + std::strerror(errno));
  }
  ++requests;
  is_waiting = true;
  return {};
}

Feed::Feed(const Endpoint& endpoint, const Plan& plan, const FeedLoad& load,
           std::span<std::uint32_t> published, Ledger* ledger)
    : endpoint_(endpoint), plan_(plan), load_(load), published_(published), ledger_(ledger) {}

Feed::~Feed() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void Feed::start() {
  thread_ = std::thread([this] {
    if (auto ran = run(); !ran) error_ = ran.error();
    done_ = true;
  });
}

base::Result<FeedFigures> Feed::join() {
  thread_.join();
  if (error_) return std::unexpected(*error_);
  return figures_;
}

base::Result<void> Feed::run() {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<Publisher> publishers(plan_.publishers);
  for (std::uint32_t number = 0; number < plan_.publishers; ++number) {
    Publisher& publisher = publishers[number];
    publisher.number = number;
    publisher.lanes = plan_.lanes_of_publisher(number);
    publisher.left = load_.events / plan_.publishers + (number < load_.events % plan_.publishers ? 1 : 0);
    const bool is_single = load_.batch == 1;
    const auto head = [&](const std::string& path) {
      return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + endpoint_.authorization() +
             "Content-Type: " + (is_single ? "application/json" : "application/x-ndjson") +
             "\r\nContent-Length: ";
    };
    if (!is_single) publisher.heads.push_back(head(events_path()));
    for (const std::uint32_t lane : publisher.lanes) {
      if (is_single) publisher.heads.push_back(head(plan_.publish_path(plan_.topic_of(lane))));
      publisher.texts.push_back(is_single ? plan_.payload(lane) : plan_.line(lane));
    }
    if (auto begun = publisher.socket.connect(endpoint_, 1); !begun) return begun;
    if (auto connected = publisher.socket.wait_connected(); !connected) return connected;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = number;
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, publisher.socket.descriptor(), &event);
  }

  const std::uint64_t start_ns = now_ns();
  base::Result<void> result;
  const auto is_busy = [](const Publisher& p) { return p.left > 0 || p.is_waiting; };
  while (result && !stopping_ && std::ranges::any_of(publishers, is_busy)) {
    result = send_due(publishers, start_ns);
    if (result) result = wait(publishers, start_ns, epoll);
  }
  figures_.seconds = static_cast<double>(now_ns() - start_ns) / 1e9;
  if (ledger_ != nullptr) ledger_->sort();
  figures_.events = load_.events;
  for (const Publisher& publisher : publishers) figures_.events -= publisher.left;
  ::close(epoll);
  return result;
}

base::Result<void> Feed::send_due(std::vector<Publisher>& publishers, std::uint64_t start_ns) {
  const std::uint64_t now = now_ns() - start_ns;
  for (Publisher& publisher : publishers) {
    if (publisher.is_waiting || publisher.left == 0) continue;
    const std::uint64_t due = publisher.due_ns(load_, plan_.publishers);
    if (due > now) continue;
    if (load_.rate > 0) figures_.late_ns = std::max(figures_.late_ns, now - due);
    if (auto sent = publisher.send(load_.batch, published_); !sent) return sent;
  }
  return {};
}

// For answers, or for the time of the next request.
base::Result<void> Feed::wait(std::vector<Publisher>& publishers, std::uint64_t start_ns, int epoll) {
  constexpr std::uint64_t k_wait_max_ns = 100'000'000;
  std::uint64_t until = now_ns() - start_ns + k_wait_max_ns;
  for (const Publisher& publisher : publishers) {
    if (!publisher.is_waiting && publisher.left > 0)
      until = std::min(until, publisher.due_ns(load_, plan_.publishers));
  }
  const std::uint64_t now = now_ns() - start_ns;
  const timespec timeout{0, static_cast<long>(until > now ? until - now : 0)};
  std::array<epoll_event, 256> events;
  const int count = ::epoll_pwait2(epoll, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
  for (int i = 0; i < count; ++i) {
    if (auto got = receive(publishers[events[static_cast<std::size_t>(i)].data.u32]); !got) return got;
  }
  return {};
}

base::Result<void> Feed::receive(Publisher& publisher) {
  std::array<char, 16 * 1024> bytes;
  const ssize_t got = publisher.socket.receive(bytes.data(), bytes.size());
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  if (got <= 0) return failed("the server closed the connection");
  std::string& answer = publisher.answer;
  answer.append(bytes.data(), static_cast<std::size_t>(got));
  const std::size_t head_end = answer.find("\r\n\r\n");
  if (head_end == std::string::npos) return {};
  constexpr std::string_view k_length = "Content-Length: ";
  const std::size_t length_at = answer.find(k_length);
  if (length_at >= head_end) return failed("an answer without a length");
  const std::string_view digits = std::string_view(answer).substr(length_at + k_length.size());
  const auto length = base::parse_unsigned(digits.substr(0, digits.find('\r'))).value_or(0);
  if (answer.size() < head_end + 4 + length) return {};
  if (!answer.starts_with(plan_.is_plain() ? "HTTP/1.1 2" : "HTTP/1.1 200 "))
    return failed("refused: " + base::printable(answer, 300));
  if (auto taken = take_answer(publisher, std::string_view(answer).substr(head_end + 4)); !taken)
    return taken;
  answer.clear();
  publisher.is_waiting = false;
  figures_.round_trip.add(now_ns() - publisher.sent_ns);
  return {};
}

base::Result<void> Feed::take_answer(Publisher& publisher, std::string_view body) {
  if (plan_.is_plain()) return {};
  if (load_.batch > 1) {
    if (body.contains("\"rejected\":[]")) return {};
    return failed("rejected: " + base::printable(body, 300));
  }
  constexpr std::string_view k_id = "{\"id\":\"";
  if (!body.starts_with(k_id)) return failed("an answer without an id");
  body.remove_prefix(k_id.size());
  const auto id = sse::parse_event_id(body.substr(0, body.find('"')));
  if (!id) return failed("an answer with a malformed id");
  if (ledger_ != nullptr) ledger_->append(*id, publisher.last_lane, published_[publisher.last_lane]);
  return {};
}

}  // namespace rt::bench

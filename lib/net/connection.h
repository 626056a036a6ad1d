// SPDX-License-Identifier: MIT
// Connection: one client's socket, from accept to close: it reads requests one after the other, waits for the
// store where it must, and may become a stream, after which it only writes. Owned by its reactor's loop; that
// thread alone. How its bytes travel is the Wire's business.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/request_parser.h"
#include "hub/subscriber.h"
#include "net/poller.h"
#include "net/service.h"
#include "net/wire.h"

namespace rt::net {

struct LoopContext;

class Connection final : public hub::Sink {
 public:
  Connection(LoopContext& loop, std::uint64_t id, int fd, Peer peer);
  ~Connection() override;

  std::uint64_t id() const { return id_; }

  // Begins to read.
  void start();
  void on_ready(const Poller::Ready& ready);
  // There may be more to read: what await_readable() asked for.
  void on_readable();
  // The store's answer to the publish that this connection waits for.
  void on_answer(const base::Result<store::Receipt>& receipt);
  // The turn's mail is in: opens the stream that was asked for.
  void open_pending();
  // A reminder from the wheel: sees to deadlines, heartbeats and the token's end.
  void on_due();
  // The server is going (net::Drain): a stream ends with a retry in its time, a busy connection closes once
  // it has answered, an idle one when nothing more comes.
  void drain();
  // Closes now, once; the loop frees the connection at the end of its turn.
  void close(CloseReason reason);
  // After a flush: closes a stream whose end has been written, or has it looked at after the next.
  void close_if_ended();

  std::optional<std::size_t> write(std::string_view bytes) override;

  // What a survey wants to know of a stream; nothing while it is none.
  struct StreamView {
    const hub::Subscriber& subscriber;
    const Guest& guest;
    base::SteadyTime opened;
    std::uint64_t bytes;
  };
  std::optional<StreamView> stream_view() const;

 private:
  enum class Phase : std::uint8_t {
    reading,  // a request, or nothing yet
    waiting,  // for the store, or for room to send the answer
    streaming,
    lingering,  // answered for the last time; discards input so that the answer is not lost to a reset
    closed,
  };
  struct Stream;
  struct Work;

  void await_readable();
  void await_writable();
  void watch_room();
  void on_writable();
  void take_input(std::string_view bytes);
  void on_head();
  void on_complete();
  void on_refusal();
  void on_end_of_input();
  void on_plain_http();
  void open_stream(OpenStream opening);
  void send_back(OpenStream opening);
  void end_stream(CloseReason reason);
  void end_stream_at(base::SteadyTime at, CloseReason reason);
  void on_stream_due(base::SteadyTime now);
  base::SteadyTime heartbeat_due() const;
  std::string stream_head(const OpenStream& opening) const;
  void respond(const http::Response& response);
  void start_sending();
  void send_output();
  void after_answer();
  void linger();
  void finish_output();
  void set_deadline(std::chrono::milliseconds from_now);
  void remind(base::SteadyTime due);

  LoopContext& loop_;
  std::uint64_t id_;
  Wire wire_;
  Phase phase_ = Phase::reading;
  bool last_request_ = false;  // close after its answer
  bool input_ended_ = false;
  bool input_ready_ = false;  // not all that came has been read
  bool input_final_ = false;  // nothing more comes, and so nothing will tell of it
  bool awaits_room_ = false;
  bool watches_room_ = false;
  base::SteadyTime reminder_ = base::SteadyTime::max();  // the next one that the wheel has for us
  base::SteadyTime deadline_;       // of what the phase waits for; streams have their own
  std::unique_ptr<Work> work_;      // while requests are read and answered
  std::unique_ptr<Stream> stream_;  // once it is one
};

}  // namespace rt::net

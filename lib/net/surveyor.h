// SPDX-License-Identifier: MIT
// Surveyor: a shard's work on a Survey, a piece a turn, so that no delivery waits for all of it. The
// reactor's thread alone.
#pragma once

#include <cstddef>

#include "net/connection.h"
#include "net/survey.h"

namespace rt::net {

struct LoopContext;

class Surveyor {
 public:
  explicit Surveyor(const Survey& survey) : survey_(survey) { part_.survey = survey.number; }
  // Looks at some more connections. True once that were all, and the part is posted.
  bool go_on(LoopContext& loop);

 private:
  void see(const LoopContext& loop, const Connection::StreamView& stream);

  Survey survey_;
  SurveyPart part_;  // its rows are a heap, whose top is the first to make room for a better one
  std::size_t from_ = 0;
};

}  // namespace rt::net

// SPDX-License-Identifier: MIT
#include "hub/thinning.h"

namespace rt::hub {

Thinning::State& Thinning::state_of(Place topic) {
  std::vector<State>& slots = states_[topic.feed];
  if (topic.slot >= slots.size()) slots.resize(topic.slot + 1);
  return slots[topic.slot];
}

bool Thinning::offer(Place topic, base::SteadyTime now) {
  State& state = state_of(topic);
  if (state == State::free) {
    state = State::within;
    sent_.push_back({topic, now + period_});
    return true;
  }
  if (state == State::within) {
    state = State::held;
    ++held_;
  }
  return false;
}

void Thinning::collect_due(base::SteadyTime now, bool all) {
  while (!sent_.empty() && (all || is_due(now))) {
    const Place topic = sent_.front().topic;
    sent_.pop_front();
    State& state = state_of(topic);
    if (state == State::held) {
      state = State::due;
      due_.push_back(topic);
    } else {
      state = State::free;
    }
  }
}

bool Thinning::done(Place topic, Done how, base::SteadyTime now) {
  State& state = state_of(topic);
  if (state != State::due) return false;
  --held_;
  state = how == Done::sent ? State::within : State::free;
  if (how == Done::sent) sent_.push_back({topic, now + period_});
  return true;
}

bool Thinning::forget(Place topic) {
  State& state = state_of(topic);
  if (state != State::held && state != State::due) return false;
  --held_;
  state = state == State::held ? State::within : State::free;
  return true;
}

}  // namespace rt::hub

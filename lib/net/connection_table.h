// SPDX-License-Identifier: MIT
// ConnectionTable: a reactor's connections by id. An id is a place in the table and, above that, the number
// of the connection, so that it is found without a search and never used again. Owns the connections; the
// reactor's thread alone.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "net/connection.h"

namespace rt::net {

class ConnectionTable {
 public:
  // `make(id)` returns the new connection, which has that id.
  template <class Make>
  Connection& add(Make make) {
    if (free_.empty()) {
      free_.push_back(places_.size());
      places_.emplace_back();
    }
    const std::size_t place = free_.back();
    places_[place] = make(added_ << k_place_bits | place);
    free_.pop_back();
    ++added_;
    return *places_[place];
  }
  // Null when it is gone.
  Connection* find(std::uint64_t id) const {
    const std::size_t place = place_of(id);
    if (place >= places_.size()) return nullptr;
    Connection* const connection = places_[place].get();
    return connection != nullptr && connection->id() == id ? connection : nullptr;
  }
  void erase(std::uint64_t id) {
    if (find(id) == nullptr) return;
    places_[place_of(id)].reset();
    free_.push_back(place_of(id));
  }
  template <class See>
  void for_each(See see) {
    for_some(0, places_.size(), see);
  }
  // Of the `count` places from `from` on. Returns where to go on; nothing when there are no more.
  template <class See>
  std::optional<std::size_t> for_some(std::size_t from, std::size_t count, See see) {
    const std::size_t until = std::min(from + count, places_.size());
    for (; from < until; ++from)
      if (places_[from]) see(*places_[from]);
    return until < places_.size() ? std::optional(until) : std::nullopt;
  }

  std::size_t size() const { return places_.size() - free_.size(); }
  bool empty() const { return size() == 0; }
  // How many there ever were.
  std::uint64_t added() const { return added_; }

 private:
  static constexpr unsigned k_place_bits = 24;  // more than a process may have descriptors
  static std::size_t place_of(std::uint64_t id) { return id & ((std::uint64_t{1} << k_place_bits) - 1); }

  std::vector<std::unique_ptr<Connection>> places_;
  std::vector<std::size_t> free_;
  std::uint64_t added_ = 0;
};

}  // namespace rt::net

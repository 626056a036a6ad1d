// SPDX-License-Identifier: MIT
#include "store/open.h"

#include "base/text.h"

namespace rt::store {

base::Result<StoreUrl> parse_store_url(std::string_view text) {
  constexpr std::string_view k_sqlite = "sqlite:";
  if (text == "memory") return StoreUrl{};
  if (text.starts_with(k_sqlite) && text.size() > k_sqlite.size())
    return StoreUrl{StoreUrl::Engine::sqlite, std::string(text.substr(k_sqlite.size())), {}};
  if (is_redis_url(text)) {
    auto address = parse_redis_address(text);
    if (!address) return std::unexpected(address.error());
    return StoreUrl{StoreUrl::Engine::redis, {}, *std::move(address)};
  }
  // What is before an @ may be a password.
  const std::size_t at = text.rfind('@');
  const std::string shown = at == std::string_view::npos ? "" : "...";
  return base::fail(
      base::ErrorKind::configuration,
      "'" + shown + base::printable(text.substr(at == std::string_view::npos ? 0 : at)) + "' is no store",
      "memory, sqlite:/var/lib/rtserve/events.db, redis://HOST:PORT/DB or unix:PATH");
}

base::Result<Opened> open_engine(const StoreUrl& url, const Retention& retention, const base::Clock& clock) {
  if (url.engine == StoreUrl::Engine::sqlite) return open_sqlite(url.path, retention, clock);
  if (url.engine == StoreUrl::Engine::redis) return open_redis(url.redis, retention, clock);
  return open_memory(clock);
}

}  // namespace rt::store

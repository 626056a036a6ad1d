// SPDX-License-Identifier: MIT
#include "store/open.h"

#include "base/text.h"

namespace rt::store {

base::Result<StoreUrl> parse_store_url(std::string_view text) {
  constexpr std::string_view k_sqlite = "sqlite:";
  if (text == "memory") return StoreUrl{};
  if (text.starts_with(k_sqlite) && text.size() > k_sqlite.size())
    return StoreUrl{StoreUrl::Engine::sqlite, std::string(text.substr(k_sqlite.size()))};
  return base::fail(base::ErrorKind::configuration, "'" + base::printable(text) + "' is no store",
                    "memory, or sqlite: and a path, such as sqlite:/var/lib/rtserve/events.db");
}

base::Result<Opened> open_engine(const StoreUrl& url, const Retention& retention, const base::Clock& clock) {
  if (url.engine == StoreUrl::Engine::sqlite) return open_sqlite(url.path, retention, clock);
  return open_memory(clock);
}

}  // namespace rt::store

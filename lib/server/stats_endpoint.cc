// SPDX-License-Identifier: MIT
#include "server/endpoints.h"

namespace rt::server {

Begun begin_stats(const Context& context, const auth::Token& token) {
  if (!token.rights.may_read_stats()) return forbidden(context, "this token may not read the counts");
  std::string body = "{";
  for (const model::Resource& resource : model::k_resources) {
    body += '"' + std::string(resource.plural) +
            "\":" + std::to_string(context.counts.subscriptions[model::index_of(resource.kind)]) + ',';
  }
  body += "\"totalClients\":" + std::to_string(context.counts.streams) + '}';
  http::Response response = http::json_response(200, body);
  response.fields.emplace_back("Cache-Control", "no-store");
  return answered(std::move(response));
}

}  // namespace rt::server

// SPDX-License-Identifier: MIT
#include "http/routes.h"
#include "server/endpoints.h"

namespace rt::server {

namespace {

constexpr std::string_view k_instance = "instance";
constexpr std::string_view k_cluster = "cluster";

std::expected<store::Census, http::Response> census_for(const Context& context,
                                                        const http::Request& request) {
  const auto parameters = http::parse_query(request.query);
  if (!parameters) return std::unexpected(http::problem(400, "the query is not properly percent-encoded"));
  std::string_view scope = k_instance;
  for (const auto& [name, value] : *parameters) {
    if (name != "scope") continue;
    if (value != k_instance && value != k_cluster)
      return std::unexpected(http::problem(400, "scope must be instance or cluster"));
    scope = value;
  }
  const auto everywhere = scope == k_cluster ? context.store.everywhere() : std::nullopt;
  if (!everywhere) return census_of(context.counts);  // or there is no other instance
  if (const char* trouble = context.store.trouble()) {
    http::Response response =
        http::problem(503, std::string("the other instances cannot be counted now: ") + trouble);
    response.fields.emplace_back("Retry-After", "1");
    return std::unexpected(std::move(response));
  }
  return *everywhere;
}

}  // namespace

Begun begin_stats(const Context& context, const http::Request& request, const auth::Token& token) {
  if (!token.rights.may_read_stats()) return forbidden(context, "this token may not read the counts");
  const auto census = census_for(context, request);
  if (!census) return census.error();
  std::string body = "{";
  for (const model::Resource& resource : model::k_resources) {
    body += '"' + std::string(resource.plural) +
            "\":" + std::to_string(census->subscriptions[model::index_of(resource.kind)]) + ',';
  }
  body += "\"totalClients\":" + std::to_string(census->streams) + '}';
  http::Response response = http::json_response(200, body);
  response.fields.emplace_back("Cache-Control", "no-store");
  return answered(std::move(response));
}

}  // namespace rt::server

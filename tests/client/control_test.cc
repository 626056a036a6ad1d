// SPDX-License-Identifier: MIT
#include "client/control.h"

#include <doctest/doctest.h>

using namespace rt::client;

TEST_CASE("connected tells heartbeat and resume") {
  const auto control =
      parse_control(R"({"type":"connected","orderId":"O-1","heartbeat":15,"resume":"resumed","missed":3})");
  REQUIRE(control);
  CHECK(control->type == ControlType::connected);
  CHECK(control->heartbeat == std::chrono::seconds(15));
  CHECK(control->resume == "resumed");
  CHECK(control->missed == 3);
}

TEST_CASE("gap and token_expiring tell how much and how long") {
  const auto gap = parse_control(R"({"type":"gap","missed":7,"reason":"slow"})");
  REQUIRE(gap);
  CHECK(gap->type == ControlType::gap);
  CHECK(gap->missed == 7);
  CHECK(gap->reason == "slow");
  const auto expiring = parse_control(R"({"type":"token_expiring","expiresIn":30})");
  REQUIRE(expiring);
  CHECK(expiring->expires_in == std::chrono::seconds(30));
}

TEST_CASE("events and foreign messages are none") {
  CHECK(!parse_control(R"({"type":"order_update","orderId":"O-1","data":{"type":"gap"}})"));
  CHECK(!parse_control(R"({"connected":true})"));
  CHECK(!parse_control("connected"));
  CHECK(!parse_control(""));
}

TEST_CASE("numbers that cannot be are left out") {
  const auto control = parse_control(R"({"type":"connected","heartbeat":99999999999999999999,"missed":-1})");
  REQUIRE(control);
  CHECK(!control->heartbeat);
  CHECK(!control->missed);
}

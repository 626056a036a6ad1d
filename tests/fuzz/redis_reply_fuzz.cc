// SPDX-License-Identifier: MIT
// What Redis replies, with whatever other programs put into the entries of the stream: read as a page, as an
// entry and as a canary it says the same however the bytes are cut; what becomes an event is whole, and what
// does not says why.
#include <hiredis/hiredis.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/text.h"
#include "store/redis_canary.h"
#include "store/redis_entry.h"
#include "store/redis_stream.h"

namespace {

using namespace rt;

void require(bool holds) {
  if (!holds) std::abort();
}

// The reader takes memory for as many members as an array is said to have. That number is Redis' own: what
// other programs write cannot change it.
bool has_large_array(std::string_view bytes) {
  constexpr std::size_t k_digits_max = 4;
  for (std::size_t at = bytes.find('*'); at != std::string_view::npos; at = bytes.find('*', at + 1)) {
    const std::size_t end = std::min(bytes.find_first_not_of("0123456789+-", at + 1), bytes.size());
    if (end - at - 1 > k_digits_max) return true;
  }
  return false;
}

std::string entry_text(sse::EventId id, const store::Frame* frame, const std::string& wrong) {
  std::string text = sse::format_event_id(id) + '\1' + wrong + '\1';
  if (frame == nullptr) return text + '\2';
  require(wrong.empty() && frame->id == id && !frame->topic.id.empty());
  require(frame->json().find_first_of("\r\n") == std::string_view::npos);
  require(base::is_valid_utf8(frame->json()) && frame->message().ends_with("\n\n"));
  return text.append(frame->message()) + '\2';
}

std::string page_text(store::RedisValue value) {
  const auto page = store::page_of(value);
  if (!page) return page.error();
  std::string text = page->place_mark + '\1' + page->end_mark + '\1' + std::to_string(page->now_ms) + '\1' +
                     std::to_string(page->exists) + std::to_string(page->is_last) +
                     std::to_string(continues(*page, {page->first, page->place_mark, page->added})) + '\1';
  for (const store::StreamEntry& entry : page->entries)
    text += entry_text(entry.id, entry.frame.get(), entry.wrong);
  return text;
}

std::string canary_text(store::RedisValue value) {
  const auto canary = store::read_canary(value);
  if (!canary) return "none";
  require(!canary->instance.empty() && canary->instance.size() <= 64);
  store::Peers peers;
  peers.note(*canary, {});
  return canary->instance + '\1' + std::to_string(canary->n) + '\1' + std::to_string(peers.sum().streams);
}

std::string read(const store::RedisReply& reply) {
  const store::RedisValue value = reply.value();
  std::string text = page_text(value) + '\2' + canary_text(value) + '\2';
  const store::EntryRead entry = store::read_entry({1'703'082'900'000, 1}, value);
  require((entry.fault == store::EntryFault::wrong) != entry.what.empty());
  if (entry.fault == store::EntryFault::none)
    text += entry_text({1, 0}, store::encode_frame({1, 0}, entry.event).get(), {});
  return text + entry.what + '\2' + std::string(value.error_code().value_or(""));
}

// All that the replies say, as one text.
std::string decode(std::string_view bytes, std::size_t piece) {
  redisReader* const reader = redisReaderCreate();
  std::string said;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const std::string_view some = bytes.substr(at, piece);
    if (redisReaderFeed(reader, some.data(), some.size()) != REDIS_OK) break;
    void* reply = nullptr;
    int outcome = REDIS_OK;
    while ((outcome = redisReaderGetReply(reader, &reply)) == REDIS_OK && reply != nullptr)
      said += read(store::RedisReply(static_cast<redisReply*>(reply)));
    if (outcome != REDIS_OK) {
      said += "fault";
      break;
    }
  }
  redisReaderFree(reader);
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view replies(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  if (has_large_array(replies)) return 0;
  const std::string whole = decode(replies, replies.size() + 1);
  require(decode(replies, 1) == whole);
  require(decode(replies, 2 + bytes[0] % 7) == whole);
  return 0;
}

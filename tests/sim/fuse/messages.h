// Messages as the kernel sends them to a FUSE server, and what came back.
#pragma once

#include <linux/fuse.h>

#include <cstring>
#include <string>
#include <string_view>

#include "sim/fuse/server.h"

namespace pinfold::test {

template <class Structure>
std::string bytes_of(const Structure& structure) {
  return {reinterpret_cast<const char*>(&structure), sizeof structure};
}

/// A name, as it ends a message.
inline std::string name_bytes(std::string_view name) { return std::string(name) + '\0'; }

inline std::string message_of(std::uint32_t opcode, std::uint64_t node, std::string_view body,
                              std::uint32_t who = 1) {
  fuse_in_header header{};
  header.len = static_cast<std::uint32_t>(sizeof header + body.size());
  header.opcode = opcode;
  header.unique = 42;
  header.nodeid = node;
  header.pid = who;
  return bytes_of(header).append(body);
}

/// What INIT of Linux 6.1 looks like.
inline std::string init_message(std::uint32_t flags = ~0U) {
  fuse_init_in in{};
  in.major = 7;
  in.minor = 38;
  in.max_readahead = 131072;
  in.flags = flags;
  return message_of(FUSE_INIT, 0, bytes_of(in));
}

struct Reply {
  bool given = false;
  int error = 0;  ///< 0 or a negative errno
  std::string body;

  template <class Structure>
  [[nodiscard]] Structure as() const {
    Structure structure{};
    std::memcpy(&structure, body.data(), std::min(body.size(), sizeof structure));
    return structure;
  }
};

inline Reply ask(sim::FuseServer& server, std::string_view message) {
  std::string answer;
  server.answer(message, answer);
  if (answer.size() < sizeof(fuse_out_header)) return {};
  fuse_out_header header{};
  std::memcpy(&header, answer.data(), sizeof header);
  return {.given = header.len == answer.size() && header.unique == 42,
          .error = header.error,
          .body = answer.substr(sizeof header)};
}

}  // namespace pinfold::test

// A message of the kernel to a FUSE server, and the answer: linux/fuse.h.
#pragma once

#include <linux/fuse.h>
#include <sys/types.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace pinfold::sim {

/// What was received, taken from its beginning to its end; never more than there is.
class Message {
 public:
  /// Nothing where it is not as long as it says.
  static std::optional<Message> open(std::span<const char> received) {
    Message message(received);
    const auto header = message.take<fuse_in_header>();
    if (!header || header->len != received.size()) return std::nullopt;
    message.header_ = *header;
    return message;
  }

  [[nodiscard]] const fuse_in_header& header() const { return header_; }
  [[nodiscard]] pid_t who() const { return static_cast<pid_t>(header_.pid); }

  /// The structure that comes next. `least` bytes of it are enough, the others are 0: kernels
  /// before that header had shorter ones.
  template <class Structure>
  std::optional<Structure> take(std::size_t least = sizeof(Structure)) {
    static_assert(std::is_trivially_copyable_v<Structure>);
    if (rest_.size() < least) return std::nullopt;
    Structure taken{};
    const std::size_t size = std::min(rest_.size(), sizeof taken);
    std::memcpy(&taken, rest_.data(), size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  /// The name of something in a folder, with which the message ends.
  std::optional<std::string_view> take_name() {
    if (rest_.empty() || rest_.back() != '\0') return std::nullopt;
    const std::string_view name(rest_.data(), rest_.size() - 1);
    if (name.empty() || name == "." || name == "..") return std::nullopt;
    if (name.find_first_of(std::string_view("/\0", 2)) != name.npos) return std::nullopt;
    rest_ = {};
    return name;
  }

  /// What is left.
  [[nodiscard]] std::string_view rest() const { return {rest_.data(), rest_.size()}; }

 private:
  explicit Message(std::span<const char> received) : rest_(received) {}

  fuse_in_header header_{};
  std::span<const char> rest_;
};

/// Appends a structure to an answer.
template <class Structure>
void add(std::string& answer, const Structure& structure) {
  static_assert(std::is_trivially_copyable_v<Structure>);
  answer.append(reinterpret_cast<const char*>(&structure), sizeof structure);
}

}  // namespace pinfold::sim

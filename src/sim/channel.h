// Between the process that becomes the command and its supervisor.
#pragma once

#include <cstdint>
#include <optional>

#include <pinfold/result.h>

#include "base/fd.h"

namespace pinfold::sim {

/// What goes over it, and with what.
enum class Note : std::uint8_t {
  image_device,   ///< a mounted FUSE device, to be served: the machine's files
  cgroup_device,  ///< the same: the cgroup files
  no_cgroups,     ///< an error: why none can be shown
  filter,         ///< where its calls go
  failed,         ///< an error
  go,             ///< to the process: the next step can be taken
};

struct Received {
  Note note;
  Fd file;
  Error error;
};

/// One end of a pair.
class Channel {
 public:
  explicit Channel(Fd socket) : socket_(std::move(socket)) {}
  struct Pair;
  static Result<Pair> open();

  void send(Note note) const { send(note, nullptr, nullptr); }
  void send(Note note, const Fd& file) const { send(note, &file, nullptr); }
  void send(Note note, const Error& error) const { send(note, nullptr, &error); }

  /// Waits for the next one; nothing when the other end is closed.
  [[nodiscard]] std::optional<Received> receive() const;
  [[nodiscard]] int number() const { return socket_.get(); }

 private:
  void send(Note note, const Fd* file, const Error* error) const;

  Fd socket_;
};

struct Channel::Pair {
  Channel one;
  Channel other;
};

}  // namespace pinfold::sim

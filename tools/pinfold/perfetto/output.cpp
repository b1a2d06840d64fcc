#include "perfetto/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "perfetto/fields.h"

namespace pinfold::tool {
namespace {

constexpr mode_t readable = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;
constexpr std::size_t most_waiting = std::size_t{64} << 10;

std::unexpected<Error> failed(const std::string& path, int number) {
  return fail({.kind = ErrorKind::system, .number = number, .text = path});
}

}  // namespace

Result<TraceOutput> TraceOutput::create(const std::string& path) {
  Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, readable));
  if (!file.is_open()) return failed(path, errno);
  return TraceOutput(std::move(file), path);
}

TraceOutput::~TraceOutput() { flush(); }

void TraceOutput::put(trace::Time time, ProtoMessage packet) {
  if (error_ != 0) return;
  packet.add(field::packet::trusted_packet_sequence_id, 1U);
  if (packets_ == 0) {
    constexpr unsigned incremental_state_cleared = 1;
    packet.add(field::packet::sequence_flags, incremental_state_cleared)
        .add(field::packet::first_packet_on_sequence, true);
  }
  ++packets_;
  const std::string framed = std::move(ProtoMessage().add(field::trace::packet, packet)).take();
  bytes_ += framed.size();
  waiting_ += framed;
  // A second of a quiet trace is no more to lose than a few pages of a busy one.
  const bool is_old = time < flushed_ || time - flushed_ > std::chrono::seconds(1);
  if (waiting_.size() < most_waiting && !is_old) return;
  flushed_ = time;
  flush();
}

void TraceOutput::flush() {
  std::string_view rest = waiting_;
  while (error_ == 0 && file_.is_open() && !rest.empty()) {
    const ssize_t written = ::write(file_.get(), rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  waiting_.clear();
}

Result<void> TraceOutput::state() const {
  if (error_ == 0) return {};
  return failed(path_, error_);
}

}  // namespace pinfold::tool

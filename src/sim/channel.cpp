#include "sim/channel.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>

namespace pinfold::sim {
namespace {

// Both ends are one program.
struct Packet {
  Note note;
  ErrorKind kind;
  int number;
  std::array<char, 512> text;
  std::array<char, 1024> reason;
  std::array<char, 512> advice;
};

void put(const std::string& from, std::span<char> to) {
  const std::size_t length = std::min(from.size(), to.size() - 1);
  std::copy_n(from.data(), length, to.data());
  to[length] = '\0';
}

}  // namespace

Result<Channel::Pair> Channel::open() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail({.kind = ErrorKind::system, .number = errno, .text = "socketpair"});
  }
  return Pair{.one = Channel(Fd(ends[0])), .other = Channel(Fd(ends[1]))};
}

void Channel::send(Note note, const Fd* file, const Error* error) const {
  Packet packet{};
  packet.note = note;
  if (error) {
    packet.kind = error->kind;
    packet.number = error->number;
    put(error->text, packet.text);
    put(error->reason, packet.reason);
    put(error->advice, packet.advice);
  }
  iovec data{.iov_base = &packet, .iov_len = sizeof packet};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (file) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    const int number = file->get();
    std::memcpy(CMSG_DATA(header), &number, sizeof number);
  }
  // Where the other end is gone, so is the reason to send.
  while (::sendmsg(socket_.get(), &message, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

std::optional<Received> Channel::receive() const {
  Packet packet{};
  iovec data{.iov_base = &packet, .iov_len = sizeof packet};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t length = 0;
  do {
    length = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
  } while (length < 0 && errno == EINTR);
  if (length != static_cast<ssize_t>(sizeof packet)) return std::nullopt;
  Received received{.note = packet.note,
                    .file = {},
                    .error = {.kind = packet.kind,
                              .number = packet.number,
                              .text = packet.text.data(),
                              .reason = packet.reason.data(),
                              .advice = packet.advice.data()}};
  const cmsghdr* const header = CMSG_FIRSTHDR(&message);
  if (header && header->cmsg_type == SCM_RIGHTS) {
    int number = -1;
    std::memcpy(&number, CMSG_DATA(header), sizeof number);
    received.file = Fd(number);
  }
  return received;
}

}  // namespace pinfold::sim

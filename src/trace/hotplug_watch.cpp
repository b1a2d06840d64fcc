#include "trace/hotplug_watch.h"

#include <linux/netlink.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>

#include "base/file.h"
#include "base/number.h"

namespace pinfold::trace {
namespace {

constexpr unsigned from_kernel = 1;  // the group that the kernel sends to; udev's is 2

// The kernel tells network namespaces that belong to the first user namespace, no others
// (lib/kobject_uevent.c). Who may not know the owner stands in a namespace inside the owner.
bool told_here() {
  constexpr ino_t first_user_namespace = 0xEFFFFFFD;  // PROC_USER_INIT_INO
  const Fd network(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!network.is_open()) return true;
  const Fd owner(::ioctl(network.get(), NS_GET_USERNS));
  if (!owner.is_open()) return true;
  struct stat status{};
  return ::fstat(owner.get(), &status) != 0 || status.st_ino == first_user_namespace;
}

}  // namespace

std::optional<CpuChange> parse_uevent(std::string_view message) {
  std::string_view text = message.substr(0, message.find('\0'));
  const auto at = text.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view action = text.substr(0, at);
  if (action != "online" && action != "offline") return std::nullopt;
  text.remove_prefix(at + 1);
  constexpr std::string_view cpu_device = "/devices/system/cpu/cpu";
  if (!text.starts_with(cpu_device)) return std::nullopt;
  const auto number = parse_number<unsigned>(text.substr(cpu_device.size()));
  if (!number) return std::nullopt;
  return CpuChange{.cpu = CpuId(*number), .online = action == "online"};
}

std::vector<CpuChange> compare_online(const CpuSet& before, const CpuSet& now, Time time) {
  std::vector<CpuChange> changes;
  for (const CpuId cpu : before ^ now)
    changes.push_back({.cpu = cpu, .online = now.contains(cpu), .time = time});
  return changes;
}

Result<HotplugWatch> HotplugWatch::open() {
  const auto failed = [](const char* call) {
    return fail({.kind = ErrorKind::system, .number = errno, .text = call});
  };
  Fd socket(
      ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
  if (!socket.is_open()) return failed("socket (NETLINK_KOBJECT_UEVENT)");
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = from_kernel;
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return failed("bind (NETLINK_KOBJECT_UEVENT)");
  }
  return HotplugWatch(std::move(socket));
}

CpuChanges HotplugWatch::read() {
  CpuChanges told;
  std::array<char, 8192> message;
  while (true) {
    sockaddr_nl sender{};
    socklen_t size = sizeof sender;
    const ssize_t length = ::recvfrom(socket_.get(), message.data(), message.size(), 0,
                                      reinterpret_cast<sockaddr*>(&sender), &size);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0 && errno == ENOBUFS) {
      told.missed = true;
      continue;
    }
    if (length < 0) return told;
    if (sender.nl_pid != 0) continue;  // a program's
    auto change = parse_uevent({message.data(), static_cast<std::size_t>(length)});
    if (!change) continue;
    change->time = std::chrono::system_clock::now();
    told.changes.push_back(*change);
  }
}

Leg HotplugWatch::leg() const {
  return {.name = "hotplug",
          .chosen = "device events of the kernel",
          .reason = "",
          .blind = told_here() ? "CPUs that go while the machine sleeps"
                               : "everything: the kernel sends no device events to this network "
                                 "namespace; online CPUs are compared"};
}

}  // namespace pinfold::trace

#include "events/names.h"

#include <cstring>
#include <utility>

namespace pinfold::trace {

const char* name_of(CallAbi abi) {
  switch (abi) {
    case CallAbi::x86_64:
      return "x86-64";
    case CallAbi::i386:
      return "i386";
    case CallAbi::arm64:
      return "arm64";
    case CallAbi::arm:
      return "arm";
  }
  std::unreachable();
}

const char* name_of(Relation relation) {
  switch (relation) {
    case Relation::self:
      return "self";
    case Relation::thread:
      return "thread";
    case Relation::child:
      return "child";
    case Relation::descendant:
      return "descendant";
    case Relation::other:
      return "other";
  }
  std::unreachable();
}

const char* name_of(Cause cause) {
  switch (cause) {
    case Cause::syscall:
      return "syscall";
    case Cause::cpuset_write:
      return "cpuset_write";
    case Cause::cgroup_move:
      return "cgroup_move";
    case Cause::hotplug:
      return "hotplug";
    case Cause::fallback:
      return "fallback";
    case Cause::inheritance:
      return "inheritance";
    case Cause::unknown:
      return "unknown";
  }
  std::unreachable();
}

const char* name_of(Attribution attribution) {
  switch (attribution) {
    case Attribution::exact:
      return "exact";
    case Attribution::inferred:
      return "inferred";
    case Attribution::unknown:
      return "unknown";
  }
  std::unreachable();
}

const char* name_of(OldFrom from) {
  switch (from) {
    case OldFrom::commit:
      return "commit";
    case OldFrom::remembered:
      return "remembered";
    case OldFrom::unknown:
      return "unknown";
  }
  std::unreachable();
}

std::string errno_name(std::int64_t result) {
  constexpr std::int64_t highest = 4095;  // MAX_ERRNO, include/linux/err.h
  if (result < 0 && result >= -highest) {
    if (const char* name = ::strerrorname_np(static_cast<int>(-result))) return name;
  }
  return std::to_string(result);
}

}  // namespace pinfold::trace

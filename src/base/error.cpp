#include <algorithm>
#include <cstring>
#include <string_view>

#include <pinfold/error.h>

#include "base/terminal_text.h"

namespace pinfold {
namespace {

std::string cpus_of(const Error& error) {
  const bool several = error.cpus.find_first_of("-,") != std::string::npos;
  return (several ? "CPUs " : "CPU ") + error.cpus;
}

// "CPU 7 does not exist", "CPUs 7-9 do not exist".
std::string cpus_that(const Error& error, const char* singular, const char* plural) {
  const bool several = error.cpus.find_first_of("-,") != std::string::npos;
  return cpus_of(error) + ' ' + (several ? plural : singular);
}

std::string nodes(const std::string& list) {
  return (list.find_first_of("-,") != std::string::npos ? "nodes " : "node ") + list;
}

// "node 3 does not exist", "nodes 2-3 do not exist".
std::string nodes_that(const Error& error, const char* singular, const char* plural) {
  const bool several = error.text.find_first_of("-,") != std::string::npos;
  return nodes(error.text) + ' ' + (several ? plural : singular);
}

std::string errno_text(int number) { return std::strerror(number); }

// How many characters people see; those of two cells, which are rare, count as one.
std::size_t length(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

// "the range runs backwards at column 3", "unknown name "cor" at column 1: did you mean core?".
std::string syntax(const Error& error) {
  std::string text = safe_text(error.reason);
  if (error.text.empty()) return text;
  const std::string_view before = std::string_view(error.text).substr(0, error.column);
  const std::size_t colon = std::min(text.find(": "), text.size());
  text.insert(colon, " at column " + std::to_string(length(before) + 1));
  text += "\n  " + safe_text(error.text);
  text += "\n  " + std::string(length(safe_text(before)), ' ') + '^';
  return text;
}

std::string sentence(const Error& error) {
  const std::string task = safe_text(error.task);
  const std::string owner = safe_text(error.owner);
  switch (error.kind) {
    case ErrorKind::syntax:
    case ErrorKind::no_such_object:
      return syntax(error);
    case ErrorKind::empty_set:
      if (error.text.empty()) return "no CPU was asked for";
      return '"' + safe_text(error.text) + "\" leaves no CPU to run on" +
             (error.reason.empty() ? "" : ": " + safe_text(error.reason)) +
             (owner.empty() ? "" : ": cgroup " + owner + " allows " + error.limit);
    case ErrorKind::no_such_cpu:
      return cpus_that(error, "does", "do") + " not exist: this machine has " + error.limit;
    case ErrorKind::offline_cpu:
      return cpus_that(error, "is", "are") + " offline: online are " + error.limit;
    case ErrorKind::cpuset:
      return task + " cannot use " + error.cpus + ": cgroup " + owner + " allows " + error.limit;
    case ErrorKind::isolated_only:
      return task + " may use only " + error.limit + " (cgroup " + owner +
             "), and all of them are isolated";
    case ErrorKind::narrowed:
      return task + " was given " + error.limit + " and not " + error.cpus +
             ": the kernel narrowed the mask, and no limit that can be read here says why";
    case ErrorKind::refused:
      return task + " cannot be placed on " + error.cpus + ": the kernel refused it (" +
             errno_text(error.number) + "), and no limit that can be read here says why";
    case ErrorKind::no_room:
      return safe_text(error.text) + " have no room: " + error.limit + " has " +
             safe_text(error.reason);
    case ErrorKind::no_such_task:
      return task + ' ' + (error.reason.empty() ? "does not exist" : error.reason);
    case ErrorKind::no_match:
      return "nobody matches " + safe_text(error.text) + (task.empty() ? "" : " but " + task) +
             (error.reason.empty() ? "" : ": " + safe_text(error.reason));
    case ErrorKind::growing:
      return safe_text(error.text) +
             " is not proved: new processes match it faster than they can be set";
    case ErrorKind::not_a_process:
      return task + " is a thread of " + owner + ": say " + error.text;
    case ErrorKind::task_replaced:
      return task + " ended meanwhile, and its number is now that of " + owner;
    case ErrorKind::permission:
      return task + " belongs to " + owner + ": needs CAP_SYS_NICE";
    case ErrorKind::capabilities:
      return task + " holds capabilities that you do not (" + error.text + "): needs CAP_SYS_NICE";
    case ErrorKind::kernel_thread:
      if (error.cpus.find_first_of("-,") == std::string::npos) {
        return task + " is a per-CPU kernel thread: its CPU cannot be changed";
      }
      return task + " is a kernel thread that the kernel binds itself: its CPUs cannot be changed";
    case ErrorKind::deadline:
      return task + " runs under SCHED_DEADLINE: its mask must contain all of " + error.limit;
    case ErrorKind::no_free_slot:
      return "no slot is free: each of the " + error.text + " on " + error.cpus +
             " has a CPU that somebody holds";
    case ErrorKind::nothing_left:
      return "nobody else would have a CPU left: there is " + error.limit + " for all";
    case ErrorKind::nothing_to_undo:
      return "nothing to undo: no change is known whose processes are still there";
    case ErrorKind::busy:
      return safe_text(error.text) + ": another pinfold is at work on it";
    case ErrorKind::no_such_node:
      return nodes_that(error, "does", "do") + " not exist: this machine has " + error.limit;
    case ErrorKind::no_memory:
      return nodes_that(error, "has", "have") + " no memory: " + error.limit +
             (error.limit.find_first_of("-,") == std::string::npos ? " has" : " have");
    case ErrorKind::cpuset_nodes:
      return task + " cannot use memory of " + nodes(error.text) + ": " +
             (owner.empty() ? "its cpuset" : "cgroup " + owner) + " allows " + error.limit;
    case ErrorKind::memory_policy:
      return "memory of " + task + " was to be " + error.text + " and is " + error.limit +
             ": no limit that can be read here says why";
    case ErrorKind::filtered:
      return "a filter of system calls (seccomp) forbids " + error.text;
    case ErrorKind::not_proved:
      return task + " is not proved: " + error.text;
    case ErrorKind::unsupported:
      return safe_text(error.text) + ": " + safe_text(error.reason);
    case ErrorKind::system: {
      const std::string who = task.empty() ? "" : task + ": ";
      return who + safe_text(error.text) + ": " + errno_text(error.number);
    }
  }
  return "unknown error";
}

}  // namespace

const char* name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::syntax:
      return "syntax";
    case ErrorKind::empty_set:
      return "empty_set";
    case ErrorKind::no_such_cpu:
      return "no_such_cpu";
    case ErrorKind::offline_cpu:
      return "offline_cpu";
    case ErrorKind::cpuset:
      return "cpuset";
    case ErrorKind::isolated_only:
      return "isolated_only";
    case ErrorKind::narrowed:
      return "narrowed";
    case ErrorKind::refused:
      return "refused";
    case ErrorKind::no_such_object:
      return "no_such_object";
    case ErrorKind::no_room:
      return "no_room";
    case ErrorKind::no_such_task:
      return "no_such_task";
    case ErrorKind::no_match:
      return "no_match";
    case ErrorKind::growing:
      return "growing";
    case ErrorKind::not_a_process:
      return "not_a_process";
    case ErrorKind::task_replaced:
      return "task_replaced";
    case ErrorKind::permission:
      return "permission";
    case ErrorKind::capabilities:
      return "capabilities";
    case ErrorKind::kernel_thread:
      return "kernel_thread";
    case ErrorKind::deadline:
      return "deadline";
    case ErrorKind::no_free_slot:
      return "no_free_slot";
    case ErrorKind::nothing_left:
      return "nothing_left";
    case ErrorKind::nothing_to_undo:
      return "nothing_to_undo";
    case ErrorKind::busy:
      return "busy";
    case ErrorKind::no_such_node:
      return "no_such_node";
    case ErrorKind::no_memory:
      return "no_memory";
    case ErrorKind::cpuset_nodes:
      return "cpuset_nodes";
    case ErrorKind::memory_policy:
      return "memory_policy";
    case ErrorKind::filtered:
      return "filtered";
    case ErrorKind::not_proved:
      return "not_proved";
    case ErrorKind::unsupported:
      return "unsupported";
    case ErrorKind::system:
      return "system";
  }
  return "unknown";
}

std::string message(const Error& error) {
  std::string text = sentence(error);
  if (!error.now.empty()) text += "; it has " + error.now + " now";
  return text;
}

std::string hint(const Error& error) {
  if (!error.advice.empty()) return safe_text(error.advice);
  switch (error.kind) {
    case ErrorKind::no_such_cpu:
    case ErrorKind::offline_cpu:
    case ErrorKind::cpuset:
    case ErrorKind::narrowed:
      return error.clippable ? "--clip drops CPUs that cannot be used" : "";
    case ErrorKind::no_such_node:
    case ErrorKind::no_memory:
    case ErrorKind::cpuset_nodes:
      return error.clippable ? "--clip drops nodes that cannot be used" : "";
    case ErrorKind::filtered:
      return "containers have one: docker run --cap-add SYS_NICE lets it through";
    case ErrorKind::isolated_only:
      return "--isolated asks for them too";
    case ErrorKind::no_room:
      return "--share gives several workers the same CPUs";
    case ErrorKind::permission:
      return std::string("be root") +
             (error.owner == "root" ? "" : " or " + safe_text(error.owner)) +
             ", or give pinfold the capability: setcap cap_sys_nice+ep";
    case ErrorKind::capabilities:
      return "be root, or give pinfold the capability: setcap cap_sys_nice+ep";
    case ErrorKind::deadline:
      return "give it all of them, another policy (chrt --other), or a root domain of its own "
             "(a cpuset partition)";
    case ErrorKind::nothing_left:
      return "dedicate fewer of them";
    case ErrorKind::busy:
      return "try again when it has ended";
    case ErrorKind::not_proved:
      return "root or CAP_SYS_PTRACE can prove it";
    case ErrorKind::growing:
      return "stop what starts them, or run this again";
    case ErrorKind::task_replaced:
      return "look at both: pinfold get shows their masks";
    default:
      return {};
  }
}

}  // namespace pinfold

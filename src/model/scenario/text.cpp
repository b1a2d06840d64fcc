// Operations as text, and what came of them.
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include <pinfold/cpu_list.h>

#include "model/scenario/names.h"
#include "model/scenario/scenario.h"

namespace pinfold::model {
namespace {

struct ErrnoName {
  int number;
  std::string_view name;
};

constexpr ErrnoName errors[] = {
    {EPERM, "EPERM"},   {ENOENT, "ENOENT"},       {ESRCH, "ESRCH"},           {EAGAIN, "EAGAIN"},
    {EACCES, "EACCES"}, {EFAULT, "EFAULT"},       {EBUSY, "EBUSY"},           {EEXIST, "EEXIST"},
    {EINVAL, "EINVAL"}, {ENOSPC, "ENOSPC"},       {EOPNOTSUPP, "EOPNOTSUPP"}, {ERANGE, "ERANGE"},
    {ENOMEM, "ENOMEM"}, {EOVERFLOW, "EOVERFLOW"},
};

constexpr auto names_of_errors = [] {
  std::array<std::string_view, std::size(errors)> names;
  std::ranges::transform(errors, names.begin(), &ErrnoName::name);
  return names;
}();

const char* name(operation::Life::Verb verb) {
  using Verb = operation::Life::Verb;
  switch (verb) {
    case Verb::finish:
      return "finish";
    case Verb::exit:
      return "exit";
    case Verb::kill:
      return "kill";
    case Verb::reap:
      return "reap";
    case Verb::spin:
      return "spin";
    case Verb::sleep:
      return "sleep";
    case Verb::exec:
      return "exec";
    case Verb::userns:
      return "userns";
    case Verb::deadline:
      return "deadline";
  }
  return "";
}

std::string hexadecimal(std::uint64_t number) {
  char text[16];
  return {text, std::to_chars(text, text + sizeof text, number, 16).ptr};
}

struct ToText {
  std::string operator()(const operation::Setting& setting) const {
    return setting.name + ' ' + setting.value;
  }
  std::string operator()(const operation::Clone& clone) const {
    const bool thread = clone.make == System::Make::thread;
    if (!clone.begin_only && !thread && clone.creator == "init") return "start " + clone.made;
    return std::string(clone.begin_only ? "begin " : "") + (thread ? "thread " : "fork ") +
           clone.creator + ' ' + clone.made;
  }
  std::string operator()(const operation::Life& life) const {
    return std::string(name(life.verb)) + ' ' + life.task;
  }
  std::string operator()(const operation::Uids& uids) const {
    return "uids " + uids.task + ' ' + std::to_string(uids.real) + ' ' +
           std::to_string(uids.effective) + ' ' + std::to_string(uids.saved);
  }
  std::string operator()(const operation::Capabilities& capabilities) const {
    return "caps " + capabilities.task + ' ' + hexadecimal(capabilities.permitted) + ' ' +
           hexadecimal(capabilities.effective);
  }
  std::string operator()(const operation::Set& set) const {
    return "set " + set.task + ' ' + list_or_none(set.cpus) +
           (set.by == "init" ? "" : " by " + set.by);
  }
  std::string operator()(const operation::Get& get) const { return "get " + get.task; }
  std::string operator()(const operation::Make& make) const { return "mkdir " + make.cgroup; }
  std::string operator()(const operation::Remove& remove) const { return "rmdir " + remove.cgroup; }
  std::string operator()(const operation::Write& write) const {
    return "write " + write.cgroup + ' ' + write.file +
           (write.text.empty() ? "" : ' ' + write.text);
  }
  std::string operator()(const operation::Read& read) const {
    return "read " + read.cgroup + ' ' + read.file;
  }
  std::string operator()(const operation::Move& move) const {
    return std::string(move.thread_only ? "move thread " : "move ") + move.task + ' ' + move.cgroup;
  }
  std::string operator()(const operation::Hotplug& hotplug) const {
    return std::string(hotplug.online ? "online " : "offline ") +
           std::to_string(hotplug.cpu.value());
  }
  std::string operator()(const operation::Show& show) const {
    std::string text = "show";
    for (const std::string& task : show.tasks)
      text += ' ' + task;
    return text;
  }
};

}  // namespace

std::span<const std::string_view> errno_names() { return names_of_errors; }

bool is_errno_name(std::string_view name) {
  return std::ranges::find(names_of_errors, name) != names_of_errors.end();
}

std::string errno_name(int error) {
  const auto* const found = std::ranges::find(errors, error, &ErrnoName::number);
  return found == std::end(errors) ? "errno " + std::to_string(error) : std::string(found->name);
}

std::string list_or_none(const CpuSet& cpus) {
  return cpus.empty() ? std::string(nothing_word) : to_cpu_list(cpus);
}

std::string to_text(const Operation& operation) {
  std::string text;
  if (operation.at) {
    text = "at " + std::string(step_names[static_cast<std::size_t>(*operation.at)]) + ' ';
  }
  text += std::visit(ToText(), operation.action);
  if (operation.expected) text += " => " + *operation.expected;
  return text;
}

std::string Outcome::summary() const {
  if (waits) return "waits";
  if (error != 0) return errno_name(error);
  if (!answers) return "ok";
  if (text.empty()) return std::string(nothing_word);
  std::string line = text;
  std::ranges::replace(line, '\n', ' ');
  return line;
}

}  // namespace pinfold::model

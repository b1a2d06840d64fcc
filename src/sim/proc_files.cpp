#include "sim/proc_files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/file.h"
#include "sim/files/kernel_text.h"

namespace pinfold::sim {
namespace {

constexpr unsigned chunk_bits = 32;

template <class Function>
void for_each_line(std::string_view text, const Function& function) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    function(line);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const std::string_view word = line.substr(0, line.find(' '));
    if (!word.empty()) words.push_back(word);
    line.remove_prefix(word.size());
  }
  return words;
}

// As many as the real line has: programs take the size of the kernel's mask of nodes from it.
unsigned bits_of(std::string_view mask) {
  return static_cast<unsigned>(std::ranges::count(mask, ',') + 1) * chunk_bits;
}

// Opened for reading alone, at its beginning.
Fd opened_again(const Fd& file) {
  const std::string path = "/proc/self/fd/" + std::to_string(file.get());
  return Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

// In memory; closed where there is none left.
Fd file_of(std::string_view text) {
  Fd file(::memfd_create("proc", MFD_CLOEXEC));
  if (!file.is_open()) return {};
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t written = ::write(file.get(), rest.data(), rest.size());
    if (written < 0) return {};
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  constexpr mode_t all_may_read = 0444;
  (void)::fchmod(file.get(), all_may_read);
  return file;
}

// Empty where the image has no such file.
std::string content_of(const ErofsImage& image, std::string_view path) {
  const auto node = image.find_path(path);
  const auto status = node ? image.status(*node) : std::nullopt;
  if (!status) return {};
  std::string content(status->size, '\0');
  content.resize(image.read(*node, 0, content));
  return content;
}

bool same_mount(const std::string& one, const std::string& other) {
  struct stat a{};
  struct stat b{};
  return ::stat(one.c_str(), &a) == 0 && ::stat(other.c_str(), &b) == 0 && a.st_dev == b.st_dev;
}

}  // namespace

std::string edit_status(std::string_view real, const CpuSet& allowed, unsigned cpu_ids,
                        const NodeSet& nodes) {
  std::string text;
  for_each_line(real, [&](std::string_view line) {
    const std::string_view name = line.substr(0, line.find(':'));
    if (name == "Cpus_allowed") {
      text.append("Cpus_allowed:\t").append(kernel_mask(allowed, cpu_ids));
    } else if (name == "Cpus_allowed_list") {
      text.append("Cpus_allowed_list:\t").append(kernel_list(allowed));
    } else if (name == "Mems_allowed") {
      const CpuSet bits = CpuSet::from_words(nodes.words());
      text.append("Mems_allowed:\t").append(kernel_mask(bits, bits_of(line)));
    } else if (name == "Mems_allowed_list") {
      text.append("Mems_allowed_list:\t").append(to_node_list(nodes)).append("\n");
    } else {
      text.append(line).append("\n");
    }
  });
  return text;
}

std::string edit_stat(std::string_view real, CpuId cpu) {
  constexpr unsigned fields_behind_name = 37;  // up to `processor`
  std::size_t at = real.rfind(')');
  for (unsigned i = 0; i < fields_behind_name && at != std::string_view::npos; ++i)
    at = real.find(' ', at + 1);
  if (at == std::string_view::npos) return std::string(real);
  const std::size_t end = std::min(real.find_first_of(" \n", at + 1), real.size());
  return std::string(real.substr(0, at + 1)) + std::to_string(cpu.value()) +
         std::string(real.substr(end));
}

std::string edit_mounts(std::string_view real, ProcFile file, model::Hierarchy cpusets) {
  constexpr std::string_view root = "/sys/fs/cgroup";
  const bool v1 = cpusets == model::Hierarchy::v1;
  // cgroup2 /sys/fs/cgroup cgroup2 rw 0 0
  // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
  const bool plain = file == ProcFile::mounts;
  const std::string type = v1 ? "cgroup" : "cgroup2";
  const std::string options = v1 ? "rw,cpuset" : "rw";
  const auto place_of = [&](const std::vector<std::string_view>& words) {
    const std::size_t at = plain ? 1 : 4;
    return words.size() > at ? words[at] : std::string_view();
  };
  const auto type_of = [&](const std::vector<std::string_view>& words) {
    const auto dash = std::ranges::find(words, "-");
    if (!plain) return words.end() - dash > 1 ? dash[1] : std::string_view();
    return words.size() > 2 ? words[2] : std::string_view();
  };
  std::string text;
  std::string base;  // the last that is mounted where all cgroups are
  for_each_line(real, [&](std::string_view line) {
    const auto words = words_of(line);
    const std::string_view place = place_of(words);
    const bool below =
        place.starts_with(root) && (place.size() == root.size() || place[root.size()] == '/');
    if (!below) {
      text.append(line).append("\n");
      return;
    }
    const bool ours = type_of(words) == "fuse." + type;
    if (!ours) {
      if (place == root) base = std::string(line) + '\n';
      return;
    }
    if (v1) text += base;
    if (plain) {
      text.append(type).append(" ").append(place).append(" ").append(type).append(" ");
      text.append(options).append(" 0 0\n");
    } else {
      text.append(line.substr(0, line.find(" - "))).append(" - ").append(type).append(" ");
      text.append(type).append(" ").append(options).append("\n");
    }
  });
  return text;
}

std::string edit_system_stat(std::string_view real, const CpuSet& online) {
  std::vector<std::string_view> cpus;  // without their names
  std::string_view total;
  std::string rest;
  for_each_line(real, [&](std::string_view line) {
    const std::string_view name = line.substr(0, line.find(' '));
    if (!name.starts_with("cpu")) {
      rest.append(line).append("\n");
    } else if (name == "cpu") {
      total = line;
    } else {
      cpus.push_back(line.substr(name.size()));
    }
  });
  // user nice system idle iowait irq softirq steal guest guest_nice: one that never did anything
  // has been idle for as long as a real one has been there.
  unsigned long long uptime = 0;
  if (!cpus.empty()) {
    for (const std::string_view word : words_of(cpus.front())) {
      unsigned long long value = 0;
      for (const char digit : word)
        value = value * 10 + static_cast<unsigned>(digit - '0');
      uptime += value;
    }
  }
  const std::string idle = " 0 0 0 " + std::to_string(uptime) + " 0 0 0 0 0 0";
  std::string text = std::string(total) + '\n';
  std::size_t index = 0;
  for (const CpuId cpu : online) {
    text.append("cpu").append(std::to_string(cpu.value()));
    text.append(index < cpus.size() ? cpus[index] : std::string_view(idle)).append("\n");
    ++index;
  }
  return text + rest;
}

std::optional<ProcFiles::Subject> ProcFiles::find(const model::Task& caller, const ProcPath& path) {
  const std::string inner = "/proc/" + std::to_string(caller.number) + "/root/proc";
  const bool other_numbers = !same_mount(inner, "/proc");
  const auto numbered = [&](pid_t number) {
    return other_numbers ? world_.find(caller, number) : world_.find(number);
  };
  model::Task* process = nullptr;
  model::Task* task = nullptr;
  switch (path.whose) {
    case ProcPath::Whose::nobody:
      return std::nullopt;
    case ProcPath::Whose::self:
      process = caller.process->leader;
      break;
    case ProcPath::Whose::this_thread:
      task = world_.find(caller.number);
      break;
    case ProcPath::Whose::number:
      process = numbered(path.process);
      break;
  }
  if (path.thread != 0) {
    if (!process) return std::nullopt;
    task = numbered(path.thread);
    if (!task || task->process != process->process) return std::nullopt;
  }
  if (!task) task = process;
  if (!task) return std::nullopt;
  const auto shown = [&](pid_t real) {
    return std::to_string(other_numbers ? in_namespace(real).number : real);
  };
  std::string folder = (other_numbers ? inner : "/proc") + '/';
  if (path.thread != 0 || path.whose == ProcPath::Whose::this_thread) {
    folder += shown(task->process->leader->number) + "/task/";
  }
  return Subject{.task = task, .folder = folder + shown(task->number)};
}

std::optional<std::string> ProcFiles::text(const Subject& subject, ProcFile file) {
  const model::System& system = world_.system();
  const model::Task& task = *subject.task;
  const auto real = [&](const char* name) {
    auto content = read_file((subject.folder + '/' + name).c_str());
    return content ? std::optional(std::move(*content)) : std::nullopt;
  };
  const bool v1 = system.hierarchy() == model::Hierarchy::v1;
  const bool none = system.hierarchy() == model::Hierarchy::none;
  switch (file) {
    case ProcFile::status:
      if (const auto status = real("status")) {
        return edit_status(*status, *task.allowed, system.cpu_ids(), system.mems_allowed(task));
      }
      return std::nullopt;
    case ProcFile::stat:
      if (const auto stat = real("stat")) return edit_stat(*stat, CpuId(task.cpu));
      return std::nullopt;
    case ProcFile::cgroup:
      return none ? "" : (v1 ? "1:cpuset:" : "0::") + task.cgroup->path() + '\n';
    case ProcFile::cpuset:
      return none ? "/\n" : task.cgroup->governing().path() + '\n';
    case ProcFile::mount_info:
    case ProcFile::mounts:
      if (const auto mounts = real(file == ProcFile::mounts ? "mounts" : "mountinfo")) {
        return edit_mounts(*mounts, file, system.hierarchy());
      }
      return std::nullopt;
    case ProcFile::cpu_info:
    case ProcFile::system_stat:
      return std::nullopt;
  }
  return std::nullopt;
}

Fd ProcFiles::open(const model::Task& caller, const ProcPath& path) {
  if (path.file == ProcFile::cpu_info) return opened_again(cpuinfo_);
  if (path.file == ProcFile::system_stat) {
    const auto real = read_file("/proc/stat");
    if (!real) return {};
    return opened_again(file_of(edit_system_stat(*real, world_.system().online())));
  }
  const auto subject = find(caller, path);
  if (!subject) return {};
  const auto content = text(*subject, path.file);
  return content ? opened_again(file_of(*content)) : Fd();
}

ProcFiles::ProcFiles(World& world, const ErofsImage& image)
    : world_(world), cpuinfo_(file_of(content_of(image, "proc/cpuinfo"))) {}

}  // namespace pinfold::sim

// A command that is not running yet.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string_view>

#include "base/elf.h"
#include "base/try.h"
#include "explain/case.h"
#include "explain/diagnose.h"
#include "explain/environment.h"

namespace pinfold {
namespace {

bool is_file(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

bool is_executable(const std::string& path) {
  return is_file(path) && ::access(path.c_str(), X_OK) == 0;
}

// As execvp(3) looks: the first that can be executed. Else the first that is there, or nothing.
std::string find_in_path(const std::string& name, std::string_view path) {
  std::string there;
  for (;;) {
    const std::size_t end = std::min(path.find(':'), path.size());
    std::string file(end == 0 ? "." : path.substr(0, end));  // an empty entry is this folder
    file += '/';
    file += name;
    if (is_executable(file)) return file;
    if (there.empty() && is_file(file)) there = std::move(file);
    if (end == path.size()) return there;
    path.remove_prefix(end + 1);
  }
}

std::string find_command(const Command& command) {
  const std::string& name = command.arguments.front();
  if (name.find('/') != std::string::npos) return is_file(name) ? name : std::string();
  const auto path = command.environment.find("PATH");
  // What execvp(3) takes where there is none.
  return find_in_path(name, path == command.environment.end() ? "/bin:/usr/bin" : path->second);
}

std::string without_links(const std::string& file) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(file.c_str(), nullptr), std::free);
  return real ? std::string(real.get()) : file;
}

void find_no_program(Case& about, const Command& command, const std::string& file) {
  const std::string& name = command.arguments.front();
  if (!file.empty() && is_executable(file)) return;
  const bool searched = name.find('/') == std::string::npos;
  about.take({.kind = ConstraintKind::command,
              .cpus = about.rest(),
              .by = name,
              .where = !file.empty() ? file
                       : searched    ? "PATH"
                                     : name,
              .lifts = file.empty() ? "" : "chmod +x " + file});
}

}  // namespace

Result<Diagnosis> diagnose_command(Kernel& kernel, const Command& command, const CpuSet& asked) {
  TRY(Facts facts, Facts::read(kernel));
  TRY(const Task self, kernel.task(Tid()));
  Diagnosis found{.pid = self.pid,
                  .name = command.arguments.front(),
                  .threads = {},
                  .whole_process = true,
                  .asked = asked};
  TRY(found.allowed, kernel.allowed(Tid()));
  TRY(found.effective, kernel.effective(Tid()));
  const std::string file = find_command(command);
  Case about(facts, self, asked);
  find_missing_cpus(about);
  CHECK_OK(find_cpusets(about));
  find_arch(about, file.empty() ? std::nullopt : is_32_bit_program(file.c_str()));
  const CpuSet usable = about.rest();
  find_no_program(about, command, file);
  remark_on_cpus(about, usable);
  found.constraints = std::move(about.constraints());
  for (Constraint& escaper : known_escapers(command, without_links(file), asked))
    found.constraints.push_back(std::move(escaper));
  return found;
}

}  // namespace pinfold

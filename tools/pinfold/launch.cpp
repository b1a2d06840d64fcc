#include "launch.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "base/terminal_text.h"
#include "commands.h"
#include "console.h"

namespace pinfold::tool {
namespace {

// execvp(3) says EACCES also where a folder of PATH may not be searched and the command is nowhere.
bool stands_in_path(const char* command) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path ? path : "";
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::string file = std::string(rest.substr(0, end)) + '/' + command;
    if (::access(file.c_str(), F_OK) == 0) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

}  // namespace

int launch(char** command) {
  ::execvp(command[0], command);
  int reason = errno;
  const bool searched = !std::strchr(command[0], '/');
  if (reason == EACCES && searched && !stands_in_path(command[0])) reason = ENOENT;
  const std::string name = safe_text(command[0]);
  if (reason != ENOENT) {
    print_error(name + ": " + std::strerror(reason));
    return exit_not_executable;
  }
  const bool there = !searched && ::access(command[0], F_OK) == 0;
  print_error(name + (there ? ": its interpreter does not exist" : ": command not found"));
  return exit_not_found;
}

}  // namespace pinfold::tool

#include "support/sim.h"

#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "support/program.h"

namespace pinfold::test {

std::string no_sim() {
  if (::geteuid() == 0) return {};
  static const bool refused = run({"unshare", "--user", "--map-root-user", "true"}).exit != 0;
  return refused ? "user namespaces are refused here, and this is not root" : "";
}

std::vector<std::string> simulated(const std::string& machine, std::vector<std::string> command,
                                   std::vector<std::string> options) {
  std::vector<std::string> line = {PINFOLD_COMMAND, "sim"};
  if (options.empty() && ::access("/dev/fuse", R_OK | W_OK) != 0) options = {"--cpusets", "none"};
  line.insert(line.end(), options.begin(), options.end());
  line.insert(line.end(), {"--machine", machine, "--"});
  line.insert(line.end(), command.begin(), command.end());
  return line;
}

bool has_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((folder + '/' + name).c_str(), X_OK) == 0) return true;
  }
  return false;
}

}  // namespace pinfold::test

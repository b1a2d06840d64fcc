#include "support/cpuset_v1.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>

#include <pinfold/cpu_list.h>

#include "support/program.h"

namespace pinfold::test {
namespace {

struct Place {
  std::string cgroup;  // "/" or "/docker/9f3c"
  std::string folder;  // "/sys/fs/cgroup/cpuset", and what is below
};

bool lists(const std::string& comma_list, const std::string& item) {
  return (',' + comma_list + ',').find(',' + item + ',') != std::string::npos;
}

std::string line_of(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// "3:cpuset:/docker/9f3c"
std::optional<std::string> own_cgroup() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    if (lists(line.substr(first + 1, second - first - 1), "cpuset")) return line.substr(second + 1);
  }
  return std::nullopt;
}

std::optional<Place> own_place() {
  const auto cgroup = own_cgroup();
  if (!cgroup) return std::nullopt;
  std::ifstream file("/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string skipped;
    std::string root;
    std::string mount;
    fields >> skipped >> skipped >> skipped >> root >> mount;
    while (fields >> skipped && skipped != "-") {
    }
    std::string type;
    std::string options;
    fields >> type >> skipped >> options;
    if (type != "cgroup" || !lists(options, "cpuset")) continue;
    if (root == "/") return Place{*cgroup, mount + (*cgroup == "/" ? "" : *cgroup)};
    if (cgroup->starts_with(root)) return Place{*cgroup, mount + cgroup->substr(root.size())};
  }
  return std::nullopt;
}

int write_file(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return errno;
  const int failed = ::write(file, text.data(), text.size()) < 0 ? errno : 0;
  ::close(file);
  return failed;
}

void check(int failed, const std::string& what) {
  if (failed != 0) throw std::runtime_error(what + ": " + std::strerror(failed));
}

void move_everybody(const std::string& from, const std::string& to) {
  std::ifstream tasks(from + "/tasks");
  for (std::string tid; std::getline(tasks, tid);)
    write_file(to + "/tasks", tid);
}

}  // namespace

std::string CpusetV1::missing() {
  const auto place = own_place();
  if (!place) return "cpusets are not a v1 hierarchy here";
  if (::access(place->folder.c_str(), W_OK) != 0) {
    return place->folder + " cannot be written: " + std::strerror(errno);
  }
  return {};
}

CpuSet CpusetV1::parent_cpus() {
  return cpus(line_of(own_place()->folder + "/cpuset.effective_cpus").c_str());
}

CpusetV1::CpusetV1(const CpuSet& allowed) {
  static int made = 0;
  const auto place = own_place();
  if (!place) throw std::runtime_error(missing());
  const std::string own =
      "pinfold-test-" + std::to_string(::getpid()) + '-' + std::to_string(++made);
  parent_ = place->folder;
  folder_ = parent_ + '/' + own;
  name_ = (place->cgroup == "/" ? "" : place->cgroup) + '/' + own;
  check(::mkdir(folder_.c_str(), 0755) == 0 ? 0 : errno, folder_);
  int failed = write("cpuset.mems", line_of(parent_ + "/cpuset.mems"));
  if (failed == 0 && !allowed.empty()) failed = write("cpuset.cpus", to_cpu_list(allowed));
  if (failed != 0) ::rmdir(folder_.c_str());
  check(failed, folder_);
}

CpusetV1::~CpusetV1() {
  // A process that is just ending is still inside: the removal is what tells when it is gone.
  constexpr int attempts = 5000;
  for (int i = 0; i < attempts; ++i) {
    move_everybody(folder_, parent_);
    if (::rmdir(folder_.c_str()) == 0 || errno != EBUSY) return;
    ::usleep(1000);
  }
  std::fprintf(stderr, "%s could not be removed\n", folder_.c_str());
}

void CpusetV1::set_cpus(const CpuSet& allowed) {
  check(write("cpuset.cpus", to_cpu_list(allowed)), file("cpuset.cpus"));
}

void CpusetV1::move_in(pid_t pid) {
  check(write("cgroup.procs", std::to_string(pid)), file("cgroup.procs"));
}

void CpusetV1::move_out(pid_t pid) {
  check(write_file(parent_ + "/cgroup.procs", std::to_string(pid)), parent_ + "/cgroup.procs");
}

void CpusetV1::move_thread_in(pid_t tid) {
  check(write("tasks", std::to_string(tid)), file("tasks"));
}

int CpusetV1::write(const char* name, const std::string& text) {
  return write_file(file(name), text);
}

}  // namespace pinfold::test

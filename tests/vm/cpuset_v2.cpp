#include "vm/cpuset_v2.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "vm/machine.h"

namespace pinfold::test {
namespace {

// Where init.sh mounts the hierarchy.
std::string path(const std::string& below) { return "/sys/fs/cgroup" + below; }

void check(int failed, const std::string& what) {
  if (failed != 0) throw std::runtime_error(what + ": " + std::strerror(failed));
}

}  // namespace

CpusetV2::CpusetV2(const CpusetV2* parent, const char* cpus) {
  static int made = 0;
  const std::string above = parent ? parent->name() : "";
  const std::string control = path(above + "/cgroup.subtree_control");
  check(write_file(control, "+cpuset"), control);
  name_ = above + "/test-" + std::to_string(++made);
  check(::mkdir(path(name_).c_str(), 0755) == 0 ? 0 : errno, name_);
  if (*cpus != '\0') set_cpus(cpus);
}

CpusetV2::~CpusetV2() {
  // Removed as a partition, it would give its CPUs back some time later.
  write("cpuset.cpus.partition", "member");
  std::ifstream processes(file("cgroup.procs"));
  for (std::string pid; std::getline(processes, pid);)
    write_file(path("/cgroup.procs"), pid);
  // A process that is just ending is still inside.
  const bool removed = eventually([&] { return ::rmdir(path(name_).c_str()) == 0; });
  if (!removed) std::fprintf(stderr, "%s could not be removed\n", name_.c_str());
}

std::string CpusetV2::file(const char* name) const { return path(name_ + '/' + name); }

std::string CpusetV2::read(const char* name) const {
  std::ifstream stream(file(name));
  std::string line;
  std::getline(stream, line);
  return line;
}

int CpusetV2::write(const char* name, const std::string& text) const {
  return write_file(file(name), text);
}

void CpusetV2::set_cpus(const char* cpus) const {
  check(write("cpuset.cpus", cpus), file("cpuset.cpus"));
}

void CpusetV2::set_partition(const char* kind) const {
  check(write("cpuset.cpus.partition", kind), file("cpuset.cpus.partition"));
  const std::string now = read("cpuset.cpus.partition");
  if (now != kind) throw std::runtime_error(file("cpuset.cpus.partition") + ": " + now);
}

bool CpusetV2::comes_to_have(const char* cpus) const {
  return eventually([&] { return read("cpuset.cpus.effective") == cpus; });
}

void CpusetV2::move_in(Pid pid) const {
  check(write("cgroup.procs", std::to_string(pid.value())), file("cgroup.procs"));
}

void CpusetV2::move_out(Pid pid) {
  check(write_file(path("/cgroup.procs"), std::to_string(pid.value())), path("/cgroup.procs"));
}

}  // namespace pinfold::test

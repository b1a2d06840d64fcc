// The cgroups of a modelled system as files, and who may be asked for in it.
#pragma once

#include <sys/stat.h>

#include <mutex>
#include <stdexcept>
#include <string>

#include "sim/fuse/cgroup_files.h"
#include "support/program.h"

namespace pinfold::test {

/// Eight CPUs in two nodes, and two processes: root's and a user's.
class ModelledCgroups {
 public:
  // Threads outside, as files know them.
  static constexpr pid_t root = -1;
  static constexpr pid_t user = -2;
  static constexpr pid_t nobody = -3;
  static constexpr uid_t user_id = 1001;

  explicit ModelledCgroups(model::Hierarchy hierarchy)
      : system_(open(hierarchy)),
        root_(process_of(0)),
        user_(process_of(user_id)),
        files_(*system_, mutex_, [this](pid_t who) { return find_task(who); }) {}

  sim::CgroupFiles& files() { return files_; }
  /// The user's process, as the model numbers it.
  [[nodiscard]] std::string user_number() const { return std::to_string(user_.number); }
  [[nodiscard]] CpuSet user_mask() {
    const std::scoped_lock lock(mutex_);
    return system_->effective(user_);
  }

 private:
  static std::unique_ptr<model::System> open(model::Hierarchy hierarchy) {
    auto machine = Machine::open("numa:2 core:4 pu:1");
    if (!machine) throw std::invalid_argument(message(machine.error()));
    auto system = model::System::open({.machine = std::move(*machine), .hierarchy = hierarchy});
    if (!system) throw std::invalid_argument(message(system.error()));
    return std::move(*system);
  }

  model::Task& process_of(uid_t uid) {
    model::Task* made = nullptr;
    if (system_->clone(system_->init(), {}, made) != 0) throw std::runtime_error("clone");
    system_->sleep(*made);
    if (system_->set_uids(*made, uid, uid, uid) != 0) throw std::runtime_error("setresuid");
    return *made;
  }

  // A real thread is whoever has its user.
  model::Task* find_task(pid_t who) {
    if (who == root) return &root_;
    if (who == user) return &user_;
    struct stat status{};
    const std::string path = "/proc/" + std::to_string(who);
    if (who <= 0 || ::stat(path.c_str(), &status) != 0) return nullptr;
    return status.st_uid == 0 ? &root_ : &user_;
  }

  std::mutex mutex_;
  std::unique_ptr<model::System> system_;
  model::Task& root_;
  model::Task& user_;
  sim::CgroupFiles files_;
};

}  // namespace pinfold::test

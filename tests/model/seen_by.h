// A modelled system, seen by one of its processes.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "model/kernel.h"
#include "support/program.h"

namespace pinfold::test {

class SeenBy : public testing::Test {
 protected:
  /// Eight CPUs on two nodes; the caller is a process of root's.
  SeenBy() { boot("pack:2 numa:1 core:2 pu:2", "6.18", model::Hierarchy::v2); }

  void boot(const std::string& machine, const char* profile, model::Hierarchy hierarchy) {
    boot({.machine = pinfold::Machine::open(machine).value(),
          .profile = model::find_profile(profile),
          .hierarchy = hierarchy});
  }
  void boot(model::Setup setup) {
    kernel_.reset();
    session_.reset();
    system_ = std::move(model::System::open(std::move(setup)).value());
    session_ = std::make_unique<model::Session>(*system_, &system_->init());
    session_->caller = &fork(system_->init());
    kernel_ = std::make_unique<model::ModelKernel>(*session_);
  }

  model::System& system() { return *system_; }
  model::Session& session() { return *session_; }
  Kernel& kernel() { return *kernel_; }
  model::Task& caller() { return *session_->caller; }

  /// A sleeping child, a sleeping thread of the same process.
  model::Task& fork(model::Task& creator) { return clone(creator, {}); }
  model::Task& thread(model::Task& creator) {
    return clone(creator, {.make = model::System::Make::thread});
  }
  model::Task& fork_into_namespace(model::Task& creator) {
    return clone(creator, {.make = model::System::Make::process, .new_pid_namespace = true});
  }
  model::Task& clone(model::Task& creator, const model::System::CloneOptions& options) {
    model::Task* made = nullptr;
    EXPECT_EQ(system_->clone(creator, options, made), 0);
    system_->sleep(*made);
    return *made;
  }
  /// It ends, and its parent asks for it.
  void vanish(model::Process& process) {
    system_->exit(process);
    system_->reap(process);
  }

  void become(model::Task& task, uid_t real, uid_t effective) {
    EXPECT_EQ(system_->set_uids(task, real, effective, effective), 0);
  }
  static std::shared_ptr<const model::Program> program(const char* path, ino_t inode) {
    return std::make_shared<const model::Program>(
        model::Program{.path = path, .file = {.device = 1, .inode = inode}, .is_32_bit = false});
  }

  void make(const char* cgroup) { EXPECT_EQ(system_->make_cgroup(cgroup), 0) << cgroup; }
  void write(const char* cgroup, const char* file, const std::string& text) {
    EXPECT_EQ(system_->write_cgroup(system_->init(), *system_->find_cgroup(cgroup), file, text), 0)
        << cgroup << ' ' << file << ' ' << text;
  }
  void move(const model::Task& task, const char* cgroup) {
    write(cgroup, "cgroup.procs", std::to_string(task.number));
  }

 private:
  std::unique_ptr<model::System> system_;
  std::unique_ptr<model::Session> session_;
  std::unique_ptr<model::ModelKernel> kernel_;
};

// A Result that holds an error of that kind.
MATCHER_P(FailsWith, kind, "") { return !arg.has_value() && arg.error().kind == kind; }
MATCHER_P2(FailsWith, kind, number, "") {
  return !arg.has_value() && arg.error().kind == kind && arg.error().number == number;
}

}  // namespace pinfold::test

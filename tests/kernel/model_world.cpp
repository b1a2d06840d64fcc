// The suite's world on the model.
#include <cstdlib>
#include <stdexcept>

#include "kernel/model_puppet.h"
#include "kernel/world.h"
#include "model/kernel.h"

namespace pinfold::test {
namespace {

// The machines that the suite runs on, by the name that the environment gives.
struct Place {
  const char* name;
  const char* machine;
  const char* profile;
  model::Hierarchy hierarchy;
  const char* cpus;  ///< of the test's cgroup
};
constexpr Place places[] = {
    // The machine and the kernel that the tables were written down on.
    {"two", "pu:2", "6.18", model::Hierarchy::v1, "0-1"},
    {"nodes", "pack:2 numa:1 core:2 pu:2", "6.12", model::Hierarchy::v2, "0-5"},
    {"large", "pack:2 numa:4 core:128 pu:2", "6.1", model::Hierarchy::v2, "0-2047"},
};

const Place& chosen_place() {
  const char* name = std::getenv("PINFOLD_MODEL_WORLD");
  for (const Place& place : places) {
    if (!name || std::string_view(name) == place.name) return place;
  }
  throw std::runtime_error("PINFOLD_MODEL_WORLD names no world");
}

void must(int result) {
  if (result != 0) throw std::runtime_error("the model refuses, errno " + std::to_string(-result));
}

class ModelWorld final : public World {
 public:
  explicit ModelWorld(const Place& place) : system_(open(place)) {
    session_.on_listing = [this] { churn_.go_on(); };
    give_cpuset(place);
    model::Task& test = *session_.caller;
    system_->exec(test, std::make_shared<const model::Program>(
                            model::Program{.path = "/test/test",
                                           .file = {.device = 1, .inode = 2},
                                           .is_32_bit = sizeof(void*) == 4}));
    machine_.mask_bytes = system_->mask_bytes();
    machine_.cpu_ids = system_->cpu_ids();
    machine_.possible = system_->possible();
    machine_.online = system_->online();
    machine_.usable = system_->cpuset_allows(test) & system_->active();
    machine_.remembers_requests = system_->profile().requests;
  }

  Abi& abi() override { return abi_; }
  Abi* abi32() override { return &abi32_; }
  Kernel& kernel() override { return kernel_; }
  [[nodiscard]] const Machine& machine() const override { return machine_; }
  [[nodiscard]] Tid self() const override { return session_.caller->tid(); }

  Result<std::unique_ptr<TestProcess>> process(const Identity& identity) override {
    return ModelPuppet::start_as(session_, churn_, identity);
  }

  Result<long> as(const Identity& identity, const std::function<long()>& call) override {
    model::Task* const test = session_.caller;
    model::Task& other = fork(*test);
    const int refused = become(*system_, other, identity);
    long result = 0;
    if (refused == 0) {
      session_.caller = &other;
      result = call();
      session_.caller = test;
    }
    model::Process& process = *other.process;
    system_->exit(process);
    system_->reap(process);
    if (refused != 0) {
      return fail({.kind = ErrorKind::unsupported,
                   .text = "a caller of that identity",
                   .reason = "the test may not become one, errno " + std::to_string(refused)});
    }
    return result;
  }

  std::optional<Tid> kernel_thread(std::string_view name) override {
    const model::Task* thread = system_->kernel_thread(name);
    return thread ? std::optional(thread->tid()) : std::nullopt;
  }

 private:
  static std::unique_ptr<model::System> open(const Place& place) {
    auto machine = pinfold::Machine::open(place.machine);
    if (!machine) throw std::runtime_error(message(machine.error()));
    auto system = model::System::open({.machine = std::move(*machine),
                                       .profile = model::find_profile(place.profile),
                                       .hierarchy = place.hierarchy});
    if (!system) throw std::runtime_error(message(system.error()));
    return std::move(*system);
  }

  model::Task& fork(model::Task& creator) {
    model::Task* made = nullptr;
    must(system_->clone(creator, {}, made));
    return *made;
  }

  void give_cpuset(const Place& place) {
    model::Task& init = system_->init();
    const auto write = [&](std::string_view path, std::string_view file, std::string_view text) {
      must(system_->write_cgroup(init, *system_->find_cgroup(path), file, text));
    };
    if (place.hierarchy == model::Hierarchy::v2) write("/", "cgroup.subtree_control", "+cpuset");
    must(system_->make_cgroup("/test"));
    write("/test", "cpuset.cpus", place.cpus);
    const auto mems = system_->read_cgroup(init, system_->root_cgroup(), "cpuset.effective_mems");
    if (mems) write("/test", "cpuset.mems", *mems);
    write("/test", "cgroup.procs", std::to_string(session_.caller->number));
  }

  std::unique_ptr<model::System> system_;
  model::Session session_{*system_, &fork(system_->init())};
  Churn churn_{*system_};
  model::ModelAbi abi_{session_};
  model::ModelAbi abi32_{session_, model::Layout::words_of_32_bits};
  model::ModelKernel kernel_{session_};
  Machine machine_;
};

}  // namespace

std::unique_ptr<World> make_world() { return std::make_unique<ModelWorld>(chosen_place()); }

}  // namespace pinfold::test

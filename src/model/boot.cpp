// A system as it is when its first process has begun.
#include <algorithm>
#include <string>

#include "model/cpuset_rules.h"
#include "model/system.h"

namespace pinfold::model {
namespace {

constexpr std::size_t word_bytes = sizeof(CpuSet::Word);
constexpr unsigned most_cpus_of_a_word = 64;

std::size_t bytes_for(unsigned cpus) {
  return (cpus + CpuSet::word_bits - 1) / CpuSet::word_bits * word_bytes;
}

std::size_t size_by(MaskSize rule, unsigned configured, unsigned cpu_ids) {
  constexpr unsigned allocated_above = 512;  // CONFIG_CPUMASK_OFFSTACK of x86: MAXSMP, or by hand
  constexpr unsigned small = 256;
  switch (rule) {
    case MaskSize::word:
      return word_bytes;
    case MaskSize::configured:
      return bytes_for(configured);
    case MaskSize::offstack:
      return bytes_for(configured > allocated_above ? cpu_ids : configured);
    case MaskSize::large_only:
      return bytes_for(configured > small ? cpu_ids : configured);
  }
  return 0;
}

unsigned ids_of(const CpuSet& possible) {
  const auto last = possible.last();
  return last ? last->value() + 1 : 0;
}

}  // namespace

Result<std::unique_ptr<System>> System::open(Setup setup) {
  const Profile& profile = *setup.profile;
  const auto unsupported = [&](std::string reason) {
    return fail({.kind = ErrorKind::unsupported,
                 .text = "Linux " + std::string(profile.name),
                 .reason = std::move(reason)});
  };
  if (setup.hierarchy == Hierarchy::v1 && !profile.cpusets_v1) {
    return unsupported("it has no cpusets");
  }
  if (setup.hierarchy == Hierarchy::v2 && !profile.cpusets_v2) {
    return unsupported("it has no cpusets of cgroup v2");
  }
  const unsigned ids = ids_of(setup.machine.possible());
  if (profile.mask_size.value == MaskSize::word && ids > most_cpus_of_a_word) {
    return unsupported("its masks have " + std::to_string(most_cpus_of_a_word) +
                       " CPUs, this machine has numbers up to " + std::to_string(ids - 1));
  }
  return std::unique_ptr<System>(new System(std::move(setup)));
}

System::System(Setup setup)
    : setup_(std::move(setup)),
      online_(setup_.machine.online()),
      active_(online_),
      cpu_ids_(ids_of(possible())),
      mask_bytes_(
          size_by(profile().mask_size,
                  std::max(setup_.configured_cpus.value_or(profile().configured_cpus), cpu_ids_),
                  cpu_ids_)),
      first_user_namespace_([] {
        auto first = std::make_shared<UserNamespace>();
        first->root = 0;
        return first;
      }()),
      tasks_(setup_.highest_number),
      queues_(cpu_ids_) {
  const auto nodes = setup_.machine.objects(Level::node);
  node_of_.resize(cpu_ids_);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const unsigned id = nodes[i].id.value_or(static_cast<unsigned>(i));
    nodes_.add_range(id, id);
    cpus_of_node_.push_back(nodes[i].cpus);
    for (const CpuId cpu : nodes[i].cpus)
      node_of_[cpu.value()] = static_cast<unsigned>(i);
  }
  root_.cpus = hierarchy() == Hierarchy::v2 ? possible() : active_;
  root_.effective = active_;
  root_.mems = nodes_;
  root_.effective_mems = nodes_;
  root_.cpu_exclusive = true;
  root_.kind = PartitionKind::root;
  cgroups_.emplace(root_.id, &root_);
  rules_ = CpusetRules::of(*this);
  make_first_process();
  make_kernel_threads();
}

Task& System::new_task(Process& process) {
  auto* task = new Task;  // NOLINT(*-owning-memory): the process owns it; remove() ends it
  task->process = &process;
  task->start_time = ++ticks_;
  return *task;
}

// Pid 1 is kept off the CPUs of isolcpus=, without having asked for that (kernel_init_freeable()).
Task& System::make_first_process() {
  auto* process = new Process;  // NOLINT(*-owning-memory): as above
  Task& task = new_task(*process);
  Credentials root;
  root.permitted = root.in_force = all_capabilities;
  root.user_namespace = first_user_namespace_;
  task.credentials = std::make_shared<const Credentials>(std::move(root));
  CpuSet housekeeping = possible() - isolated_at_boot();
  if (!housekeeping.intersects(active_)) housekeeping = possible();
  task.allowed = masks_.get(housekeeping);
  task.rename("init");
  task.cgroup = &root_;
  task.state = TaskState::sleeping;
  task.cpu = (housekeeping & active_).first()->value();
  process->leader = &task;
  process->reaper = true;
  process->program = std::make_shared<const Program>(
      Program{.path = "/sbin/init", .file = {.device = 1, .inode = 1}, .is_32_bit = false});
  process->threads.push_back(task);
  tasks_.number(task, tasks_.first_namespace());
  tasks_.list(task);
  tasks_.set_init(tasks_.first_namespace(), process);
  root_.tasks.push_back(task);
  return task;
}

Task& System::make_kernel_thread(std::string_view name, const Mask& allowed, KernelThread kind,
                                 unsigned cpu) {
  auto* process = new Process;  // NOLINT(*-owning-memory): as above
  Task& task = new_task(*process);
  task.credentials = init().credentials;
  task.allowed = allowed;
  task.kernel_thread = kind;
  task.rename(name);
  task.cgroup = &root_;
  task.state = TaskState::sleeping;
  task.cpu = cpu;
  process->leader = &task;
  process->threads.push_back(task);
  tasks_.number(task, tasks_.first_namespace());
  if (Task* kthreadd = tasks_.find(2)) {
    process->parent = kthreadd->process;
    kthreadd->process->children.push_back(*process);
  }
  tasks_.list(task);
  root_.tasks.push_back(task);
  return task;
}

// kthreadd and what it makes keep off nohz_full= CPUs (kthreadd()).
void System::make_kernel_threads() {
  CpuSet housekeeping = possible() - setup_.machine.nohz_full();
  if (!housekeeping.intersects(active_)) housekeeping = possible();
  make_kernel_thread("kthreadd", masks_.get(housekeeping), KernelThread::unbound,
                     (housekeeping & active_).first()->value());
  if (!setup_.bound_kernel_threads) return;
  for (const CpuId cpu : online_) {
    const Mask own = masks_.get({cpu});
    for (const char* name : {"cpuhp/", "migration/", "ksoftirqd/"}) {
      make_kernel_thread(name + std::to_string(cpu.value()), own, KernelThread::bound, cpu.value());
    }
  }
}

System::~System() {
  std::vector<Process*> processes;
  for (Task* task : unborn_) {
    if (task->process->leader == task) delete task->process;  // NOLINT(*-owning-memory)
    delete task;                                              // NOLINT(*-owning-memory)
  }
  tasks_.for_each([&](Task& task) {
    if (task.process->leader == &task) processes.push_back(task.process);
  });
  for (Process* process : processes) {
    while (Task* task = process->threads.front()) {
      process->threads.remove(*task);
      delete task;  // NOLINT(*-owning-memory)
    }
    delete process;  // NOLINT(*-owning-memory)
  }
}

Task* System::find(const Task& caller, pid_t number) const {
  if (number != 0) return tasks_.find(number, *caller.pid_namespace);
  return const_cast<Task*>(
      &caller);  // NOLINT(*-const-cast): tasks are ours, who asks may only read
}

// kthreadd and its children.
Task* System::kernel_thread(std::string_view name) const {
  Task* const kthreadd = tasks_.find(2);
  if (name == kthreadd->name()) return kthreadd;
  for (const Process& process : kthreadd->process->children) {
    if (name == process.leader->comm.data()) return process.leader;
  }
  return nullptr;
}

unsigned System::node_of(CpuId cpu) const {
  const auto nodes = setup_.machine.objects(Level::node);
  const std::size_t index = cpu.value() < node_of_.size() ? node_of_[cpu.value()] : 0;
  return index < nodes.size() ? nodes[index].id.value_or(static_cast<unsigned>(index)) : 0;
}

CpuSet System::isolated() const {
  CpuSet isolated = isolated_at_boot();
  for_each_below(root_, [&](const Cgroup& cgroup) {
    if (cgroup.kind != PartitionKind::isolated || !cgroup.valid) return;
    isolated |= cgroup.effective | (cgroup.effective_exclusive - active_);
  });
  return isolated;
}

SystemCpus System::cpus() const {
  return {.possible = possible(),
          .present = present(),
          .online = online_,
          .isolated = isolated(),
          .nohz_full = setup_.machine.nohz_full(),
          .aarch32 = setup_.machine.limits().cpus.aarch32,
          .isolcpus = isolated_at_boot()};
}

}  // namespace pinfold::model

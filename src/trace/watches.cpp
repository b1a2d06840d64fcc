#include "trace/watches.h"

namespace pinfold::trace {
namespace {

template <class Watch>
std::optional<Watch> take(Result<Watch> opened, Leg missing, std::vector<Leg>& legs) {
  if (opened) {
    legs.push_back(opened->leg());
    return std::move(*opened);
  }
  missing.reason = message(opened.error());
  legs.push_back(std::move(missing));
  return std::nullopt;
}

}  // namespace

Watches::Watches(Kernel& kernel) : kernel_(kernel) {
  cgroups_ =
      take(CgroupWatch::open(kernel),
           {.name = "cpuset writes", .blind = "who changes cpusets, and moves tasks"}, legs_);
  hotplug_ = take(HotplugWatch::open(),
                  {.name = "hotplug", .blind = "CPUs that go and come between two looks"}, legs_);
  if (const auto cpus = kernel.cpus()) online_ = cpus->online;
}

std::vector<int> Watches::descriptors() const {
  std::vector<int> descriptors;
  if (cgroups_) descriptors.push_back(cgroups_->descriptor());
  if (hotplug_) descriptors.push_back(hotplug_->descriptor());
  return descriptors;
}

Happened Watches::read(Online online) {
  Happened happened;
  if (cgroups_) {
    CgroupWrites told = cgroups_->read();
    happened.missed = told.missed;
    for (CgroupWrite& write : told.writes)
      happened.triggers.push_back(trigger_of(std::move(write)));
  }
  if (hotplug_) read_hotplug(happened);
  if (online == Online::asked) ask_online(happened);
  happened.online = online_;
  return happened;
}

void Watches::read_hotplug(Happened& happened) {
  const CpuChanges told = hotplug_->read();
  if (told.missed) happened.missed = true;
  for (const CpuChange& change : told.changes)
    add(change, happened);
}

void Watches::ask_online(Happened& happened) {
  const auto cpus = kernel_.cpus();
  if (!cpus) return;
  const Time now = std::chrono::system_clock::now();
  for (const CpuChange& change : compare_online(online_, cpus->online, now))
    add(change, happened);
}

void Watches::add(const CpuChange& change, Happened& happened) {
  if (online_.contains(change.cpu) == change.online) return;  // it was found by asking
  happened.triggers.push_back(trigger_of(change));
  if (change.online) {
    online_.add(change.cpu);
  } else {
    online_.remove(change.cpu);
  }
}

}  // namespace pinfold::trace

#include "place/lookup.h"

#include <algorithm>
#include <limits>

#include <pinfold/cpu_list.h>

#include "base/try.h"
#include "cpuset/cpu_list_item.h"

namespace pinfold {
namespace {

constexpr std::size_t nobody = std::numeric_limits<std::size_t>::max();

std::unexpected<Error> missing(const Step& step, std::string reason) {
  return fail(
      {.kind = ErrorKind::no_such_object, .reason = std::move(reason), .column = step.column});
}

// "core:0-7", "node:0": all that there are.
std::string row_text(std::string_view name, std::size_t count) {
  return std::string(name) + ":0" + (count > 1 ? '-' + std::to_string(count - 1) : "");
}

// Every PU but the first of its core.
CpuSet siblings(const Machine& machine) {
  CpuSet siblings = machine.online();
  for (const Object& core : machine.objects(Level::core))
    siblings.remove(*core.cpus.first());
  return siblings;
}

}  // namespace

Result<CpuSet> Lookup::path(const std::vector<Step>& steps) {
  TRY(Groups groups, first(steps.front()));
  for (std::size_t i = 1; i < steps.size(); ++i) {
    TRY(groups, inside(groups, steps[i]));
  }
  CpuSet cpus;
  for (const CpuSet& group : groups)
    cpus |= group;
  return cpus;
}

Result<CpuSet> Lookup::numbers(const Step& step) const {
  CpuSet cpus;
  const auto& item = std::get<Step::Numbers>(step.what).item;
  if (auto read = add_cpu_list_item(item, limits_.cpus.possible.last(), cpus); !read) {
    Error error = std::move(read).error();
    error.column += step.column;
    return fail(std::move(error));
  }
  return cpus;
}

Result<Groups> Lookup::first(const Step& step) { return inside({machine_.online()}, step); }

Result<Groups> Lookup::inside(const Groups& groups, const Step& step) {
  Groups found;
  const auto append = [&](Groups more) { std::ranges::move(more, std::back_inserter(found)); };
  const bool is_row = std::holds_alternative<Step::Objects>(step.what) ||
                      std::holds_alternative<Step::Pus>(step.what) ||
                      std::holds_alternative<Step::Kinds>(step.what);
  if (!is_row) {
    TRY(const CpuSet cpus, set_of(step));
    for (const CpuSet& group : groups)
      found.push_back(group & cpus);
    return found;
  }
  for (const CpuSet& group : groups) {
    if (const auto* objects = std::get_if<Step::Objects>(&step.what)) {
      TRY(Groups more, objects_in(group, step, *objects));
      append(std::move(more));
    } else if (const auto* pus = std::get_if<Step::Pus>(&step.what)) {
      TRY(Groups more, pus_in(group, step, pus->index));
      append(std::move(more));
    } else {
      TRY(Groups more, kinds_in(group, step, std::get<Step::Kinds>(step.what).index));
      append(std::move(more));
    }
  }
  return found;
}

Result<CpuSet> Lookup::set_of(const Step& step) {
  if (step.is_numbers()) return numbers(step);
  if (const auto* named = std::get_if<Step::Word>(&step.what)) return word(step, *named);
  if (const auto* near = std::get_if<Step::Near>(&step.what)) {
    auto cpus = machine_.near(near->device);
    if (!cpus) return missing(step, cpus.error().reason);
    return cpus;
  }
  const Pid pid = std::get<Step::Task>(step.what).pid;
  if (!kernel_) return missing(step, "the processes of this system are not on another machine");
  auto effective = kernel_->effective(pid.leader());
  if (effective) return effective;
  return missing(step, "process " + std::to_string(pid.value()) + " does not exist");
}

Result<CpuSet> Lookup::word(const Step& step, Step::Word word) const {
  const SystemCpus& cpus = limits_.cpus;
  switch (word) {
    case Step::Word::all:
    case Step::Word::online:
      return cpus.online;
    case Step::Word::allowed:
      return limits_.usable();
    case Step::Word::isolated:
      return cpus.isolated & cpus.online;
    case Step::Word::nohz:
      return cpus.nohz_full & cpus.online;
    case Step::Word::housekeeping:
      return limits_.usable() - cpus.isolated - cpus.nohz_full;
    case Step::Word::smt:
      return siblings(machine_);
    case Step::Word::performance:
    case Step::Word::efficiency:
      break;
  }
  const auto kinds = machine_.kinds();
  if (kinds.size() < 2) {
    return missing(step, "this machine has CPUs of one kind only: P and E mean nothing here");
  }
  return word == Step::Word::performance ? kinds.back().cpus : kinds.front().cpus;
}

// Which of the objects in the row the index means.
Result<Groups> Lookup::pick(Groups row, const Step& step, std::string_view name,
                            const Index& index) const {
  if (row.empty()) {
    return missing(step,
                   "there is no " + std::string(name) + " here, or the machine does not tell");
  }
  CpuSet numbers = index.numbers;
  const CpuId last(static_cast<unsigned>(row.size() - 1));
  if (const CpuSet beyond = numbers - CpuSet::range(CpuId(0), last); !beyond.empty()) {
    const bool several = beyond.count() > 1;
    return missing(step, std::string(name) + ':' + to_cpu_list(beyond) +
                             (several ? " do" : " does") + " not exist: here " +
                             (row.size() > 1 ? "are " : "is ") + row_text(name, row.size()));
  }
  if (index.all) numbers = CpuSet::range(CpuId(0), last);
  if (index.even) numbers |= CpuSet::range(CpuId(0), last, 2);
  if (index.odd) numbers |= CpuSet::range(CpuId(1), last, 2);
  if (index.last) numbers.add(last);
  Groups picked;
  for (const CpuId number : numbers) {
    CpuSet& cpus = row[number.value()];
    if (cpus.empty() && index.numbers.contains(number)) {
      return missing(step, std::string(name) + ':' + std::to_string(number.value()) +
                               " has no CPU that is online");
    }
    picked.push_back(std::move(cpus));
  }
  return picked;
}

Result<Groups> Lookup::objects_in(const CpuSet& group, const Step& step,
                                  const Step::Objects& wanted) {
  const auto objects = machine_.objects(wanted.level);
  Groups row;
  if (group == machine_.online()) {
    for (const Object& object : objects)
      row.push_back(object.cpus);
    return pick(std::move(row), step, name(wanted.level), wanted.index);
  }
  const Membership& object = membership(wanted.level);
  std::vector<std::size_t> indices;
  for (const CpuId cpu : group) {
    const std::size_t index = object.of(cpu);
    if (index != object.none() && (indices.empty() || indices.back() != index)) {
      indices.push_back(index);
    }
  }
  std::ranges::sort(indices);
  indices.erase(std::ranges::unique(indices).begin(), indices.end());
  for (const std::size_t index : indices)
    row.push_back(objects[index].cpus & group);
  return pick(std::move(row), step, name(wanted.level), wanted.index);
}

Result<Groups> Lookup::pus_in(const CpuSet& group, const Step& step, const Index& index) {
  const std::vector<std::size_t>& position = positions();
  std::vector<CpuId> cpus;
  for (const CpuId cpu : group) {
    if (cpu.value() < position.size() && position[cpu.value()] != nobody) cpus.push_back(cpu);
  }
  std::ranges::sort(cpus, {}, [&](CpuId cpu) { return position[cpu.value()]; });
  Groups row;
  for (const CpuId cpu : cpus)
    row.push_back({cpu});
  return pick(std::move(row), step, "pu", index);
}

Result<Groups> Lookup::kinds_in(const CpuSet& group, const Step& step, const Index& index) const {
  Groups row;
  for (const CpuKind& kind : machine_.kinds())
    row.push_back(kind.cpus & group);
  return pick(std::move(row), step, "kind", index);
}

const Membership& Lookup::membership(Level level) {
  return memberships_.try_emplace(level, machine_.objects(level)).first->second;
}

const std::vector<std::size_t>& Lookup::positions() {
  if (!positions_.empty()) return positions_;
  const auto order = machine_.cpus();
  for (std::size_t i = 0; i < order.size(); ++i) {
    const unsigned cpu = order[i].value();
    if (cpu >= positions_.size()) positions_.resize(cpu + 1, nobody);
    positions_[cpu] = i;
  }
  return positions_;
}

}  // namespace pinfold

#include "topo/notes.h"

#include <algorithm>

#include "topo/colours.h"
#include "topo/legend.h"
#include "topo/names.h"
#include "topo/text.h"

namespace pinfold::tool {
namespace {

std::string cpu_fill(const Machine& machine) {
  return machine.kinds().size() > 1 ? std::string(paper) : kind_colour(0, 1);
}

Swatch swatch_of(const Machine& machine, const LegendEntry& entry) {
  if (entry.kind) return {.fill = kind_colour(*entry.kind, machine.kinds().size())};
  if (entry.sign.empty()) return {.fill = std::string(paper), .hatch = hatch('-'), .dashes = "3 2"};
  const char sign = entry.sign.front();
  return {.fill = sign == '!' ? std::string(forbidden_fill) : cpu_fill(machine),
          .hatch = hatch(sign)};
}

Note note_of(const Machine& machine, const LegendEntry& entry) {
  std::string name = entry.name;
  if (entry.kind && !entry.sign.empty()) name = entry.sign + ", " + name;
  std::string text = entry.note;
  if (!entry.cgroup.empty()) text = "by cgroup " + entry.cgroup;
  return {.swatch = swatch_of(machine, entry), .name = name, .list = entry.list, .text = text};
}

NoteBlock notes_on_cpus(const Pictured& pictured) {
  const auto& [machine, tree, cpus, scale, tasks] = pictured;
  NoteBlock block{.heading = "CPUs"};
  for (const LegendEntry& entry : legend_entries(machine, cpus))
    block.notes.push_back(note_of(machine, entry));
  return block;
}

NoteBlock notes_on_cores(const Pictured& pictured) {
  const auto& [machine, tree, cpus, scale, tasks] = pictured;
  NoteBlock block{.heading = "Cores"};
  if (!tree.own.empty() && !scale.names_cores)
    block.notes.push_back({.name = own_of_cores(machine, tree).str(false)});
  if (scale.number_size == 0) block.notes.push_back({.name = "CPUs close together are one core"});
  return block;
}

NoteBlock notes_on_crossing(const Pictured& pictured) {
  NoteBlock block{.heading = "Across other boxes"};
  for (const Branch& branch : pictured.tree.crossing) {
    const auto [level, index] = branch.objects.front();
    block.notes.push_back({.name = object_name(level, index, index),
                           .list = short_list(*branch.cpus),
                           .text = object_detail(pictured.machine, level, index, index)});
  }
  return block;
}

bool occurs(const std::vector<Branch>& branches, Level level) {
  return std::ranges::any_of(branches, [&](const Branch& branch) {
    return std::ranges::find(branch.objects, level, &ObjectName::level) != branch.objects.end() ||
           occurs(branch.children, level);
  });
}

// What is too small for a name in the picture.
NoteBlock notes_on_boxes(const Pictured& pictured) {
  const auto& [machine, tree, cpus, scale, tasks] = pictured;
  NoteBlock block{.heading = "Boxes"};
  for (const Level level :
       {Level::package, Level::node, Level::die, Level::l3, Level::cluster, Level::l2}) {
    const auto objects = machine.objects(level);
    const bool small = std::ranges::any_of(objects, [&](const Object& object) {
      return !object.cpus.empty() && object.cpus.count() < scale.titled_at;
    });
    if (!small || !occurs(tree.branches, level)) continue;
    const Paint& frame = box_colours(level).frame;
    block.notes.push_back({.swatch = Swatch{.fill = std::string(frame.fill),
                                            .stroke = frame.stroke,
                                            .dashes = frame.dashes},
                           .name = object_name(level, 0, objects.size() - 1),
                           .text = object_detail(machine, level, 0, objects.size() - 1)});
  }
  return block;
}

NoteBlock notes_on_tasks(const std::vector<ColouredTasks>& tasks) {
  NoteBlock block{.heading = "Pinned tasks"};
  CpuSet others;
  std::size_t count = 0;
  std::size_t threads = 0;
  for (const ColouredTasks& one : tasks) {
    if (one.colour.empty()) {
      others |= one.cpus;
      ++count;
      threads += one.threads;
      continue;
    }
    block.notes.push_back({.swatch = Swatch{.fill = std::string(one.colour)},
                           .name = tasks_name(one),
                           .list = short_list(one.cpus),
                           .text = count_text(one.threads, "thread", "threads")});
  }
  if (count > 0) {
    block.notes.push_back({.swatch = Swatch{.fill = std::string(other_tasks_colour)},
                           .name = count_text(count, "other", "others"),
                           .list = short_list(others),
                           .text = count_text(threads, "thread", "threads")});
  }
  if (tasks.empty())
    block.notes.push_back({.name = "none: all may run wherever their cpuset lets them"});
  return block;
}

NoteBlock notes_on_distances(const Machine& machine) {
  NoteBlock block{.heading = "Distances between NUMA nodes"};
  const DistanceForm form = distance_form(machine);
  if (form == DistanceForm::words) {
    for (const std::string& words : distance_words(machine))
      block.notes.push_back({.name = words});
  }
  if (form != DistanceForm::matrix) return block;
  const std::size_t count = machine.objects(Level::node).size();
  block.matrix.emplace_back(1);
  for (std::size_t to = 0; to < count; ++to)
    block.matrix.front().push_back(std::to_string(to));
  for (std::size_t from = 0; from < count; ++from) {
    std::vector<std::string> row = {object_name(Level::node, from, from)};
    for (std::size_t to = 0; to < count; ++to) {
      const auto distance = machine.distance(from, to);
      row.push_back(distance ? std::to_string(*distance) : "-");
    }
    block.matrix.push_back(std::move(row));
  }
  return block;
}

}  // namespace

std::vector<NoteBlock> notes_on(const Pictured& pictured) {
  std::vector<NoteBlock> blocks = {notes_on_boxes(pictured), notes_on_crossing(pictured),
                                   notes_on_cores(pictured), notes_on_cpus(pictured)};
  if (pictured.tasks) blocks.push_back(notes_on_tasks(*pictured.tasks));
  blocks.push_back(notes_on_distances(pictured.machine));
  std::erase_if(blocks,
                [](const NoteBlock& block) { return block.notes.empty() && block.matrix.empty(); });
  return blocks;
}

}  // namespace pinfold::tool

#include "document/growth.h"

#include <algorithm>
#include <initializer_list>

#include "document/numbers.h"

namespace pinfold::bench {
namespace {

enum class Side {
  ours,
  theirs
};

struct CurveSource {
  const char* label;
  const char* rows;  // their name, with '#' for the size
  Side side = Side::ours;
};

struct PanelSource {
  const char* title;
  const char* x_name;
  std::vector<CurveSource> curves;
};

struct PictureSource {
  const char* file;
  const char* title;
  const char* text;
  std::vector<PanelSource> panels;
};

// Both sides of rows that compare.
PanelSource both(const char* title, const char* x_name, const char* rows, const char* peer) {
  return {title, x_name, {{"Pinfold", rows}, {peer, rows, Side::theirs}}};
}

const std::vector<PictureSource>& sources() {
  static const std::vector<PictureSource> all = {
      {"growth-cpuset.svg",
       "Sets of CPUs, and lists",
       "An operation on sets in which about every second CPU is, and what it takes to read a list "
       "of such a set, next to hwloc's bitmaps; the last panel has one CPU of 32.",
       {both("and", "CPUs", "and: # CPUs, dense / hwloc_bitmap_and", "hwloc"),
        both("or", "CPUs", "or: # CPUs, dense / hwloc_bitmap_or", "hwloc"),
        both("and not", "CPUs", "andnot: # CPUs, dense / hwloc_bitmap_andnot", "hwloc"),
        both("count", "CPUs", "count: # CPUs / hwloc_bitmap_weight", "hwloc"),
        both("list to set, dense", "CPUs", "list: # CPUs, dense / hwloc_bitmap_list_sscanf",
             "hwloc"),
        both("list to set, sparse", "CPUs", "list: # CPUs, sparse / hwloc_bitmap_list_sscanf",
             "hwloc")}},
      {"growth-threads.svg",
       "All threads of a process, and all threads there are",
       "A process whose threads sleep is set, and the masks of all threads of this machine are "
       "read, with such a process on it.",
       {{"set the mask of each thread",
         "threads",
         {{"pinfold set", "set: # quiet threads / taskset -ap"},
          {"taskset -ap", "set: # quiet threads / taskset -ap", Side::theirs},
          {"pin(Pid)", "pin(Pid): # quiet threads / taskset -ap"}}},
        {"read the mask of each thread",
         "threads",
         {{"listing", "list: every mask, # threads / /proc/*/task/*/status"},
          {"status files", "list: every mask, # threads / /proc/*/task/*/status", Side::theirs},
          {"task iterator",
           "snapshot: every mask and request, # threads / /proc/*/task/*/status"}}}}},
      {"growth-machine.svg",
       "Reading a machine, and naming its CPUs",
       "A machine is read from a copy of its /sys, or from a description; a place is resolved on a "
       "machine that is read already.",
       {{"from /sys",
         "CPUs",
         {{"Pinfold", "machine: /sys of # CPUs / hwloc"},
          {"hwloc", "machine: /sys of # CPUs / hwloc", Side::theirs},
          {"one level", "machine: /sys of # CPUs, for l3:0"}}},
        both("from a description", "CPUs", "machine: description of # CPUs / hwloc", "hwloc"),
        {"a place",
         "CPUs",
         {{"all,~smt", "place: # CPUs, all,~smt"},
          {"node:0,~smt", "place: # CPUs, node:0,~smt"},
          {"0-3", "place: # CPUs, 0-3"}}}}},
      {"growth-model.svg",
       "The modelled kernel",
       "There is no peer. By tasks: any of so many tasks in turn, on 4,096 CPUs, each of which has "
       "a mask of its own.",
       {{"by CPUs",
         "CPUs",
         {{"set and get", "model: set and get, # CPUs"},
          {"fork and exit", "model: fork, exit and reap, # CPUs"}}},
        {"by tasks",
         "tasks",
         {{"set and get", "model: set and get of any of # tasks, 4,096 CPUs"},
          {"fork and exit", "model: fork, exit and reap beside # tasks, 4,096 CPUs"}}},
        {"memory", "tasks", {{"in all", "model: memory of # tasks, 4,096 CPUs"}}}}},
      {"growth-sim.svg",
       "Starting a program in a simulated machine",
       "The first time, a machine's files are made; later starts find them.",
       {{"pinfold sim -- true",
         "CPUs",
         {{"again", "sim: start, # CPUs, again"}, {"first", "sim: start, # CPUs, first"}}}}}};
  return all;
}

// A panel has one unit: nanoseconds for times.
struct Amount {
  double number;
  std::string unit;
};

Amount amount(const Line& line, Side side) {
  const double number = side == Side::ours ? line.measured.ours : line.measured.theirs;
  if (const auto nanoseconds = nanoseconds_in(line.unit)) return {number * *nanoseconds, "ns"};
  return {number, line.unit};
}

Panel panel_of(const PanelSource& source, const Results& results) {
  Panel panel{.title = source.title, .x_name = source.x_name};
  for (const CurveSource& from : source.curves) {
    Curve curve{.label = from.label, .is_peer = from.side == Side::theirs};
    for (const Line& line : results.lines) {
      const auto size = size_in(line.name, from.rows);
      const auto [number, unit] = amount(line, from.side);
      // A logarithmic axis has no place for nothing.
      if (!size || *size == 0 || number <= 0) continue;
      panel.unit = unit;
      curve.points.push_back({.x = static_cast<double>(*size), .y = number});
    }
    std::ranges::sort(curve.points, {}, &Point::x);
    if (!curve.points.empty()) panel.curves.push_back(std::move(curve));
  }
  return panel;
}

}  // namespace

std::vector<GrowthPicture> growth_pictures(const Results& results) {
  std::vector<GrowthPicture> pictures;
  for (const PictureSource& source : sources()) {
    GrowthPicture picture{.file = source.file,
                          .text = source.text,
                          .chart = {.title = source.title, .description = source.text}};
    for (const PanelSource& from : source.panels) {
      Panel panel = panel_of(from, results);
      if (!panel.curves.empty()) picture.chart.panels.push_back(std::move(panel));
    }
    if (!picture.chart.panels.empty()) pictures.push_back(std::move(picture));
  }
  return pictures;
}

}  // namespace pinfold::bench

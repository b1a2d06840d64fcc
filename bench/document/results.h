// What a run of the benchmarks has found, and where.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "measure.h"

namespace pinfold::bench {

/// What stands for a row's ratio.
enum class Stands {
  ratio,  ///< ours to theirs
  added,  ///< what ours takes longer than theirs, in the row's unit
  alone   ///< our time or count, in the row's unit: there is no peer, and theirs is 0
};

/// A row that was measured. Its times are in its unit.
struct Line {
  std::string name;
  Stands stands = Stands::ratio;
  Measured measured;
  std::optional<double> reach;  ///< what the ratio should not exceed; none: for information
  std::string unit;

  [[nodiscard]] bool is_reached() const { return !reach || measured.ratio <= *reach; }
};

/// A row that could not be measured.
struct Skipped {
  std::string name;
  std::string reason;
};

/// Where and when it was. What is not known is empty.
struct Conditions {
  std::string date;     ///< "2026-11-28", in UTC
  std::string commit;   ///< "23487cf", with "-dirty" where files had changed
  std::string machine;  ///< "Intel(R) Xeon(R) Processor, 2 CPUs, 24 GB"
  bool is_virtual = false;
  bool is_root = false;
  std::string kernel;    ///< "Linux 6.18.5 x86_64"
  std::string compiler;  ///< "GCC 14.2.0"
  std::string peers;     ///< "hwloc 2.12.0, taskset from util-linux 2.41"
  std::string filter;    ///< only rows whose name contains it were measured
  std::string rounds;    ///< where it is not each row's own number: "a tenth", "9"
  double load = 0;       ///< tasks that wanted to run before, on the average of a minute
  double stolen = 0;     ///< percent of the CPUs' time that the host took away meanwhile
};

struct Run {
  Conditions conditions;
  std::vector<Line> lines;
  std::vector<Skipped> skipped;
};

/// Several runs as one.
struct Results {
  struct Source {
    Conditions conditions;
    std::size_t rows = 0;  ///< how many of the lines are from it
  };
  std::vector<Source> sources;
  std::vector<Line> lines;
  std::vector<Skipped> skipped;
};

/// A row of a later run takes the place of one with its name. Skipped is what no run has measured.
Results merge(std::span<const Run> runs);

}  // namespace pinfold::bench

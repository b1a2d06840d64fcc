// CpuSet against hwloc's bitmaps.

#include <hwloc.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include <pinfold/cpu_list.h>
#include <pinfold/cpu_set.h>

#include "command.h"
#include "document/numbers.h"
#include "groups.h"

namespace pinfold::bench {
namespace {

constexpr unsigned sizes[] = {64, 256, 1'024, 4'096, 8'192};
constexpr Method method = {
    .rounds = 301, .warm_up = 10, .round_time = std::chrono::microseconds(200)};

struct FreeBitmap {
  void operator()(hwloc_bitmap_t bitmap) const { hwloc_bitmap_free(bitmap); }
};
using Bitmap = std::unique_ptr<hwloc_bitmap_s, FreeBitmap>;

// One set in both forms.
struct Both {
  explicit Both(const CpuSet& cpus) : ours(cpus), theirs(hwloc_bitmap_alloc()) {
    for (const CpuId cpu : cpus)
      hwloc_bitmap_set(theirs.get(), cpu.value());
  }
  CpuSet ours;
  Bitmap theirs;
};

enum class Density {
  dense,
  sparse
};

const char* name(Density density) { return density == Density::dense ? "dense" : "sparse"; }

// Its highest CPU is given, so that the sets of one row have one length and keep it.
CpuSet random_set(unsigned cpus, Density density, CpuId highest, std::mt19937& random) {
  const unsigned one_in = density == Density::dense ? 2 : 32;
  CpuSet set = {highest};
  for (unsigned cpu = 0; cpu + 2 < cpus; ++cpu) {
    if (random() % one_in == 0) set.add(CpuId(cpu));
  }
  return set;
}

// Several pairs in turn: one alone would suit the branch prediction too well.
struct Pairs {
  static constexpr std::size_t number = 8;

  Pairs(unsigned cpus, Density density, bool same_highest) {
    std::mt19937 random(cpus);
    for (std::size_t i = 0; i < number; ++i) {
      left.emplace_back(random_set(cpus, density, CpuId(cpus - 1), random));
      right.emplace_back(
          random_set(cpus, density, CpuId(same_highest ? cpus - 1 : cpus - 2), random));
    }
  }
  std::vector<Both> left;
  std::vector<Both> right;
};

template <class Ours, class Theirs>
void algebra(Report& report, const char* operation, bool same_highest, const Ours& ours,
             const Theirs& theirs) {
  for (const Density density : {Density::dense, Density::sparse}) {
    for (const unsigned cpus : sizes) {
      Pairs pairs(cpus, density, same_highest);
      const auto each = [&](const auto& work) {
        return [&](std::size_t times) {
          for (std::size_t i = 0; i < times; ++i) {
            Both& left = pairs.left[i % Pairs::number];
            work(left, pairs.right[i % Pairs::number]);
            touch(left);
          }
          return true;
        };
      };
      report.compare({std::string(operation) + ": " + with_commas(cpus) + " CPUs, " +
                          name(density) + " / hwloc_bitmap_" + operation,
                      cpus <= 1'024 ? 0.5 : 0.667, each(ours), each(theirs), method});
    }
  }
}

void count(Report& report) {
  for (const unsigned cpus : sizes) {
    const Pairs pairs(cpus, Density::dense, true);
    const auto each = [&](const auto& work) {
      return [&](std::size_t times) {
        for (std::size_t i = 0; i < times; ++i) {
          auto number = work(pairs.left[i % Pairs::number]);
          touch(number);
        }
        return true;
      };
    };
    report.compare({"count: " + with_commas(cpus) + " CPUs / hwloc_bitmap_weight", 1.0,
                    each([](const Both& set) { return set.ours.count(); }),
                    each([](const Both& set) { return hwloc_bitmap_weight(set.theirs.get()); }),
                    method});
  }
}

void parsing(Report& report) {
  for (const unsigned cpus : sizes) {
    for (const Density density : {Density::dense, Density::sparse}) {
      std::mt19937 random(cpus);
      const std::string list = to_cpu_list(random_set(cpus, density, CpuId(cpus - 1), random));
      const Bitmap bitmap(hwloc_bitmap_alloc());
      report.compare(
          {"list: " + with_commas(cpus) + " CPUs, " + name(density) + " / hwloc_bitmap_list_sscanf",
           0.4,
           [&](std::size_t times) {
             while (times-- > 0) {
               auto set = parse_cpu_list(list);
               touch(set);
               if (!set) return false;
             }
             return true;
           },
           [&](std::size_t times) {
             while (times-- > 0) {
               if (hwloc_bitmap_list_sscanf(bitmap.get(), list.c_str()) != 0) return false;
             }
             return true;
           },
           method});
    }
  }
  const std::string whole = "0-1023";
  const Bitmap bitmap(hwloc_bitmap_alloc());
  report.compare({"list: 0-1023 / hwloc_bitmap_list_sscanf", 0.4,
                  [&](std::size_t times) {
                    while (times-- > 0) {
                      auto set = parse_cpu_list(whole);
                      touch(set);
                    }
                    return true;
                  },
                  [&](std::size_t times) {
                    while (times-- > 0)
                      hwloc_bitmap_list_sscanf(bitmap.get(), whole.c_str());
                    return true;
                  },
                  method});
}

}  // namespace

void measure_cpuset(Report& report) {
  algebra(
      report, "and", true, [](Both& a, const Both& b) { a.ours &= b.ours; },
      [](Both& a, const Both& b) {
        hwloc_bitmap_and(a.theirs.get(), a.theirs.get(), b.theirs.get());
      });
  algebra(
      report, "or", true, [](Both& a, const Both& b) { a.ours |= b.ours; },
      [](Both& a, const Both& b) {
        hwloc_bitmap_or(a.theirs.get(), a.theirs.get(), b.theirs.get());
      });
  algebra(
      report, "andnot", false, [](Both& a, const Both& b) { a.ours -= b.ours; },
      [](Both& a, const Both& b) {
        hwloc_bitmap_andnot(a.theirs.get(), a.theirs.get(), b.theirs.get());
      });
  count(report);
  parsing(report);
}

}  // namespace pinfold::bench

#include "document/sections.h"

#include <gtest/gtest.h>

namespace pinfold::bench {
namespace {

const char* section_of(const std::string& row) {
  for (const Section& section : sections()) {
    for (const char* pattern : section.rows) {
      if (is_named(row, pattern)) return section.title;
    }
  }
  return "";
}

TEST(BenchSections, RowsBelongToTheNumberThatTheyShow) {
  EXPECT_STREQ(section_of("set: 10,000 quiet threads / taskset -ap"),
               "Setting all threads of a process");
  EXPECT_STREQ(section_of("list: every mask, 10,000 threads / /proc/*/task/*/status"),
               "Reading every thread's mask");
  EXPECT_STREQ(section_of("list: 64 CPUs, dense / hwloc_bitmap_list_sscanf"), "Parsing lists");
  EXPECT_STREQ(section_of("machine: 2arm-2c.tar / hwloc"), "Loading a machine");
  EXPECT_STREQ(section_of("machine: /sys of 4,096 CPUs, no SMT / hwloc"),
               "A machine of 4,096 CPUs");
  EXPECT_STREQ(section_of("trace: sched_setaffinity on oneself, traced / not"),
               "Calls that are traced");
  EXPECT_STREQ(section_of("sim: start, 4,096 CPUs, again"), "Starting a simulated machine");
}

TEST(BenchSections, RowsForInformationBelongToNone) {
  EXPECT_STREQ(section_of("set: 10 quiet threads / taskset -ap"), "");
  EXPECT_STREQ(section_of("machine: host / hwloc without cpuid"), "");
  EXPECT_STREQ(section_of("machine: /sys of 64 CPUs / hwloc"), "");
  EXPECT_STREQ(section_of("sim: sched_getaffinity / raw"), "");
  EXPECT_STREQ(section_of("model: set and get, 1,024 CPUs"), "");
}

}  // namespace
}  // namespace pinfold::bench

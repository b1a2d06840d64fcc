#include "same_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "machine/limits.h"
#include "support/print.h"

namespace pinfold::test {
namespace {

std::vector<std::string> lists(std::span<const Object> objects) {
  std::vector<std::string> lists;
  for (const Object& object : objects)
    lists.push_back(to_cpu_list(object.cpus));
  return lists;
}

void expect_same_objects(const Machine& read, const Machine& machine, Level level) {
  const auto of_read = read.objects(level);
  const auto of_machine = machine.objects(level);
  ASSERT_EQ(lists(of_read), lists(of_machine)) << name(level);
  const bool sized = std::ranges::any_of(of_machine, [](const auto& o) { return o.size != 0; });
  for (std::size_t i = 0; i < of_read.size(); ++i) {
    // Only packages and nodes are read with their numbers.
    if (level == Level::package || level == Level::node) {
      EXPECT_EQ(of_read[i].id, of_machine[i].id) << name(level) << ' ' << i;
    }
    if (sized || level != Level::node) {
      EXPECT_EQ(of_read[i].size, of_machine[i].size >> 10U << 10U) << name(level) << ' ' << i;
    }
  }
}

void expect_same_kinds(const Machine& read, const Machine& machine) {
  const auto of_read = read.kinds();
  const auto of_machine = machine.kinds();
  ASSERT_EQ(of_read.size(), of_machine.size());
  for (std::size_t i = 0; i < of_read.size(); ++i) {
    EXPECT_EQ(of_read[i].cpus, of_machine[i].cpus);
    EXPECT_EQ(of_read[i].name, of_machine[i].name);
    EXPECT_EQ(of_read[i].capacity, of_machine[i].capacity);
  }
}

}  // namespace

void expect_same_machine(const Machine& read, const Machine& machine) {
  EXPECT_EQ(read.possible(), machine.possible());
  EXPECT_EQ(read.present(), machine.present());
  EXPECT_EQ(read.online(), machine.online());
  EXPECT_EQ(read.isolated(), machine.isolated());
  EXPECT_EQ(read.nohz_full(), machine.nohz_full());
  EXPECT_EQ(read.limits().cpus.aarch32, machine.limits().cpus.aarch32);
  EXPECT_THAT(read.cpus(), testing::ElementsAreArray(machine.cpus()));
  for (const Level level : {Level::package, Level::node, Level::die, Level::l3, Level::cluster,
                            Level::l2, Level::core, Level::l1d}) {
    if (level == Level::package && machine.objects(level).empty()) {
      EXPECT_EQ(lists(read.objects(level)), std::vector{to_cpu_list(machine.online())});
    } else {
      expect_same_objects(read, machine, level);
    }
  }
  expect_same_kinds(read, machine);
  const std::size_t nodes = machine.objects(Level::node).size();
  for (std::size_t from = 0; from < nodes; ++from) {
    for (std::size_t to = 0; to < nodes; ++to) {
      const auto distance = machine.distance(from, to);
      EXPECT_EQ(read.distance(from, to), distance.value_or(from == to ? 10 : 20));
    }
  }
}

}  // namespace pinfold::test

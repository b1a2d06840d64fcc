#include "measure/matrix_summary.h"

#include <gtest/gtest.h>

#include "support/make_machine.h"
#include "support/program.h"

namespace pinfold::measure {
namespace {

// Two packages with two L3 of two cores with two PUs: 7, 20, 60 and 140 ns.
Machine machine() { return test::make_machine().packages(2).l3s(2).cores(2).smt(2).build(); }

Matrix matrix_of(const Machine& machine) {
  Matrix matrix(in_order(machine, machine.online()));
  const Sharings sharings(machine);
  for (std::size_t b = 1; b < matrix.size(); ++b) {
    for (std::size_t a = 0; a < b; ++a) {
      switch (sharings.of(matrix.cpus()[a], matrix.cpus()[b])) {
        case Sharing::core:
          matrix.at(a, b).one_way_ns = spread_of({7});
          break;
        case Sharing::l3:
          matrix.at(a, b).one_way_ns = spread_of({20});
          break;
        case Sharing::node:
          matrix.at(a, b).one_way_ns = spread_of({60});
          break;
        case Sharing::machine:
          matrix.at(a, b).one_way_ns = spread_of({140});
          break;
        default:
          matrix.at(a, b).reason = "unexpected";
      }
    }
  }
  return matrix;
}

TEST(MatrixSummary, SaysWhatEachKindOfSharingComesTo) {
  const Machine one_node = machine();
  Matrix matrix = matrix_of(one_node);
  matrix.at(0, 1) = {.one_way_ns = {}, .reason = "busy"};
  const auto kinds = by_sharing(one_node, matrix);
  ASSERT_EQ(kinds.size(), 4U);
  EXPECT_EQ(kinds[0].sharing, Sharing::core);
  EXPECT_EQ(kinds[0].one_way_ns.median, 7);
  EXPECT_EQ(kinds[0].one_way_ns.count, 7U);
  EXPECT_EQ(kinds[0].unknown, 1U);
  EXPECT_EQ(kinds[1].sharing, Sharing::l3);
  EXPECT_EQ(kinds[1].one_way_ns.count, 16U);
  EXPECT_EQ(kinds[2].one_way_ns.most, 60);
  EXPECT_EQ(kinds[3].sharing, Sharing::machine);
  EXPECT_EQ(kinds[3].one_way_ns.median, 140);
}

TEST(MatrixSummary, SaysWhatLiesBetweenTheSmallestObjectsThatAreFewEnough) {
  const Machine one_node = machine();
  const Matrix matrix = matrix_of(one_node);
  const auto l3s = by_block(one_node, matrix, 4);
  ASSERT_TRUE(l3s.has_value());
  EXPECT_EQ(l3s->level, Level::l3);
  EXPECT_EQ(l3s->objects, (std::vector<std::size_t>{0, 1, 2, 3}));
  EXPECT_EQ(l3s->median_ns[0][0], 20);
  EXPECT_EQ(l3s->median_ns[0][1], 60);
  EXPECT_EQ(l3s->median_ns[2][0], 140);
  const auto packages = by_block(one_node, matrix, 3);
  ASSERT_TRUE(packages.has_value());
  EXPECT_EQ(packages->level, Level::package);
  EXPECT_EQ(packages->median_ns[0][1], 140);
  EXPECT_FALSE(by_block(one_node, matrix, 1).has_value());
}

}  // namespace
}  // namespace pinfold::measure

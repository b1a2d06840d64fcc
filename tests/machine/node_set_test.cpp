#include "machine/node_set.h"

#include <gtest/gtest.h>

namespace pinfold {
namespace {

TEST(NodeSetTest, HasTheAlgebraOfSets) {
  const NodeSet low = {0, 1};
  const NodeSet odd = {1, 3};
  EXPECT_EQ(low & odd, NodeSet{1});
  EXPECT_EQ(low - odd, NodeSet{0});
  EXPECT_TRUE(low.contains(NodeSet{0}));
  EXPECT_FALSE(low.contains(odd));
  EXPECT_EQ(odd.count(), 2U);
  EXPECT_TRUE((low - low).empty());
}

TEST(NodeSetTest, IsTheKernelsMask) {
  const NodeSet nodes = {0, 65, 1023};
  ASSERT_EQ(nodes.words().size(), 1024 / NodeSet::word_bits);
  EXPECT_EQ(nodes.words()[65 / NodeSet::word_bits], NodeSet::Word{1} << 65 % NodeSet::word_bits);
  EXPECT_EQ(NodeSet::from_words(nodes.words()), nodes);
}

TEST(NodeSetTest, ListsAreReadBackAsTheyAreWritten) {
  EXPECT_EQ(to_node_list({0, 1, 2, 7}), "0-2,7");
  EXPECT_EQ(to_node_list({}), "");
  EXPECT_EQ(parse_node_list("0-2,7").value(), (NodeSet{0, 1, 2, 7}));
  EXPECT_EQ(parse_node_list("7,0-1,1-2").value(), (NodeSet{0, 1, 2, 7}));
}

TEST(NodeSetTest, MistakesHaveAColumn) {
  const auto error = parse_node_list("0-1,x").error();
  EXPECT_EQ(error.reason, "not a node number");
  EXPECT_EQ(error.column, 4U);
  EXPECT_EQ(error.text, "0-1,x");
  EXPECT_FALSE(parse_node_list(""));
}

}  // namespace
}  // namespace pinfold

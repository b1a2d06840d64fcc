#include "pin/memory_wish.h"

#include <gtest/gtest.h>

#include <string>

namespace pinfold {
namespace {

void expect_wish(const char* text, MemoryMode mode, const std::optional<NodeSet>& nodes) {
  const auto wish = parse_memory_wish(text);
  ASSERT_TRUE(wish) << text;
  EXPECT_EQ(wish->mode, mode) << text;
  EXPECT_EQ(wish->nodes, nodes) << text;
}

TEST(MemoryWish, IsAPolicyWithItsNodes) {
  expect_wish("local", MemoryMode::local, std::nullopt);
  expect_wish("interleave", MemoryMode::interleave, std::nullopt);
  expect_wish("interleave:all", MemoryMode::interleave, std::nullopt);
  expect_wish("interleave:0,2", MemoryMode::interleave, NodeSet{0, 2});
  expect_wish("bind:1", MemoryMode::bind, NodeSet{1});
  expect_wish("bind:all", MemoryMode::bind, std::nullopt);
  expect_wish("bind:0-2,7", MemoryMode::bind, NodeSet{0, 1, 2, 7});
  expect_wish("preferred:3", MemoryMode::preferred, NodeSet{3});
  expect_wish("preferred:3,3", MemoryMode::preferred, NodeSet{3});
}

TEST(MemoryWish, SaysWhatIsWrongAndWhere) {
  const struct {
    const char* text;
    std::size_t column;
    const char* reason;
  } mistakes[] = {
      {"", 0, "a memory policy is missing: local, interleave, bind:NODES, preferred:NODE"},
      {":0", 0, "a memory policy is missing: local, interleave, bind:NODES, preferred:NODE"},
      {"bnd:0", 0, "unknown memory policy: did you mean bind?"},
      {"prefered:0", 0, "unknown memory policy: did you mean preferred?"},
      {"0", 0, "unknown memory policy: there are local, interleave, bind:NODES, preferred:NODE"},
      {"Bind:0", 0, "unknown memory policy: did you mean bind?"},
      {"bind", 4, "nodes are missing: bind:0-1"},
      {"preferred", 9, "a node is missing: preferred:0"},
      {"local:0", 5, "local takes no nodes: they are those on which the threads run"},
      {"bind:", 5, "a node number is missing"},
      {"bind:0,,1", 7, "a node number is missing"},
      {"bind:0,", 7, "a node number is missing"},
      {"bind:0-", 7, "a node number is missing"},
      {"bind:x", 5, "not a node number"},
      {"bind:-1", 5, "not a node number"},
      {"bind: 0", 5, "not a node number"},
      {"bind:all,1", 5, "not a node number"},
      {"bind:3-1", 7, "the range runs backwards"},
      {"bind:0x3", 6, "expected '-' or ',' after a node number"},
      {"bind:0-3:2", 8, "expected ',' after a range"},
      {"bind:1048576", 5, "the node number is too large"},
      {"bind:99999999999", 5, "the node number is too large"},
      {"preferred:0-1", 10, "preferred takes one node: bind and interleave take several"},
      {"preferred:all", 10, "preferred takes one node: bind and interleave take several"},
  };
  for (const auto& expected : mistakes) {
    const auto wish = parse_memory_wish(expected.text);
    ASSERT_FALSE(wish.has_value()) << expected.text;
    EXPECT_EQ(wish.error().kind, ErrorKind::syntax) << expected.text;
    EXPECT_EQ(wish.error().text, expected.text);
    EXPECT_EQ(wish.error().column, expected.column) << expected.text;
    EXPECT_EQ(wish.error().reason, expected.reason) << expected.text;
  }
}

}  // namespace
}  // namespace pinfold

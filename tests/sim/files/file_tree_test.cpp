#include "sim/files/file_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace pinfold::test {
using namespace sim;
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> names(const FileTree& tree, FileTree::FolderId folder) {
  std::vector<FileTree::Entry> entries;
  tree.list(folder, entries);
  std::vector<std::string> names;
  for (const FileTree::Entry& entry : entries)
    names.emplace_back(entry.name);
  return names;
}

TEST(FileTree, ListsNamesByTheirBytes) {
  FileTree tree;
  tree.add_file(FileTree::root, "cpu10", "");
  tree.add_file(FileTree::root, "cpu2", "");
  tree.add_folder(FileTree::root, "\xc3\xa9");
  tree.add_link(FileTree::root, "cpu", "elsewhere");
  tree.add_file(FileTree::root, "Z", "");
  EXPECT_THAT(names(tree, FileTree::root), ElementsAre("Z", "cpu", "cpu10", "cpu2", "\xc3\xa9"));
}

TEST(FileTree, KeepsEqualTextsOnce) {
  FileTree tree;
  const auto first = tree.content("1\n");
  const auto other = tree.content("2\n");
  EXPECT_EQ(tree.content(std::string("1\n")), first);
  EXPECT_NE(other, first);
  EXPECT_EQ(tree.content_count(), 2U);
  EXPECT_EQ(tree.text(other), "2\n");
}

TEST(FileTree, KeepsTextsOfAnySize) {
  FileTree tree;
  const std::string large(1U << 20U, 'x');
  const auto content = tree.content(large);
  const auto empty = tree.content("");
  for (int i = 0; i < 100000; ++i)
    tree.content(std::to_string(i));
  EXPECT_EQ(tree.text(content), large);
  EXPECT_EQ(tree.text(empty), "");
}

TEST(FileTree, KnowsWhereAFolderIs) {
  FileTree tree;
  const auto sys = tree.add_folder(FileTree::root, "sys");
  const auto devices = tree.add_folder(sys, "devices");
  EXPECT_EQ(tree.parent(devices), sys);
  EXPECT_EQ(tree.parent(FileTree::root), FileTree::root);
  EXPECT_THAT(names(tree, devices), IsEmpty());
}

}  // namespace
}  // namespace pinfold::test

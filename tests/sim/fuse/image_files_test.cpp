// An image as files, asked without a kernel.
#include "sim/fuse/image_files.h"

#include <gtest/gtest.h>

#include "sim/fuse/image_of.h"

namespace pinfold::test {
namespace {

using sim::Entry;
using sim::FileTree;
using sim::Node;
using sim::root_node;
using sim::Status;

class ImageFilesTest : public testing::Test {
 protected:
  static FileTree tree() {
    FileTree tree;
    tree.add_file(FileTree::root, "file", "some text\n");
    tree.add_file(FileTree::root, "long", std::string(10'000, 'x'));
    tree.add_link(FileTree::root, "link", "folder/inside");
    const auto folder = tree.add_folder(FileTree::root, "folder");
    tree.add_file(folder, "inside", "some text\n");
    tree.add_file(folder, "empty", "");
    return tree;
  }
  Node find(Node folder, std::string_view name) {
    Node found = 0;
    EXPECT_EQ(files_.find(folder, name, found), 0) << name;
    return found;
  }
  std::string read(Node node, std::uint64_t offset = 0, std::size_t length = 1U << 20U) {
    std::string text = "before ";
    EXPECT_EQ(files_.read(node, offset, length, 1, text), 0);
    return text.substr(7);
  }

  sim::ImageFiles files_ = image_of(tree());
};

TEST_F(ImageFilesTest, HaveWhatIsInTheImage) {
  const Node folder = find(root_node, "folder");
  EXPECT_EQ(read(find(root_node, "file")), "some text\n");
  EXPECT_EQ(read(find(folder, "inside")), "some text\n");
  EXPECT_EQ(read(find(folder, "empty")), "");
  EXPECT_EQ(read(find(root_node, "long"), 9'000), std::string(1'000, 'x'));
  EXPECT_EQ(read(find(root_node, "file"), 5, 4), "text");
  EXPECT_EQ(read(find(root_node, "file"), 10), "");
  EXPECT_EQ(read(find(root_node, "file"), ~0ULL), "");
  std::string target;
  EXPECT_EQ(files_.read_link(find(root_node, "link"), target), 0);
  EXPECT_EQ(target, "folder/inside");
  EXPECT_EQ(files_.read_link(folder, target), -EINVAL);
  Node found = 0;
  EXPECT_EQ(files_.find(root_node, "other", found), -ENOENT);
}

TEST_F(ImageFilesTest, ListAndDescribeIt) {
  std::vector<Entry> entries;
  ASSERT_EQ(files_.entries(root_node, entries), 0);
  ASSERT_EQ(entries.size(), 4U);
  for (const Entry& entry : entries) {
    EXPECT_EQ(find(root_node, entry.name), entry.node);
    Status status;
    ASSERT_EQ(files_.status(entry.node, status), 0);
    EXPECT_EQ((status.mode & S_IFMT) >> 12U, entry.type) << entry.name;  // IFTODT()
    if (entry.name == "long") {
      EXPECT_EQ(status.size, 10'000U);
    }
  }
  Status root;
  ASSERT_EQ(files_.status(root_node, root), 0);
  EXPECT_TRUE(S_ISDIR(root.mode));
}

TEST_F(ImageFilesTest, KnowNothingOfNodesThatAreNotInIt) {
  Status status;
  std::string text;
  std::vector<Entry> entries;
  Node found = 0;
  for (const Node node : {Node{0}, Node{1} << 40U, ~Node{0}}) {
    EXPECT_NE(files_.status(node, status), 0);
    EXPECT_NE(files_.read(node, 0, 10, 1, text), 0);
    EXPECT_EQ(files_.find(node, "file", found), -ENOENT);
    EXPECT_EQ(files_.entries(node, entries), 0);
  }
  EXPECT_TRUE(entries.empty());
}

}  // namespace
}  // namespace pinfold::test

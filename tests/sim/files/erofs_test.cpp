#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <set>

#include "shown.h"
#include "sim/files/erofs_image.h"
#include "sim/files/erofs_writer.h"
#include "sim/files/folder_writer.h"

namespace pinfold::test {
using namespace sim;
namespace {

using ::testing::ElementsAre;

std::string text_of(const ErofsImage& image, ErofsImage::NodeNumber node) {
  std::string text(image.status(node)->size + 1, '\0');
  text.resize(image.read(node, 0, text));
  return text;
}

std::vector<std::string> names_in(const ErofsImage& image, ErofsImage::NodeNumber folder) {
  std::vector<std::string> names;
  image.for_each_entry(folder, [&](const ErofsImage::Entry& entry) {
    names.emplace_back(entry.name);
    return true;
  });
  return names;
}

TEST(ErofsImage, HasTheFilesOfTheTree) {
  FileTree tree;
  const auto sys = tree.add_folder(FileTree::root, "sys");
  tree.add_file(sys, "online", "0-3\n");
  tree.add_file(sys, "empty", "");
  tree.add_link(sys, "subsystem", "../../bus");
  const ErofsImage image = image_of(tree);
  EXPECT_THAT(names_in(image, image.root()), ElementsAre(".", "..", "sys"));
  const auto folder = image.find_path("sys");
  ASSERT_TRUE(folder);
  EXPECT_THAT(names_in(image, *folder), ElementsAre(".", "..", "empty", "online", "subsystem"));
  EXPECT_EQ(image.status(*folder)->mode, S_IFDIR | 0755U);
  EXPECT_EQ(image.status(*folder)->links, 2U);
  EXPECT_EQ(image.status(image.root())->links, 3U);
  EXPECT_EQ(text_of(image, *image.find_path("sys/online")), "0-3\n");
  EXPECT_EQ(image.status(*image.find_path("sys/online"))->mode, S_IFREG | 0444U);
  EXPECT_EQ(text_of(image, *image.find_path("sys/empty")), "");
  std::array<char, 4096> buffer{};
  EXPECT_EQ(image.link_target(*image.find_path("sys/subsystem"), buffer), "../../bus");
  EXPECT_EQ(image.link_target(*folder, buffer), std::nullopt);
  EXPECT_EQ(image.find(*folder, "..")->node, image.root());
  EXPECT_EQ(image.find_path("sys/onlin"), std::nullopt);
  EXPECT_EQ(image.find_path("sys/online/x"), std::nullopt);
}

// Around the sizes at which the end of a file stands behind its inode, or does not.
TEST(ErofsImage, HasFilesOfAnySize) {
  FileTree tree;
  std::map<std::string, std::string> texts;
  for (const std::size_t size : {0U, 1U, 31U, 32U, 4000U, 4063U, 4064U, 4065U, 4095U, 4096U, 4097U,
                                 8160U, 8161U, 8192U, 100000U}) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i)
      text += static_cast<char>('a' + (size + i) % 23);
    const std::string name = "file" + std::to_string(size);
    tree.add_file(FileTree::root, name, text);
    texts[name] = text;
  }
  const ErofsImage image = image_of(tree);
  for (const auto& [name, text] : texts) {
    const auto node = image.find_path(name);
    ASSERT_TRUE(node) << name;
    EXPECT_EQ(text_of(image, *node), text) << name;
    std::array<char, 7> part{};
    for (const std::size_t offset : {std::size_t{0}, text.size() / 2, text.size()}) {
      const std::size_t length = image.read(*node, offset, part);
      EXPECT_EQ(std::string_view(part.data(), length), text.substr(offset, part.size()));
    }
    EXPECT_EQ(image.read(*node, text.size() + 5000, part), 0U);
  }
}

RC_GTEST_PROP(ErofsImage, FindsEveryName, ()) {
  const auto name = rc::gen::suchThat(
      rc::gen::container<std::string>(rc::gen::suchThat(
          rc::gen::arbitrary<char>(), [](char c) { return c != '/' && c != '\0'; })),
      [](const std::string& n) { return !n.empty() && n.size() < 256 && n != "." && n != ".."; });
  std::set<std::string> names = *rc::gen::container<std::set<std::string>>(name);
  // More than a block.
  const auto more = *rc::gen::inRange(0, 1500);
  for (int i = 0; i < more; ++i)
    names.insert("cpu" + std::to_string(i));
  FileTree tree;
  for (const std::string& n : names)
    tree.add_file(FileTree::root, n, n);
  const ErofsImage image = image_of(tree);
  for (const std::string& n : names) {
    const auto found = image.find(image.root(), n);
    RC_ASSERT(found.has_value());
    RC_ASSERT(text_of(image, found->node) == n);
    if (!names.contains(n + 'x')) RC_ASSERT(!image.find(image.root(), n + 'x'));
  }
  std::set<std::string> listed;
  std::string before;
  image.for_each_entry(image.root(), [&](const ErofsImage::Entry& entry) {
    RC_ASSERT(before < entry.name);
    before = entry.name;
    listed.insert(before);
    return true;
  });
  names.insert({".", ".."});
  RC_ASSERT(listed == names);
}

TEST(ErofsImage, GoesOnWhereAListingEnded) {
  FileTree tree;
  for (int i = 0; i < 1000; ++i)
    tree.add_file(FileTree::root, "cpu" + std::to_string(i), "");
  const ErofsImage image = image_of(tree);
  std::vector<std::string> names;
  std::uint64_t from = 0;
  for (bool more = true; more;) {
    more = false;
    int count = 0;
    image.for_each_entry(
        image.root(),
        [&](const ErofsImage::Entry& entry) {
          if (++count > 7) return more = true, false;
          names.emplace_back(entry.name);
          from = entry.next;
          return true;
        },
        from);
  }
  EXPECT_EQ(names, names_in(image, image.root()));
}

TEST(ErofsImage, HasOneNodeForEqualFiles) {
  FileTree tree;
  tree.add_file(FileTree::root, "a", "1\n");
  tree.add_file(FileTree::root, "b", "1\n");
  tree.add_link(FileTree::root, "c", "1\n");
  const ErofsImage image = image_of(tree);
  EXPECT_EQ(image.find_path("a"), image.find_path("b"));
  EXPECT_NE(image.find_path("a"), image.find_path("c"));
}

TEST(ErofsImage, IsTheSameForEqualTrees) {
  const auto image = [] {
    return *erofs_image(machine_files(described("pack:2 numa:2 l3:2 core:2 pu:2")));
  };
  EXPECT_EQ(image(), image());
}

TEST(ErofsImage, RefusesWhatIsNone) {
  const auto open = [](std::string_view content) {
    const Fd file(::memfd_create("image", MFD_CLOEXEC));
    EXPECT_EQ(::write(file.get(), content.data(), content.size()),
              static_cast<ssize_t>(content.size()));
    return ErofsImage::open(file);
  };
  EXPECT_FALSE(open(""));
  EXPECT_FALSE(open(std::string(4096, 'x')));
  const auto error = open(std::string(8192, '\0'));
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().kind, ErrorKind::unsupported);
}

TEST(FolderWriter, MakesHardLinksOfEqualFiles) {
  FileTree tree;
  const auto folder = tree.add_folder(FileTree::root, "folder");
  tree.add_file(FileTree::root, "a", "1\n");
  tree.add_file(folder, "b", "1\n");
  tree.add_file(folder, "c", "2\n");
  tree.add_link(folder, "link", "../a");
  const Shown shown(tree);
  EXPECT_EQ(shown.read("folder/b"), "1\n");
  EXPECT_EQ(shown.read("folder/c"), "2\n");
  EXPECT_EQ(shown.link("folder/link"), "../a");
  struct stat first{};
  struct stat second{};
  ASSERT_EQ(::stat((shown.path() + "/a").c_str(), &first), 0);
  ASSERT_EQ(::stat((shown.path() + "/folder/b").c_str(), &second), 0);
  EXPECT_EQ(first.st_ino, second.st_ino);
  EXPECT_EQ(first.st_mode, S_IFREG | 0444U);
}

TEST(FolderWriter, NamesTheFileThatIsThereAlready) {
  FileTree tree;
  tree.add_file(tree.add_folder(FileTree::root, "folder"), "a", "1\n");
  const OwnFolder own;
  const Fd at(::open(own.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_TRUE(write_folder(image_of(tree), at.get()));
  const auto again = write_folder(image_of(tree), at.get());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().number, EEXIST);
  EXPECT_EQ(again.error().text, "folder");
}

}  // namespace
}  // namespace pinfold::test

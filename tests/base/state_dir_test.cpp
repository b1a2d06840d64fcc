#include "base/state_dir.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>

namespace pinfold {
namespace {

class StateDirTest : public testing::Test {
 protected:
  StateDirTest() {
    std::string name = testing::TempDir() + "/pinfold-state-XXXXXX";
    parent_ = ::mkdtemp(name.data());
  }
  ~StateDirTest() override { std::filesystem::remove_all(parent_); }

  [[nodiscard]] std::string path(const char* name) const { return parent_ + "/pinfold" + name; }
  [[nodiscard]] mode_t mode(const char* name) const {
    struct stat status{};
    ::stat(path(name).c_str(), &status);
    return status.st_mode & 0777U;
  }

  std::string parent_;
};

TEST_F(StateDirTest, IsMadeForItsOwnerAlone) {
  const auto folder = StateDir::open_in(parent_);
  ASSERT_TRUE(folder) << message(folder.error());
  EXPECT_EQ(mode(""), 0700U);
  ASSERT_TRUE(folder->file("locks"));
  EXPECT_EQ(mode("/locks"), 0600U);
}

TEST_F(StateDirTest, SecondTimeFindsWhatIsThere) {
  {
    const auto file = StateDir::open_in(parent_)->file("x");
    ASSERT_TRUE(file);
    ASSERT_EQ(::write(file->get(), "abc", 3), 3);
  }
  const auto again = StateDir::open_in(parent_)->file("x");
  char text[4] = "";
  EXPECT_EQ(::read(again->get(), text, 3), 3);
  EXPECT_STREQ(text, "abc");
}

TEST_F(StateDirTest, FolderThatOthersMayUseIsRefused) {
  ASSERT_TRUE(StateDir::open_in(parent_));
  ASSERT_EQ(::chmod(path("").c_str(), 0755), 0);
  const auto folder = StateDir::open_in(parent_);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().kind, ErrorKind::unsupported);
  EXPECT_EQ(folder.error().text, path(""));
}

TEST_F(StateDirTest, LinksAreRefused) {
  std::filesystem::create_directory(parent_ + "/elsewhere");
  std::filesystem::create_directory_symlink(parent_ + "/elsewhere", path(""));
  EXPECT_EQ(StateDir::open_in(parent_).error().kind, ErrorKind::unsupported);
  std::filesystem::remove(path(""));

  const auto folder = StateDir::open_in(parent_);
  ASSERT_TRUE(folder);
  std::ofstream(parent_ + "/victim") << "x";
  std::filesystem::create_symlink(parent_ + "/victim", path("/file"));
  EXPECT_EQ(folder->file("file").error().kind, ErrorKind::unsupported);
}

TEST_F(StateDirTest, ThatCannotBeMadeSaysWhere) {
  const auto folder = StateDir::open_in(parent_ + "/missing");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().number, ENOENT);
  EXPECT_EQ(folder.error().text, parent_ + "/missing/pinfold");
}

TEST_F(StateDirTest, FolderInItIsItsOwnersToo) {
  const auto folder = StateDir::open_in(parent_);
  const auto inner = folder->folder("journal");
  ASSERT_TRUE(inner) << message(inner.error());
  EXPECT_EQ(inner->path(), path("/journal"));
  EXPECT_EQ(mode("/journal"), 0700U);
  ASSERT_EQ(::chmod(path("/journal").c_str(), 0750), 0);
  EXPECT_EQ(folder->folder("journal").error().kind, ErrorKind::unsupported);
}

TEST_F(StateDirTest, FileInThePlaceOfAFolderIsRefused) {
  const auto folder = StateDir::open_in(parent_);
  ASSERT_TRUE(folder->file("journal"));
  const auto inner = folder->folder("journal");
  ASSERT_FALSE(inner);
  EXPECT_EQ(inner.error().kind, ErrorKind::unsupported);
  EXPECT_EQ(inner.error().text, path("/journal"));
}

TEST_F(StateDirTest, ExistingFileIsNotMade) {
  const auto folder = StateDir::open_in(parent_);
  const auto missing = folder->existing_file("x");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().number, ENOENT);
  ASSERT_TRUE(folder->file("x"));
  EXPECT_TRUE(folder->existing_file("x"));
}

TEST_F(StateDirTest, NamesAreWhatIsInIt) {
  const auto folder = StateDir::open_in(parent_);
  EXPECT_TRUE(folder->names()->empty());
  ASSERT_TRUE(folder->file("b"));
  ASSERT_TRUE(folder->file(".a"));
  ASSERT_TRUE(folder->folder("c"));
  // Each time anew.
  for (int i = 0; i < 2; ++i) {
    auto names = folder->names();
    ASSERT_TRUE(names);
    std::ranges::sort(*names);
    EXPECT_EQ(*names, (std::vector<std::string>{".a", "b", "c"}));
  }
}

TEST_F(StateDirTest, RenameTakesNobodysName) {
  const auto folder = StateDir::open_in(parent_);
  ASSERT_TRUE(folder->file("a"));
  ASSERT_TRUE(folder->file("b"));
  const auto taken = folder->rename("a", "b");
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().number, EEXIST);
  ASSERT_TRUE(folder->rename("a", "c"));
  EXPECT_FALSE(folder->existing_file("a"));
  EXPECT_TRUE(folder->existing_file("c"));
}

TEST_F(StateDirTest, RemovedFileIsGone) {
  const auto folder = StateDir::open_in(parent_);
  ASSERT_TRUE(folder->file("a"));
  ASSERT_TRUE(folder->remove("a"));
  EXPECT_TRUE(folder->names()->empty());
  EXPECT_EQ(folder->remove("a").error().number, ENOENT);
}

TEST_F(StateDirTest, FilesAreNotHandedToOtherPrograms) {
  const auto file = StateDir::open_in(parent_)->file("x");
  EXPECT_NE(::fcntl(file->get(), F_GETFD) & FD_CLOEXEC, 0);
}

}  // namespace
}  // namespace pinfold

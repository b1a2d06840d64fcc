#include "base/state_dir.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

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

TEST_F(StateDirTest, FilesAreNotHandedToOtherPrograms) {
  const auto file = StateDir::open_in(parent_)->file("x");
  EXPECT_NE(::fcntl(file->get(), F_GETFD) & FD_CLOEXEC, 0);
}

}  // namespace
}  // namespace pinfold

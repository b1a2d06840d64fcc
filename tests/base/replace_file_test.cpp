#include "base/replace_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/file.h"

namespace pinfold {
namespace {

class ReplaceFile : public testing::Test {
 protected:
  ReplaceFile() {
    std::string path = testing::TempDir() + "/pinfold-replace-test-XXXXXX";
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    folder_ = path;
  }
  ~ReplaceFile() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const char* name) const { return folder_ / name; }

  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_),
                                                  std::filesystem::directory_iterator()));
  }

  std::filesystem::path folder_;
};

TEST_F(ReplaceFile, MakesItAndLeavesNothingElse) {
  const std::string content(100000, 'x');
  ASSERT_TRUE(replace_file(path("a"), content).has_value());
  EXPECT_EQ(*read_file(path("a").c_str()), content);
  EXPECT_EQ(files(), 1U);
}

TEST_F(ReplaceFile, WhoHasTheOldOneOpenStillReadsIt) {
  ASSERT_TRUE(replace_file(path("a"), "old").has_value());
  ::chmod(path("a").c_str(), 0640);
  std::ifstream open(path("a"));
  ASSERT_TRUE(replace_file(path("a"), "new").has_value());
  std::string old;
  open >> old;
  EXPECT_EQ(old, "old");
  EXPECT_EQ(*read_file(path("a").c_str()), "new");
  struct stat status{};
  ASSERT_EQ(::stat(path("a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
  EXPECT_EQ(files(), 1U);
}

TEST_F(ReplaceFile, ALinkStaysAndItsTargetIsReplaced) {
  ASSERT_TRUE(replace_file(path("a"), "old").has_value());
  std::filesystem::create_symlink("a", path("link"));
  ASSERT_TRUE(replace_file(path("link"), "new").has_value());
  EXPECT_TRUE(std::filesystem::is_symlink(path("link")));
  EXPECT_EQ(*read_file(path("a").c_str()), "new");
}

TEST_F(ReplaceFile, ADeviceIsWrittenTo) {
  EXPECT_TRUE(replace_file("/dev/null", "text").has_value());
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  const auto full = replace_file("/dev/full", "text");
  ASSERT_FALSE(full.has_value());
  EXPECT_EQ(full.error().number, ENOSPC);
  EXPECT_EQ(full.error().text, "/dev/full");
}

TEST_F(ReplaceFile, AMissingFolderIsSaid) {
  const auto written = replace_file(path("no/a"), "text");
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(message(written.error()), path("no/a") + ": there is no such folder");
  EXPECT_EQ(files(), 0U);
}

}  // namespace
}  // namespace pinfold

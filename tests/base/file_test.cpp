#include "base/file.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/fd.h"

namespace pinfold {
namespace {

// A folder of this test's own.
class ReadFile : public testing::Test {
 protected:
  ReadFile() {
    std::string path = testing::TempDir() + "/pinfold-file-test-XXXXXX";
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    folder_ = path;
  }
  ~ReadFile() override { std::filesystem::remove_all(folder_); }

  std::string write(const char* name, const std::string& content) {
    const auto path = folder_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

  std::filesystem::path folder_;
};

TEST_F(ReadFile, GivesTheWholeContent) {
  for (const std::size_t size : {0UL, 1UL, 4095UL, 4096UL, 4097UL, 100000UL}) {
    std::string content(size, 'x');
    if (size > 1) content[size / 2] = '\0';
    const auto read = read_file(write("file", content).c_str());
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(*read, content);
  }
}

TEST_F(ReadFile, ReadsFilesOfProcWhichHaveNoSize) {
  const auto read = read_file("/proc/self/status");
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(read->starts_with("Name:"));
}

TEST_F(ReadFile, LooksBelowTheFolderThatIsGiven) {
  write("file", "here");
  const Fd folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto read = read_file("file", folder.get());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, "here");
}

TEST_F(ReadFile, SaysWhichFileIsMissing) {
  const std::string path = folder_ / "missing";
  const auto read = read_file(path.c_str());
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, ErrorKind::system);
  EXPECT_EQ(read.error().number, ENOENT);
  EXPECT_EQ(message(read.error()), path + ": No such file or directory");
}

TEST_F(ReadFile, AFolderIsNoFile) {
  const auto read = read_file(folder_.c_str());
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().number, EISDIR);
}

TEST_F(ReadFile, ALineComesWithoutItsLineFeed) {
  EXPECT_EQ(read_line(write("file", "0-3\n").c_str()).value(), "0-3");
  EXPECT_EQ(read_line(write("file", "0-3").c_str()).value(), "0-3");
  EXPECT_EQ(read_line(write("file", "\n").c_str()).value(), "");
  EXPECT_EQ(read_line(write("file", "").c_str()).value(), "");
  EXPECT_FALSE(read_line((folder_ / "missing").c_str()).has_value());
}

}  // namespace
}  // namespace pinfold

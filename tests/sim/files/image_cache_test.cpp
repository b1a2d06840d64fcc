#include "sim/files/image_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/file.h"
#include "shown.h"
#include "sim/files/erofs_writer.h"
#include "sim/files/image_seal.h"

namespace pinfold::test {
using namespace sim;
namespace {

namespace fs = std::filesystem;

class Cache : public testing::Test {
 protected:
  MachineImage image(const std::string& text) {
    const auto cache = ImageCache::open_in(parent_.path());
    EXPECT_TRUE(cache) << message(cache.error());
    auto image = cache->image_for(text, described(text));
    EXPECT_TRUE(image) << message(image.error());
    return std::move(*image);
  }

  std::vector<fs::path> files() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(parent_.path() + "/pinfold"))
      files.push_back(entry.path());
    return files;
  }

  static std::string online(const MachineImage& image) {
    const auto opened = ErofsImage::open(image.file);
    if (!opened) return message(opened.error());
    std::array<char, 100> buffer{};
    const auto node = opened->find_path("sys/devices/system/cpu/online");
    return {buffer.data(), opened->read(*node, 0, buffer)};
  }

  OwnFolder parent_;
};

TEST_F(Cache, KeepsAnImage) {
  const auto first = image("pu:4");
  const auto second = image("pu:4");
  EXPECT_TRUE(second.kept);
  EXPECT_TRUE(*file_id(first.file) == *file_id(second.file));
  EXPECT_EQ(online(second), "0-3\n");
  ASSERT_EQ(files().size(), 1U);
  struct stat status{};
  ASSERT_EQ(::stat((parent_.path() + "/pinfold").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode, S_IFDIR | 0700U);
}

TEST_F(Cache, HasAnImageForEachDescription) {
  EXPECT_EQ(online(image("pu:4")), "0-3\n");
  EXPECT_EQ(online(image("pu:8")), "0-7\n");
  EXPECT_EQ(online(image("pu:4")), "0-3\n");
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(Cache, MakesADamagedImageAnew) {
  image("pu:4");
  const fs::path path = files().at(0);
  const auto size = fs::file_size(path);
  for (const std::uintmax_t at : {std::uintmax_t{0}, std::uintmax_t{1030}, size / 2, size - 1}) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char was = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(was ^ 1));
    file.close();
    EXPECT_EQ(online(image("pu:4")), "0-3\n") << at;
    EXPECT_EQ(fs::file_size(path), size);
  }
  fs::resize_file(path, size / 2);
  EXPECT_EQ(online(image("pu:4")), "0-3\n");
  fs::resize_file(path, 0);
  EXPECT_EQ(online(image("pu:4")), "0-3\n");
}

TEST_F(Cache, DoesNotTakeWhatOthersCouldHaveWritten) {
  image("pu:4");
  const fs::path path = files().at(0);
  fs::permissions(path, fs::perms(0666));
  EXPECT_TRUE(image("pu:4").kept);
  EXPECT_EQ(fs::status(path).permissions(), fs::perms(0600));
  fs::remove(path);
  std::ofstream(parent_.path() + "/other") << "other";
  fs::create_symlink(parent_.path() + "/other", path);
  EXPECT_TRUE(image("pu:4").kept);
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(path)));
  EXPECT_EQ(fs::file_size(parent_.path() + "/other"), 5U);
}

TEST_F(Cache, DoesWithoutWhereItCannotKeepAnImage) {
  image("pu:4");
  const fs::path path = files().at(0);
  fs::remove(path);
  fs::create_directory(path);
  const auto made = image("pu:4");
  EXPECT_FALSE(made.kept);
  EXPECT_EQ(online(made), "0-3\n");
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(Cache, KeepsTheNewestOfManyImages) {
  image("pu:1");
  const fs::path oldest = files().at(0);
  fs::last_write_time(oldest, fs::last_write_time(oldest) - std::chrono::hours(1));
  for (int i = 2; i <= 16; ++i)
    image("pu:" + std::to_string(i));
  EXPECT_EQ(files().size(), 16U);
  EXPECT_TRUE(fs::exists(oldest));
  image("pu:17");
  EXPECT_EQ(files().size(), 16U);
  EXPECT_FALSE(fs::exists(oldest));
}

TEST_F(Cache, TidiesUpAfterWriterWhoEnded) {
  image("pu:1");
  const fs::path left = parent_.path() + "/pinfold/1234.new";
  std::ofstream(left) << "half";
  fs::permissions(left, fs::perms(0600));
  image("pu:2");
  EXPECT_TRUE(fs::exists(left));
  fs::last_write_time(left, fs::last_write_time(left) - std::chrono::hours(2));
  image("pu:3");
  EXPECT_FALSE(fs::exists(left));
}

TEST_F(Cache, ServesManyAtOnce) {
  std::vector<std::thread> threads;
  std::vector<std::string> seen(8);
  for (std::string& one : seen) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        one = online(image("pack:2 core:8 pu:2"));
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  for (const std::string& one : seen)
    EXPECT_EQ(one, "0-31\n");
  EXPECT_EQ(files().size(), 1U);
}

// Whoever changes what is written must raise `generation` of image_cache.cpp, or old images stay in
// use; then put the new number here.
TEST(ImageCacheGeneration, IsRaisedWhenImagesChange) {
  const auto image = erofs_image(machine_files(
      described("pack:2 numa:2(memory=4GiB) die:2 l3:1(size=8MiB) cluster:1 l2:2(size=1MiB) "
                "l1d:1(size=32KiB) core:1 pu:2;offline=3;isolated=1"),
      Architecture::x86));
  ASSERT_TRUE(image);
  EXPECT_EQ(fast_hash({image->data(), image->size()}), 541359958864098554U) << "of generation 1";
}

TEST(MachineImage, OfAFolderHasItsFilesAndIsNotKept) {
  const Shown shown(machine_files(described("pack:1 l3:1 core:4 pu:1")));
  const std::string own = shown.path() + "/sys/devices/system/cpu/kernel_max";
  fs::remove(own);
  std::ofstream(own) << "63\n";
  const auto image = image_for(shown.path(), described(shown.path()));
  ASSERT_TRUE(image) << message(image.error());
  EXPECT_FALSE(image->kept);
  struct stat status{};
  ASSERT_EQ(::fstat(image->file.get(), &status), 0);
  EXPECT_EQ(status.st_nlink, 0U);
  const auto opened = ErofsImage::open(image->file);
  ASSERT_TRUE(opened);
  std::array<char, 100> buffer{};
  const auto node = opened->find_path("sys/devices/system/cpu/kernel_max");
  ASSERT_TRUE(node);
  EXPECT_EQ(std::string_view(buffer.data(), opened->read(*node, 0, buffer)), "63\n");
}

TEST(MachineImage, OfADescriptionIsKeptForTheUser) {
  if (::geteuid() == 0) GTEST_SKIP() << "root's are in /var/cache, which is not the test's";
  const OwnFolder own;
  ASSERT_EQ(::setenv("XDG_CACHE_HOME", own.path().c_str(), 1), 0);
  const auto image = image_for("pu:4", described("pu:4"));
  ::unsetenv("XDG_CACHE_HOME");
  ASSERT_TRUE(image) << message(image.error());
  EXPECT_TRUE(image->kept);
  EXPECT_TRUE(fs::exists(own.path() + "/pinfold"));
}

}  // namespace
}  // namespace pinfold::test

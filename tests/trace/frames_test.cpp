#include "trace/frames.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "trace/records.h"

namespace pinfold::trace {
namespace {

using Addresses = std::vector<std::uint64_t>;

void code() {}
const std::uint64_t here = reinterpret_cast<std::uint64_t>(&code);

TEST(Frames, AnAddressIsAPlaceInAFile) {
  const auto frames = frames_of(Pid(::getpid()), Addresses{here, here + 1, here + 2});
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(frames[0].module, std::filesystem::read_symlink("/proc/self/exe"));
  EXPECT_LT(frames[0].offset, std::filesystem::file_size("/proc/self/exe"));
  EXPECT_EQ(frames[2].offset, frames[0].offset + 2);
}

TEST(Frames, TheWordOnTheStackCountsWhereItIsCode) {
  const int data = 0;
  const auto on_stack = reinterpret_cast<std::uint64_t>(&data);
  EXPECT_EQ(frames_of(Pid(::getpid()), Addresses{here, on_stack}).size(), 1U);
  EXPECT_EQ(frames_of(Pid(::getpid()), Addresses{here, here}).size(), 2U);
}

TEST(Frames, TheWalkBeginsWithTheCallsOwnPlaceOnceMore) {
  EXPECT_EQ(frames_of(Pid(::getpid()), Addresses{here, 0, here, here + 1}).size(), 2U);
  EXPECT_EQ(frames_of(Pid(::getpid()), Addresses{here, 0, here + 1, here}).size(), 3U);
}

TEST(Frames, AWalkThatGoesAstrayEndsThere) {
  EXPECT_EQ(frames_of(Pid(::getpid()), Addresses{here, 0, here + 1, 16, here}).size(), 2U);
}

TEST(Frames, WhereThereAreNoMappingsTheCallsOwnAddressStays) {
  const auto frames = frames_of(Pid(test::nobody), Addresses{16, 32, 48});
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].module, "");
  EXPECT_EQ(frames[0].offset, 16U);
  EXPECT_TRUE(frames_of(Pid(test::nobody), {}).empty());
}

}  // namespace
}  // namespace pinfold::trace

// What sched_getaffinity answers to lengths, pointers and numbers of tasks: the conformance
// table, for 64-bit callers and for 32-bit ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <optional>

#include "kernel/guarded_buffer.h"
#include "kernel/layout.h"
#include "kernel/world.h"

namespace pinfold::test {
namespace {

enum class Memory {
  exact,
  null,
  no_access,
  read_only,
  kernel,
  unaligned
};

struct GetCase {
  const char* name;
  Length length;
  Memory memory = Memory::exact;
  std::optional<Length> writable = {};  ///< nothing: just what the call should write
  long pid = 0;
  int error = 0;  ///< nought: what the rule for lengths says
  bool needs_64_bits = false;
};

void PrintTo(const GetCase& row, std::ostream* out) { *out << row.name; }

const GetCase cases[] = {
    {"Nothing", {.bytes = 0}},
    {"OneByte", {.bytes = 1}},
    {"TwoBytes", {.bytes = 2}},
    {"FourBytes", {.bytes = 4}},
    {"FiveBytes", {.bytes = 5}},
    {"SixBytes", {.bytes = 6}},
    {"SevenBytes", {.bytes = 7}},
    {"EightBytes", {.bytes = 8}},
    {"NineBytes", {.bytes = 9}},
    {"TwelveBytes", {.bytes = 12}},
    {"SixteenBytes", {.bytes = 16}},
    {"Least", {.least = 1}},
    {"AByteLessThanTheLeast", {.least = 1, .less = 1}},
    {"AWordMoreThanTheLeast", {.bytes = 8, .least = 1}},
    {"TwoWordsMoreThanTheLeast", {.bytes = 16, .least = 1}},
    {"AByteLessThanTheMask", {.masks = 1, .less = 1}},
    {"FourBytesLessThanTheMask", {.masks = 1, .less = 4}},
    {"TheMask", {.masks = 1}},
    {"AByteMoreThanTheMask", {.bytes = 1, .masks = 1}},
    {"FourBytesMoreThanTheMask", {.bytes = 4, .masks = 1}},
    {"AWordMoreThanTheMask", {.bytes = 8, .masks = 1}},
    {"TwoWordsMoreThanTheMask", {.bytes = 16, .masks = 1}},
    {"TwiceTheMask", {.masks = 2}},
    {"FourMasks", {.masks = 4}},
    {"ThirtyTwoMasks", {.masks = 32}},
    {"SixtyFourKibibytes", {.bytes = 65536}},
    {"BitsThatOverflowToNothing", {.bytes = 0x2000'0000}},
    {"BitsThatOverflowToTheLeast", {.bytes = 0x2000'0000, .least = 1}},
    {"BitsThatOverflowTwice", {.bytes = 0x4000'0000}},
    {"TheHighestBitAlone", {.bytes = 0x8000'0000}},
    {"TheLargestMultipleOfAWord", {.bytes = 0xffff'fff8}},
    {"AllOnes", {.bytes = 0xffff'ffff}},
    {.name = "OnlyTheLower32BitsOfTheLength",
     .length = {.bytes = 0x1'0000'0000, .least = 1},
     .needs_64_bits = true},

    {.name = "Null", .length = {.least = 1}, .memory = Memory::null, .error = EFAULT},
    {.name = "NoAccess", .length = {.least = 1}, .memory = Memory::no_access, .error = EFAULT},
    {.name = "ReadOnly", .length = {.least = 1}, .memory = Memory::read_only, .error = EFAULT},
    {.name = "KernelAddress",
     .length = {.least = 1},
     .memory = Memory::kernel,
     .error = EFAULT,
     .needs_64_bits = true},
    {.name = "KernelAddressWithALongLength",
     .length = {.masks = 32},
     .memory = Memory::kernel,
     .error = EFAULT,
     .needs_64_bits = true},
    {"Unaligned", {.least = 1}, Memory::unaligned},
    {.name = "OneByteNotWritable",
     .length = {.masks = 1},
     .writable = Length{.masks = 1, .less = 1},
     .error = EFAULT},
    {.name = "OnlyTheMaskMustBeWritable", .length = {.masks = 32}, .writable = Length{.masks = 1}},

    {.name = "MinusOne", .length = {.least = 1}, .pid = -1, .error = ESRCH},
    {.name = "TheLowestNumber", .length = {.least = 1}, .pid = INT_MIN, .error = ESRCH},
    {.name = "TheHighestNumber", .length = {.least = 1}, .pid = INT_MAX, .error = ESRCH},
    {.name = "OnlyTheLower32BitsOfThePid",
     .length = {.least = 1},
     .pid = 1L << 32,
     .needs_64_bits = true},
    {.name = "LengthBeforeTask", .length = {.bytes = 0}, .pid = INT_MAX, .error = EINVAL},
    {.name = "TaskBeforePointer",
     .length = {.least = 1},
     .memory = Memory::null,
     .pid = INT_MAX,
     .error = ESRCH},
    {.name = "LengthBeforePointer",
     .length = {.least = 1, .less = 1},
     .memory = Memory::null,
     .error = EINVAL},
};

std::vector<GetCase> cases_of(Layout layout) {
  std::vector<GetCase> fitting;
  std::ranges::copy_if(cases, std::back_inserter(fitting), [&](const GetCase& one) {
    return layout == Layout::native || !one.needs_64_bits;
  });
  return fitting;
}

class GetTable : public WorldTest,
                 public testing::WithParamInterface<std::pair<Layout, GetCase>> {};

std::vector<std::pair<Layout, GetCase>> all(Layout layout) {
  std::vector<std::pair<Layout, GetCase>> pairs;
  for (const GetCase& one : cases_of(layout))
    pairs.emplace_back(layout, one);
  return pairs;
}

TEST_P(GetTable, Answers) {
  const auto& [layout, row] = GetParam();
  Abi* abi = layout == Layout::native ? &world().abi() : world().abi32();
  if (!abi) GTEST_SKIP() << "this machine has no 32-bit calls";

  const unsigned long length = row.length.on(machine(), layout);
  const long expected = row.error != 0 ? -row.error : get_result(machine(), layout, length);
  const std::size_t to_write = expected > 0 ? static_cast<std::size_t>(expected) : 8;
  std::size_t size = row.writable ? row.writable->on(machine(), layout) : to_write;
  if (row.memory == Memory::unaligned) ++size;
  const Access access = row.memory == Memory::no_access   ? Access::none
                        : row.memory == Memory::read_only ? Access::read
                                                          : Access::write;
  const GuardedBuffer buffer(size, access);
  UserBuffer user = buffer.user();
  if (row.memory == Memory::null) user = {};
  if (row.memory == Memory::kernel) {
    user = {.address = reinterpret_cast<void*>(0xffff'8000'0000'0000UL)};
  }

  EXPECT_EQ(abi->get_affinity(row.pid, length, user), expected) << "length " << length;

  if (row.memory == Memory::no_access) return;
  if (expected > 0) {
    const auto written = static_cast<std::size_t>(expected);
    EXPECT_EQ(from_bytes(buffer.bytes().first(written)), machine().usable);
    const auto rest = buffer.bytes().subspan(written);
    EXPECT_TRUE(std::ranges::all_of(
        rest, [](unsigned char byte) { return byte == GuardedBuffer::untouched; }))
        << "bytes beyond the " << written << " that it returned were written";
  } else if (expected != -EFAULT) {
    EXPECT_TRUE(std::ranges::all_of(buffer.bytes(), [](unsigned char byte) {
      return byte == GuardedBuffer::untouched;
    })) << "a call that failed wrote";
  }
}

const auto names = [](const auto& test) { return std::string(test.param.second.name); };
INSTANTIATE_TEST_SUITE_P(Native, GetTable, testing::ValuesIn(all(Layout::native)), names);
INSTANTIATE_TEST_SUITE_P(I386, GetTable, testing::ValuesIn(all(Layout::i386)), names);

class Get : public WorldTest {};

TEST_F(Get, AnotherUsersTaskMayBeAsked) {
  const GuardedBuffer mask(machine().mask_bytes);
  EXPECT_EQ(world().abi().get_affinity(1, machine().mask_bytes, mask.user()),
            static_cast<long>(machine().mask_bytes));
}

// The rule against what a kernel of 256 CPUs printed on a machine of two.
TEST(GetRule, IsTheTranscriptOfTwoCpusAndAMaskOf32Bytes) {
  const Machine two{.mask_bytes = 32, .cpu_ids = 2};
  for (const unsigned long length : {0UL, 1UL, 2UL, 4UL, 7UL, 9UL, 12UL, 31UL, 33UL, 36UL}) {
    EXPECT_EQ(get_result(two, Layout::native, length), -EINVAL) << length;
  }
  for (const unsigned long length : {8UL, 16UL, 24UL, 32UL}) {
    EXPECT_EQ(get_result(two, Layout::native, length), static_cast<long>(length));
  }
  for (const unsigned long length : {40UL, 48UL, 64UL, 128UL, 1024UL, 65536UL}) {
    EXPECT_EQ(get_result(two, Layout::native, length), 32) << length;
  }
  for (const unsigned long length : {0x20000000UL, 0x40000000UL, 0x80000000UL, 0xffffffffUL}) {
    EXPECT_EQ(get_result(two, Layout::native, length), -EINVAL) << length;
  }
  EXPECT_EQ(get_result(two, Layout::native, 0x20000008), 32);
  EXPECT_EQ(get_result(two, Layout::native, 0xfffffff8), 32);
  EXPECT_EQ(get_result(two, Layout::native, (1UL << 32) + 8), 8);

  for (const unsigned long length : {0UL, 1UL, 2UL, 3UL, 5UL, 6UL, 7UL}) {
    EXPECT_EQ(get_result(two, Layout::i386, length), -EINVAL) << length;
  }
  for (const unsigned long length : {4UL, 8UL, 12UL, 16UL, 28UL, 32UL}) {
    EXPECT_EQ(get_result(two, Layout::i386, length), static_cast<long>(length));
  }
  for (const unsigned long length : {36UL, 40UL, 64UL, 128UL}) {
    EXPECT_EQ(get_result(two, Layout::i386, length), 32) << length;
  }
}

TEST(GetRule, NeedsEveryPossibleCpuToFit) {
  const Machine large{.mask_bytes = 1024, .cpu_ids = 2048};
  EXPECT_EQ(get_result(large, Layout::native, 128), -EINVAL);
  EXPECT_EQ(get_result(large, Layout::native, 256), 256);
  EXPECT_EQ(get_result(large, Layout::native, 4096), 1024);
  EXPECT_EQ(least_length(large, Layout::native), 256U);
  EXPECT_EQ(least_length({.cpu_ids = 65}, Layout::native), 16U);
  EXPECT_EQ(least_length({.cpu_ids = 65}, Layout::i386), 12U);
}

}  // namespace
}  // namespace pinfold::test

// What sched_setaffinity answers to masks, lengths, pointers and numbers of tasks: the
// conformance table, for 64-bit callers and for 32-bit ones.
#include <gtest/gtest.h>
#include <unistd.h>

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
  kernel,
  unaligned
};

// Who is asked for. A CPU that a machine has none of is nothing, and the case is skipped.
using Mask = std::optional<CpuSet> (*)(const Machine&, Layout);

CpuSet one(std::size_t cpu) { return {CpuId(static_cast<unsigned>(cpu))}; }

std::optional<CpuSet> unless_possible(const Machine& machine, std::size_t cpu) {
  if (machine.possible.contains(one(cpu))) return std::nullopt;
  return one(cpu);
}

std::optional<CpuSet> nobody(const Machine&, Layout) { return CpuSet(); }
std::optional<CpuSet> first(const Machine& machine, Layout) {
  return CpuSet{*machine.usable.first()};
}
std::optional<CpuSet> last(const Machine& machine, Layout) {
  return CpuSet{*machine.usable.last()};
}
std::optional<CpuSet> usable(const Machine& machine, Layout) { return machine.usable; }
std::optional<CpuSet> everybody(const Machine& machine, Layout) {
  return CpuSet::range(CpuId(0), CpuId(static_cast<unsigned>(machine.mask_bytes * 64)));
}
std::optional<CpuSet> behind_the_possible(const Machine& machine, Layout) {
  return one(machine.cpu_ids);
}
std::optional<CpuSet> last_of_the_least(const Machine& machine, Layout layout) {
  return unless_possible(machine, least_length(machine, layout) * 8 - 1);
}
std::optional<CpuSet> last_of_the_mask(const Machine& machine, Layout) {
  return unless_possible(machine, machine.mask_bytes * 8 - 1);
}
std::optional<CpuSet> behind_the_mask(const Machine& machine, Layout) {
  return one(machine.mask_bytes * 8);
}
std::optional<CpuSet> usable_and_one_more(const Machine& machine, Layout) {
  return machine.usable | one(machine.cpu_ids);
}
std::optional<CpuSet> first_and_one_behind_the_mask(const Machine& machine, Layout) {
  return CpuSet{*machine.usable.first()} | one(machine.mask_bytes * 8);
}
std::optional<CpuSet> not_usable(const Machine& machine, Layout) {
  const CpuSet rest = machine.possible - machine.usable;
  return rest.empty() ? std::nullopt : std::optional(rest);
}

struct SetCase {
  const char* name;
  Mask mask;
  Length length;
  int error = 0;
  Memory memory = Memory::exact;
  std::optional<Length> readable = {};  ///< nothing: just what the kernel reads
  long pid = 0;
  bool needs_64_bits = false;
};

void PrintTo(const SetCase& row, std::ostream* out) { *out << row.name; }

constexpr Length least{.least = 1};
constexpr Length mask{.masks = 1};

const SetCase cases[] = {
    {"FirstInTheLeast", first, least},
    {"LastInTheLeast", last, least},
    {"FirstInOneByte", first, {.bytes = 1}},
    {"FirstInThreeBytes", first, {.bytes = 3}},
    {"FirstInFiveBytes", first, {.bytes = 5}},
    {"FirstInTheMask", first, mask},
    {"FirstInSixteenMasks", first, {.masks = 16}},
    {"LastInAMebibyte", last, {.bytes = 1U << 20}},
    {"FirstInThirtyTwoMasks", first, {.masks = 32}},
    {"FirstInAllOnesOfLength", first, {.bytes = 0xffff'ffff}},
    {"AWordLessThanTheMask", first, {.masks = 1, .less = 8}},
    {"AByteLessThanTheMask", first, {.masks = 1, .less = 1}},
    {.name = "Unaligned", .mask = first, .length = least, .memory = Memory::unaligned},
    {"UsableAndOneMore", usable_and_one_more, mask},
    {"FirstAndOneBehindTheMask", first_and_one_behind_the_mask, {.bytes = 8, .masks = 1}},
    {"EverybodyInTheLeast", everybody, least},
    {"EverybodyInTheMask", everybody, mask},
    {"EverybodyInSixteenMasks", everybody, {.masks = 16}},

    {.name = "NoLength", .mask = usable, .length = {}, .error = EINVAL, .readable = least},
    {"NoLengthAndNull", usable, {}, EINVAL, Memory::null},
    {"NoLengthAndNoAccess", usable, {}, EINVAL, Memory::no_access, least},
    {.name = "OnlyTheLower32BitsOfTheLength",
     .mask = usable,
     .length = {.bytes = 1UL << 32},
     .error = EINVAL,
     .readable = least,
     .needs_64_bits = true},

    {"Nobody", nobody, least, EINVAL},
    {"NobodyInTheMask", nobody, mask, EINVAL},
    {"BehindThePossible", behind_the_possible, {.bytes = 8, .masks = 1}, EINVAL},
    {"LastOfTheLeast", last_of_the_least, least, EINVAL},
    {"LastOfTheMask", last_of_the_mask, mask, EINVAL},
    {"BehindTheMask", behind_the_mask, {.bytes = 8, .masks = 1}, EINVAL},
    {"PossibleButNotUsable", not_usable, mask, EINVAL},

    {"Null", first, least, EFAULT, Memory::null},
    {"NoAccess", first, least, EFAULT, Memory::no_access},
    {.name = "KernelAddress",
     .mask = first,
     .length = least,
     .error = EFAULT,
     .memory = Memory::kernel,
     .needs_64_bits = true},
    {.name = "AByteOfTheMaskNotReadable",
     .mask = first,
     .length = {.masks = 32},
     .error = EFAULT,
     .readable = Length{.masks = 1, .less = 1}},
    {.name = "AWordOfTheMaskNotReadable",
     .mask = first,
     .length = {.masks = 32},
     .error = EFAULT,
     .readable = Length{.masks = 1, .less = 8}},

    {.name = "PointerBeforeTask",
     .mask = first,
     .length = least,
     .error = EFAULT,
     .memory = Memory::null,
     .pid = INT_MAX},
    {.name = "TaskBeforeMask", .mask = nobody, .length = least, .error = ESRCH, .pid = INT_MAX},
    {.name = "TheHighestNumber", .mask = first, .length = least, .error = ESRCH, .pid = INT_MAX},
    {.name = "TheLowestNumber", .mask = first, .length = least, .error = ESRCH, .pid = INT_MIN},
    {.name = "MinusOne", .mask = first, .length = least, .error = ESRCH, .pid = -1},
    {.name = "OnlyTheLower32BitsOfThePid",
     .mask = first,
     .length = least,
     .pid = 1L << 32,
     .needs_64_bits = true},
};

class SetTable : public WorldTest,
                 public testing::WithParamInterface<std::pair<Layout, SetCase>> {};

std::vector<std::pair<Layout, SetCase>> all(Layout layout) {
  std::vector<std::pair<Layout, SetCase>> pairs;
  for (const SetCase& row : cases) {
    if (layout == Layout::native || !row.needs_64_bits) pairs.emplace_back(layout, row);
  }
  return pairs;
}

TEST_P(SetTable, Answers) {
  const auto& [layout, row] = GetParam();
  Abi* abi = layout == Layout::native ? &world().abi() : world().abi32();
  if (!abi) GTEST_SKIP() << "this machine has no 32-bit calls";
  const auto cpus = row.mask(machine(), layout);
  if (!cpus) GTEST_SKIP() << "this machine has no CPU for which this can be asked";

  const unsigned long length = row.length.on(machine(), layout);
  const std::size_t readable =
      row.readable ? row.readable->on(machine(), layout) : bytes_read(machine(), layout, length);
  std::vector<unsigned char> bytes = to_bytes(*cpus, readable);
  const CpuSet expected = from_bytes(bytes) & machine().usable;
  if (row.error == 0 && expected.empty()) {
    GTEST_SKIP() << "no usable CPU of this machine fits into " << readable << " bytes";
  }
  if (row.memory == Memory::unaligned) bytes.push_back(0);
  const GuardedBuffer buffer(bytes, row.memory == Memory::no_access ? Access::none : Access::read);
  UserBuffer user = buffer.user();
  if (row.memory == Memory::null) user = {};
  if (row.memory == Memory::kernel) {
    user = {.address = reinterpret_cast<void*>(0xffff'8000'0000'0000UL)};
  }

  EXPECT_EQ(abi->set_affinity(row.pid, length, user), -row.error) << "length " << length;
  EXPECT_EQ(mask_of(Tid()), row.error == 0 ? expected : machine().usable);
}

const auto names = [](const auto& test) { return std::string(test.param.second.name); };
INSTANTIATE_TEST_SUITE_P(Native, SetTable, testing::ValuesIn(all(Layout::native)), names);
INSTANTIATE_TEST_SUITE_P(I386, SetTable, testing::ValuesIn(all(Layout::i386)), names);

class Set : public WorldTest {};

TEST_F(Set, NegativePidIsNoGroup) {
  EXPECT_EQ(set_mask(Tid(-world().self().value()), first()), -ESRCH);
  EXPECT_EQ(mask_of(Tid()), machine().usable);
}

// A 32-bit caller's length of one byte: the three bytes behind it are read, and count.
TEST_F(Set, The32BitCallReadsWholeWords) {
  Abi* abi = world().abi32();
  if (!abi) GTEST_SKIP() << "this machine has no 32-bit calls";
  const GuardedBuffer one_byte(to_bytes(machine().usable, 1), Access::read);
  EXPECT_EQ(abi->set_affinity(0, 1, one_byte.user()), -EFAULT);
}

TEST_F(Set, The32BitCallTakesCpusBehindItsLength) {
  Abi* abi = world().abi32();
  if (!abi) GTEST_SKIP() << "this machine has no 32-bit calls";
  const CpuSet behind = machine().usable & CpuSet::range(CpuId(8), CpuId(31));
  if (behind.empty()) GTEST_SKIP() << "no usable CPU from 8 to 31";
  const GuardedBuffer word(to_bytes(behind, 4), Access::read);
  EXPECT_EQ(abi->set_affinity(0, 1, word.user()), 0);
  EXPECT_EQ(mask_of(Tid()), behind);
}

}  // namespace
}  // namespace pinfold::test

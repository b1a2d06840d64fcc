#include "taskset_text.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

#include <pinfold/cpu_list.h>

#include "support/program.h"
#include "util_linux.h"

namespace pinfold::tool {
namespace {

struct Reading {
  std::string text;
  std::optional<std::string> cpus;  // as our own CPU list; nothing: refused
};

std::optional<std::string> list_of(const std::optional<CpuSet>& set) {
  if (!set) return std::nullopt;
  return to_cpu_list(*set);
}

const Reading masks[] = {
    {"3", "0-1"},
    {"0x3", "0-1"},
    {"00000003", "0-1"},
    {"fF", "0-7"},
    {"aA", "1,3,5,7"},
    {"0", ""},
    {"", ""},
    {"0x", ""},
    {"ffffffffffffffff", "0-63"},
    {"10000000000000000", "64"},
    {"0x80000000,00000000,00000001", "0,95"},
    {"1,2", "1,4"},  // a comma says nothing about how many digits there are on either side
    {"1,", "0"},
    {",1", std::nullopt},
    {"1,,1", std::nullopt},
    {"0x,1", std::nullopt},
    {"0x,", std::nullopt},
    {"0X3", std::nullopt},
    {"x3", std::nullopt},
    {"3x", std::nullopt},
    {" 3", std::nullopt},
    {"3 ", std::nullopt},
    {"+3", std::nullopt},
    {"0-3", std::nullopt},
    {"\xff", std::nullopt},
    {"1" + std::string(2048, '0'), "8192"},
    {std::string(2048, '0') + "1", "0"},
};

const Reading lists[] = {
    {"0", "0"},
    {"00", "0"},
    {"010", "10"},
    {"0,1", "0-1"},
    {"1,0", "0-1"},
    {"0-3,8", "0-3,8"},
    {"62-65,127,128", "62-65,127-128"},
    {"0-31:8", "0,8,16,24"},
    {"1-7:3", "1,4,7"},
    {"3-3:5", "3"},
    {"0-127:64", "0,64"},
    {"0-7:4294967295", "0"},
    {"0,0,0-1", "0-1"},
    {"", std::nullopt},
    {"0,", std::nullopt},
    {",0", std::nullopt},
    {"0,,1", std::nullopt},
    {"3-1", std::nullopt},
    {"0-", std::nullopt},
    {"-1", std::nullopt},
    {"0-7:", std::nullopt},
    {"0-7:0", std::nullopt},
    {"0-7:-1", std::nullopt},
    {"0-7:1/2", std::nullopt},
    {"0:1", std::nullopt},
    {" 0", std::nullopt},
    {"0 ", std::nullopt},
    {"0, 1", std::nullopt},
    {"+1", std::nullopt},
    {"0x1", std::nullopt},
    {"all", std::nullopt},
    {"N", std::nullopt},
    // What an item holds besides its numbers counts only at the very end of the list.
    {"0x,1", "0-1"},
    {"0 ,1", "0-1"},
    {"0 -2", "0-2"},
    {"0x3-5", "0-5"},
    {"0-7x:4,1", "0-1,4"},
    {"0-7:4x,1", "0-1,4"},
    {"1:2-3", "1-3"},
    {"1-5-9,2", "1-5"},
    {"1-5-9", std::nullopt},
    {"1- 5,2", std::nullopt},
    // 32 bits of a number count, unless it has more than 64.
    {"4294967299", "3"},
    {"4294967298-4294967299", "2-3"},
    {"0-4294967296", "0"},
    {"18446744073709551616", std::nullopt},
    {"0-7:4294967296", std::nullopt},
};

TEST(TasksetText, MasksOnWideMachines) {
  for (const auto& [text, cpus] : masks)
    EXPECT_EQ(list_of(parse_taskset_mask(text)), cpus) << text;
}

TEST(TasksetText, ListsOnWideMachines) {
  for (const auto& [text, cpus] : lists)
    EXPECT_EQ(list_of(parse_taskset_list(text)), cpus) << text;
}

// util-linux's taskset never ends on these.
TEST(TasksetText, RangesToTheEndOf32BitsEnd) {
  const std::string highest = std::to_string(highest_cpu_in_text.value());
  EXPECT_EQ(list_of(parse_taskset_list("1-4294967295")), "1-" + highest);
  EXPECT_EQ(list_of(parse_taskset_list("1,4294967295")), "1");
  EXPECT_EQ(list_of(parse_taskset_list("0-4294967295:4294967295")), "0");
}

TEST(TasksetText, AListIsPrintedWithRangesOfThreeAndMore) {
  const auto printed = [](const char* list) { return to_taskset_list(test::cpus(list)); };
  EXPECT_EQ(printed(""), "");
  EXPECT_EQ(printed("5"), "5");
  EXPECT_EQ(printed("0-1"), "0,1");
  EXPECT_EQ(printed("0-2"), "0-2");
  EXPECT_EQ(printed("0-1,3-4,6-8"), "0,1,3,4,6-8");
  EXPECT_EQ(printed("0,2,4,6"), "0,2,4,6");
  EXPECT_EQ(printed("63-64,8191"), "63,64,8191");
}

// What util-linux's taskset does on a machine with 8,192 CPUs.
class WideMachine : public testing::Test {
 protected:
  static constexpr unsigned machine_cpus = 8192;

  void SetUp() override {
    real_ = test::util_linux();
    if (!real_) GTEST_SKIP() << "there is no taskset of util-linux here to compare with";
    if (!real_->is_our_model()) {
      GTEST_SKIP() << "ours is like util-linux 2.38, and here is " << real_->version;
    }
  }

  [[nodiscard]] std::string theirs(const char* options, const std::string& text) const {
    // No task has this number: nobody is touched if the preloading fails.
    const test::Output output = test::run({"env", "LC_ALL=C", "LD_PRELOAD=" WIDE_KERNEL,
                                           real_->path, options, "--", text, "2147483647"});
    return output.out + output.err;
  }

  static std::string ours(bool list, const std::string& text) {
    const char* const form = list ? "list" : "mask";
    const auto set = list ? parse_taskset_list(text) : parse_taskset_mask(text);
    if (!set) return std::string("taskset: failed to parse CPU ") + form + ": " + text + '\n';
    const auto line = [&](const char* when, const CpuSet& cpus) {
      return std::string("pid 2147483647's ") + when + " affinity " + form + ": " +
             (list ? to_taskset_list(cpus) : to_hex_mask(cpus)) + '\n';
    };
    const CpuSet all = CpuSet::range(CpuId(0), CpuId(machine_cpus - 1));
    return line("current", all) + line("new", *set & all);
  }

  void compare(bool list, const std::string& text) const {
    EXPECT_EQ(ours(list, text), theirs(list ? "-pc" : "-p", text)) << text;
  }

  std::optional<test::UtilLinux> real_;
};

TEST_F(WideMachine, TablesAreReadAndPrintedAlike) {
  for (const Reading& mask : masks)
    compare(false, mask.text);
  for (const Reading& list : lists)
    compare(true, list.text);
}

// So short that no number makes util-linux's taskset count for seconds.
TEST_F(WideMachine, AnyTextIsReadAndPrintedAlike) {
  const auto text_of = [](const std::string& characters) {
    return rc::gen::resize(10, rc::gen::container<std::string>(rc::gen::elementOf(characters)));
  };
  EXPECT_TRUE(rc::check("masks", [&] {
    const std::string text = *text_of("000111248acefF,,,xX -");
    RC_ASSERT(ours(false, text) == theirs("-p", text));
  }));
  EXPECT_TRUE(rc::check("lists", [&] {
    const std::string text = *text_of("01235789,,,---::x +");
    RC_ASSERT(ours(true, text) == theirs("-pc", text));
  }));
}

}  // namespace
}  // namespace pinfold::tool

// A real 32-bit program (calls32.cpp), not a 64-bit one that makes 32-bit calls.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "kernel/layout.h"
#include "kernel/world.h"
#include "support/program.h"

namespace pinfold::test {
namespace {

class I386Program : public WorldTest {
 protected:
  // What it printed: call, argument, result.
  using Lines = std::map<std::string, std::map<long, long>>;

  void SetUp() override {
#ifdef PINFOLD_CALLS32
    if (!world().abi32()) GTEST_SKIP() << "this kernel runs no 32-bit programs";
#else
    GTEST_SKIP() << "the compiler makes no 32-bit programs (-m32)";
#endif
  }

  static Lines run_it() {
    Lines lines;
#ifdef PINFOLD_CALLS32
    const Output output = run({PINFOLD_CALLS32});
    EXPECT_EQ(output.exit, 0);
    std::istringstream text(output.out);
    std::string call;
    long argument = 0;
    long result = 0;
    while (text >> call >> argument >> result)
      lines[call][argument] = result;
    EXPECT_TRUE(lines.contains("end")) << output.out;
#endif
    return lines;
  }
};

TEST_F(I386Program, GetTakesWhole32BitWordsThatHoldEveryPossibleCpu) {
  const auto lines = run_it();
  ASSERT_EQ(lines.at("get").size(), 19U);
  for (const auto& [length, result] : lines.at("get")) {
    EXPECT_EQ(result, get_result(machine(), Layout::i386, static_cast<unsigned long>(length)))
        << "length " << length;
  }
}

TEST_F(I386Program, SetTakesAnyLengthThatHoldsAUsableCpu) {
  const auto lines = run_it();
  ASSERT_EQ(lines.at("set").size(), 15U);
  for (const auto& [length, result] : lines.at("set")) {
    const auto bytes = bytes_read(machine(), Layout::i386, static_cast<unsigned long>(length));
    const CpuSet all = from_bytes(std::vector<unsigned char>(bytes, 0xff));
    EXPECT_EQ(result, all.intersects(machine().usable) ? 0 : -EINVAL) << "length " << length;
  }
}

TEST_F(I386Program, A05_OneByteIsEnoughForSetAndTooShortForGet) {
  if (machine().usable.first()->value() > 7) GTEST_SKIP() << "no usable CPU in the first byte";
  const auto lines = run_it();
  EXPECT_EQ(lines.at("set").at(1), 0);
  EXPECT_EQ(lines.at("get").at(1), -EINVAL);
}

TEST_F(I386Program, ErrorsAreNegativeInTheResult) {
  const auto lines = run_it();
  EXPECT_EQ(lines.at("set-null").begin()->second, -EFAULT);
  EXPECT_EQ(lines.at("get-null").begin()->second, -EFAULT);
  EXPECT_EQ(lines.at("set-nobody").begin()->second, -EINVAL);
  EXPECT_EQ(lines.at("get-no-task").begin()->second, -ESRCH);
  EXPECT_EQ(lines.at("set-no-task").begin()->second, -ESRCH);
}

TEST_F(I386Program, ExecAndForkKeepTheMask) {
  ASSERT_EQ(set_mask(Tid(), last()), 0);
  const auto lines = run_it();
  const long cpu = last().first()->value();
  EXPECT_EQ(lines.at("inherited"), (std::map<long, long>{{1, cpu}}));
  EXPECT_EQ(lines.at("forked"), (std::map<long, long>{{1, cpu}}));
}

TEST_F(I386Program, AllOnesIsEveryUsableCpu) {
  EXPECT_EQ(run_it().at("count").at(0), static_cast<long>(machine().usable.count()));
}

TEST_F(I386Program, CallerIsMovedBeforeTheCallReturns) {
  const auto moved = run_it().at("moved");
  EXPECT_EQ(moved.size(), machine().usable.count());
  for (const auto& [cpu, at] : moved)
    EXPECT_EQ(at, cpu);
}

}  // namespace
}  // namespace pinfold::test

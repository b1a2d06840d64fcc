#include "sim/files/kernel_text.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "machine/folder.h"
#include "support/program.h"

namespace pinfold::test {
using namespace sim;
namespace {

TEST(KernelMask, HasAsManyDigitsAsThereAreCpus) {
  EXPECT_EQ(kernel_mask(cpus("0-1"), 2), "3\n");
  EXPECT_EQ(kernel_mask(cpus("0"), 5), "01\n");
  EXPECT_EQ(kernel_mask(CpuSet(), 32), "00000000\n");
  EXPECT_EQ(kernel_mask(cpus("0,32"), 33), "1,00000001\n");
  EXPECT_EQ(kernel_mask(cpus("39"), 40), "80,00000000\n");
  EXPECT_EQ(kernel_mask(cpus("4,95"), 96), "80000000,00000000,00000010\n");
}

TEST(KernelList, IsEmptyOfNoCpus) {
  EXPECT_EQ(kernel_list(cpus("0-3,8")), "0-3,8\n");
  EXPECT_EQ(kernel_list(CpuSet()), "\n");
}

RC_GTEST_PROP(KernelMask, IsReadAsItWasWritten, ()) {
  const auto bits = *rc::gen::inRange(1U, 3000U);
  CpuSet set;
  for (const unsigned cpu : *rc::gen::container<std::vector<unsigned>>(rc::gen::inRange(0U, bits)))
    set.add(CpuId(cpu));
  const std::string text = kernel_mask(set, bits);
  RC_ASSERT(text.size() == (bits + 3) / 4 + (bits - 1) / 32 + 1);
  RC_ASSERT(parse_kernel_mask(std::string_view(text).substr(0, text.size() - 1)) == set);
}

}  // namespace
}  // namespace pinfold::test

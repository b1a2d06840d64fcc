#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "measure/interrupts.h"

namespace pinfold::measure {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// CPU 1 is offline.
constexpr const char* file =
    "           CPU0       CPU2\n"
    "  0:         31          0   IO-APIC   2-edge      timer\n"
    " 36:          7     229410 PCI-MSIX-0000:00:02.0   1-edge      virtio1-req.0, eth 0\n"
    "NMI:          0          3   Non-maskable interrupts\n"
    "LOC:     830543     804144   Local timer interrupts\n"
    "ERR:          5\n";

TEST(Interrupts, ReadsTheColumnOfACpu) {
  EXPECT_THAT(parse_interrupts(file, CpuId(2)),
              ElementsAre(InterruptCount{"0", "timer", 0},
                          InterruptCount{"36", "virtio1-req.0, eth 0", 229410},
                          InterruptCount{"NMI", "Non-maskable", 3},
                          InterruptCount{"LOC", "Local timer", 804144}));
}

TEST(Interrupts, ACpuWithoutAColumnHasNone) {
  EXPECT_THAT(parse_interrupts(file, CpuId(1)), IsEmpty());
  EXPECT_THAT(parse_interrupts("", CpuId(0)), IsEmpty());
}

TEST(Interrupts, WhatCameInBetweenIsSortedAndTheRestLeftOut) {
  const std::vector<InterruptCount> before = {{"0", "timer", 31}, {"LOC", "Local timer", 100}};
  const std::vector<InterruptCount> after = {
      {"0", "timer", 31}, {"36", "disk", 4}, {"LOC", "Local timer", 350}};
  EXPECT_THAT(
      interrupts_between(before, after),
      ElementsAre(InterruptCount{"LOC", "Local timer", 250}, InterruptCount{"36", "disk", 4}));
}

}  // namespace
}  // namespace pinfold::measure

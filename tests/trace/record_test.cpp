#include "trace/record.h"

#include <gtest/gtest.h>

#include "support/program.h"
#include "trace/records.h"

namespace pinfold::trace {
namespace {

using test::cpus;
using test::nobody;
using test::RecordBuilder;

class MaskTest : public testing::TestWithParam<unsigned> {};

TEST_P(MaskTest, MasksOfAnyNumberOfCpusAreRead) {
  const unsigned ids = GetParam();
  const std::string list = "0," + std::to_string(ids - 1);
  const auto record = RecordBuilder(trace_set, {.cpu_ids = ids})
                          .self({})
                          .allowed("0")
                          .kernel_request(list.c_str())
                          .user(list.c_str());
  EXPECT_EQ(record.record().allowed(), cpus("0"));
  EXPECT_EQ(record.record().kernel_request(), cpus(list.c_str()));
  EXPECT_EQ(record.record().user_mask(), cpus(list.c_str()));
}

INSTANTIATE_TEST_SUITE_P(Words, MaskTest, testing::Values(2, 64, 65, 255, 256, 4096));

TEST(Record, BitsBehindTheLastCpuAreNone) {
  RecordBuilder builder(trace_set, {.cpu_ids = 70});
  builder.self({}).allowed("0").kernel_request("1").user("69");
  for (const unsigned mask : {0U, 1U, 2U})
    builder.stray_bit(mask, 70).stray_bit(mask, 127);
  const Record record = builder.record();
  EXPECT_EQ(record.allowed(), cpus("0"));
  EXPECT_EQ(record.kernel_request(), cpus("1"));
  EXPECT_EQ(record.user_mask(), cpus("69-70,127")) << "what was asked for may be no CPU";
}

TEST(Record, ACallersMaskMayEndWithinAWord) {
  const auto three = RecordBuilder(trace_set).user("0,7", 3).stray_bit(2, 8).stray_bit(2, 24);
  EXPECT_EQ(three.record().user_mask(), cpus("0,7-8"));

  const RecordShape shape{.cpu_ids = 128};
  auto twelve = RecordBuilder(trace_set, shape).user("1,63-64,95", 12);
  EXPECT_EQ(twelve.record().user_mask(), cpus("1,63-64,95"));
  twelve.stray_bit(2, 96);  // not the caller's
  EXPECT_EQ(twelve.record().user_mask(), cpus("1,63-64,95"));

  const auto wide = RecordBuilder(trace_set).user("0,1023", 128);
  EXPECT_EQ(wide.record().user_mask(), cpus("0,1023")) << "1,024 at least";

  const auto one = RecordBuilder(trace_set, shape).user("5", 8).stray_bit(2, 64);
  EXPECT_EQ(one.record().user_mask(), cpus("5"));
}

TEST(Record, WhatIsNotThereIsNothing) {
  const RecordBuilder bare(trace_set);
  EXPECT_FALSE(bare.record().target());
  EXPECT_FALSE(bare.record().allowed());
  EXPECT_FALSE(bare.record().kernel_request());
  EXPECT_FALSE(bare.record().user_mask());
  const auto unasked = RecordBuilder(trace_set).flag(trace_no_request);
  EXPECT_EQ(unasked.record().kernel_request(), CpuSet());
}

TEST(Record, TasksAreToldWithTheirStartInTicks) {
  const auto builder = RecordBuilder(trace_set)
                           .actor({.pid = 7, .tid = 8, .start = 123, .name = "a name"})
                           .target({.pid = 9, .tid = 10, .start = 456, .name = "other"});
  const Actor actor = builder.record().actor();
  EXPECT_EQ(actor.pid, Pid(7));
  EXPECT_EQ(actor.tid, Tid(8));
  EXPECT_EQ(actor.start_time, 123U);
  EXPECT_EQ(actor.comm, "a name");
  EXPECT_EQ(actor.uid, 0U);
  EXPECT_FALSE(actor.ns_tid);
  const auto target = builder.record().target();
  ASSERT_TRUE(target);
  EXPECT_EQ(target->tid, Tid(10));
  EXPECT_EQ(target->start_time, 456U);
  EXPECT_EQ(target->comm, "other");
}

TEST(Record, OnlyACallSaysHowItsCallerCalls) {
  EXPECT_TRUE(RecordBuilder(trace_set).record().actor().abi);
  EXPECT_TRUE(RecordBuilder(trace_get).record().actor().abi);
  EXPECT_FALSE(RecordBuilder(trace_commit).record().actor().abi);
  EXPECT_NE(RecordBuilder(trace_set).record().actor().abi,
            RecordBuilder(trace_set).flag(trace_compat).record().actor().abi);
}

TEST(Record, APathStandsBehindTheMasks) {
  const auto move = RecordBuilder(trace_move, {.cpu_ids = 300}).allowed("299").path("/a/b");
  EXPECT_EQ(move.record().path(), "/a/b");
  EXPECT_EQ(RecordBuilder(trace_move).record().path(), "");
}

TEST(Record, FramesAreToldOnlyWhereTheyAreWritten) {
  const std::vector<std::uint64_t> addresses = {1, 2, 1, 3};
  const RecordShape with{.cpu_ids = 8, .callers = true};
  const auto builder = RecordBuilder(trace_set, with).frames(addresses);
  const auto frames = builder.record().frames();
  EXPECT_EQ(std::vector(frames.begin(), frames.end()), addresses);
  EXPECT_TRUE(RecordBuilder(trace_set).frames(addresses).record().frames().empty());
  EXPECT_TRUE(RecordBuilder(trace_commit, with).frames(addresses).record().frames().empty());
  // Where the stack cannot be walked the first two are there still.
  const auto unwalked = RecordBuilder(trace_set, with).frames({1, 2}).frames_failed(EFAULT);
  EXPECT_EQ(unwalked.record().frames().size(), 2U);
}

}  // namespace
}  // namespace pinfold::trace

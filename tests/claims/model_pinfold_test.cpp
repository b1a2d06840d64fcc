// Claims that say what a program should do, and what the C library does: Pinfold and a model of
// glibc on a modelled system.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>

#include <pinfold/cpu_list.h>
#include <pinfold/plan.h>

#include "claims/model_claims.h"
#include "model/kernel.h"
#include "model/libc.h"
#include "pin/assignment.h"
#include "pin/dedicate.h"
#include "pin/pinner.h"

namespace pinfold::test {
namespace {

using model::Hierarchy;
using model::Libc;
using model::LibcAnswer;

class ModelPinfold : public ModelClaims {
 protected:
  /// For those whose threads are set one after the other.
  static ApplyOptions one_by_one() { return {.workers = 1}; }
  static UserBuffer buffer(std::vector<unsigned char>& bytes) {
    return {.address = bytes.data(), .readable = bytes.size(), .writable = bytes.size()};
  }
};

TEST_F(ModelPinfold, T08_ACpuThatDoesNotExistIsFoundBeforeTheCall) {
  model::ModelKernel kernel(session());
  bool called = false;
  system().on_step = [&](model::Step, model::Task&) { called = true; };
  const auto prepared =
      prepare(kernel, caller().process->pid(), {.cpus = [](const Limits&) { return cpus("1,4"); }});
  ASSERT_FALSE(prepared);
  EXPECT_EQ(prepared.error().kind, ErrorKind::no_such_cpu);
  EXPECT_EQ(prepared.error().cpus, "4");
  EXPECT_EQ(prepared.error().limit, "0-3");
  EXPECT_FALSE(called);
}

TEST_F(ModelPinfold, T10_WorkersRunOnDifferentCores) {
  boot("pack:2 core:16 pu:2");
  model::ModelKernel kernel(session());
  const auto& machine = system().setup().machine;
  const auto slots = plan(machine, {.workers = 32, .policy = Policy::core}).value();
  CpuSet used;
  for (const CpuSet& slot : slots) {
    model::Task& worker = thread();
    ASSERT_TRUE(kernel.set_affinity(worker.tid(), slot));
    system().wake(worker);
    used.add(CpuId(worker.cpu));
  }
  for (const Object& core : machine.objects(Level::core))
    EXPECT_EQ((used & core.cpus).count(), 1U) << to_cpu_list(core.cpus);
}

TEST_F(ModelPinfold, M05_TheLibraryCallsReturnZeroOrMinusOneAndErrno) {
  model::ModelAbi abi(session());
  Libc libc(abi);
  std::vector<unsigned char> mask(128);
  EXPECT_EQ(libc.sched_getaffinity(0, mask.size(), buffer(mask)), LibcAnswer{});
  EXPECT_EQ(libc.sched_setaffinity(0, mask.size(), buffer(mask)), LibcAnswer{});
  const LibcAnswer einval{.result = -1, .error = EINVAL};
  std::vector<unsigned char> none(128);
  EXPECT_EQ(libc.sched_setaffinity(0, none.size(), buffer(none)), einval);
  EXPECT_EQ(libc.sched_getaffinity(0, 4, buffer(none)), einval);
}

TEST_F(ModelPinfold, M11_CpusThatCannotBeUsedAreDroppedSilentlyAndPinfoldSaysSo) {
  boot("core:8 pu:1", "6.12", Hierarchy::v2);
  confine(caller(), "0-3");
  EXPECT_EQ(set(0, cpus("2-5,9")), 0);
  EXPECT_EQ(mask_of(caller()), cpus("2-3"));

  model::ModelKernel kernel(session());
  Pinner pinner(kernel);
  const auto outside = pinner.pin(Tid(), cpus("2-5"), Clip::no);
  ASSERT_FALSE(outside);
  EXPECT_EQ(outside.error().kind, ErrorKind::cpuset);
  EXPECT_EQ(outside.error().cpus, "4-5");
  EXPECT_EQ(outside.error().owner, "/box");
  const auto absent = pinner.pin(Tid(), cpus("2,9"), Clip::no);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, ErrorKind::no_such_cpu);
}

TEST_F(ModelPinfold, M12_SysconfCountsCpusAndKnowsNothingOfTheCaller) {
  boot("core:8 pu:1", "6.12", Hierarchy::v2);
  confine(caller(), "0-1");
  ASSERT_EQ(system().take_offline(CpuId(7)), 0);
  EXPECT_EQ(model::sysconf(_SC_NPROCESSORS_CONF, system().cpus()), 8);
  EXPECT_EQ(model::sysconf(_SC_NPROCESSORS_ONLN, system().cpus()), 7);
  EXPECT_EQ(mask_of(caller()).count(), 2U);
}

TEST_F(ModelPinfold, M13_PthreadSetaffinitySetsOneThreadAndReturnsTheError) {
  model::ModelAbi abi(session());
  Libc libc(abi);
  model::Task& other = thread();
  std::vector<unsigned char> mask(128);
  EXPECT_EQ(libc.pthread_setaffinity_np(other.tid(), mask.size(), buffer(mask)),
            LibcAnswer{.result = EINVAL});
  mask[0] = 0b0100;
  EXPECT_EQ(libc.pthread_setaffinity_np(other.tid(), mask.size(), buffer(mask)), LibcAnswer{});
  EXPECT_EQ(mask_of(other), cpus("2"));
  EXPECT_EQ(mask_of(caller()), cpus("0-3"));
}

TEST_F(ModelPinfold, M19_CpuSetTHas128BytesAndItsHighestCpuIs1023) {
  model::FixedCpuSet set;
  set.add(1023);
  set.add(1500);
  EXPECT_EQ(set.count(), 1U);
  EXPECT_FALSE(set.contains(1500));
  boot("core:4 pu:1;possible=2048");
  model::ModelAbi abi(session());
  EXPECT_EQ(Libc(abi).sched_getaffinity(0, sizeof set, set.user()),
            (LibcAnswer{.result = -1, .error = EINVAL}));
}

TEST_F(ModelPinfold, M20_LargerMasksAreProbedWithGrowingSizes) {
  boot("core:3000 pu:1");
  model::ModelKernel kernel(session());
  EXPECT_EQ(kernel.effective(Tid()).value(), cpus("0-2999"));
  Pinner pinner(kernel);
  const auto placed = pinner.pin(Tid(), cpus("1500,2999"), Clip::no);
  ASSERT_TRUE(placed) << message(placed.error());
  EXPECT_EQ(placed->effective, cpus("1500,2999"));
}

TEST_F(ModelPinfold, M23_OneThreadIsOnItAndAllOthersAreOff) {
  call_as(system().init());
  model::ModelKernel kernel(session());
  model::Task& target = fork();
  std::vector<model::Task*> others;
  for (int i = 0; i < 50; ++i)
    others.push_back(&fork());
  auto prepared =
      prepare(kernel, target.process->pid(), {.cpus = [](const Limits&) { return cpus("3"); }});
  ASSERT_TRUE(prepared) << message(prepared.error());
  std::vector<Assignment> assignments;
  assignments.push_back(std::move(*prepared));
  const auto dedicated = dedicate(kernel, std::move(assignments), {.apply = one_by_one()});
  ASSERT_TRUE(dedicated) << message(dedicated.error());
  EXPECT_TRUE(dedicated->done());
  EXPECT_EQ(mask_of(target), cpus("3"));
  for (const model::Task* other : others)
    EXPECT_EQ(mask_of(*other), cpus("0-2"));
  EXPECT_EQ(mask_of(system().init()), cpus("0-2")) << "so that who starts later keeps off";
  EXPECT_EQ(mask_of(fork()), cpus("0-2"));
}

}  // namespace
}  // namespace pinfold::test

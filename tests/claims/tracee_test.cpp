// Tracee's description of the sched_setaffinity event, as far as no tracer is needed.
#include <gtest/gtest.h>

#include <pinfold/cpu_list.h>

#include "claims/claims.h"
#include "linux/kernel.h"
#include "pin/assignment.h"
#include "pin/pinner.h"

namespace pinfold::test {
namespace {

// The kernel under us, and how often it was asked to set a mask.
class CountingAbi final : public Abi {
 public:
  long set_affinity(long pid, unsigned long length, UserBuffer mask) override {
    ++sets;
    return abi_.set_affinity(pid, length, mask);
  }
  long get_affinity(long pid, unsigned long length, UserBuffer mask) override {
    return abi_.get_affinity(pid, length, mask);
  }

  int sets = 0;

 private:
  LinuxAbi abi_;
};

TEST_F(Claims, T08_ACpuThatDoesNotExistIsFoundBeforeTheCall) {
  CountingAbi abi;
  LinuxKernel kernel(abi);
  Pinner pinner(kernel);
  const CpuSet asked = only(a) | only(absent_cpu());

  const auto pinned = pinner.pin(Tid(), asked, Clip::no);
  ASSERT_FALSE(pinned);
  EXPECT_EQ(pinned.error().kind, ErrorKind::no_such_cpu);
  EXPECT_EQ(pinned.error().cpus, to_cpu_list(only(absent_cpu())));

  Victim victim({"quiet", "1"});
  const auto prepared =
      prepare(kernel, Pid(victim.pid()), {.cpus = [&](const Limits&) { return asked; }});
  ASSERT_FALSE(prepared);
  EXPECT_EQ(prepared.error().kind, ErrorKind::no_such_cpu);
  EXPECT_EQ(abi.sets, 0);
}

TEST_F(Claims, T08_SetNamesTheCpuThatDoesNotExistAndChangesNobody) {
  Victim one({"quiet", "2"});
  const CpuSet before = mask_of(one.pid());
  const std::string absent = to_cpu_list(only(absent_cpu()));
  const Output set = pinfold({"set", absent, one.pid_text()});
  EXPECT_EQ(set.exit, 1);
  EXPECT_EQ(set.out, "");
  EXPECT_EQ(set.err, "pinfold: CPU " + absent + " does not exist: this machine has " +
                         to_cpu_list(system_cpus("present")) +
                         "\n  --clip drops CPUs that cannot be used\n");
  EXPECT_EQ(mask_of(one.pid()), before);
}

}  // namespace
}  // namespace pinfold::test

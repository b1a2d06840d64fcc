// A machine of 8 CPUs whose kernel counts with 2,048 (possible_cpus=2048).
#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include <pinfold/pin.h>
#include <pinfold/scoped_pin.h>

#include "claims/claims.h"
#include "vm/cpuset_v2.h"
#include "vm/machine.h"

namespace pinfold::test {
namespace {

constexpr std::size_t mask_bytes = 256;

class LargeMask : public VmTest {
 private:
  MaskGuard guard_;
};

TEST_F(LargeMask, M27_TheKernelsMaskIsMuchLargerThanTheNumberOfActiveCpus) {
  EXPECT_EQ(kernel_mask_bytes(), mask_bytes);
  EXPECT_EQ(kernel().cpus()->possible, cpus("0-2047"));
  EXPECT_EQ(kernel().cpus()->online, cpus("0-7"));
  EXPECT_EQ(effective(Tid()), cpus("0-7"));
}

TEST_F(LargeMask, M19_AGetWithACpuSetTIsEinval) {
  cpu_set_t fixed;
  EXPECT_EQ(::sched_getaffinity(0, sizeof fixed, &fixed), -1);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(::pthread_getaffinity_np(::pthread_self(), sizeof fixed, &fixed), EINVAL);
}

TEST_F(LargeMask, M19_ASetWithACpuSetTIsTaken) {
  cpu_set_t fixed;
  CPU_ZERO(&fixed);
  CPU_SET(5, &fixed);
  EXPECT_EQ(::sched_setaffinity(0, sizeof fixed, &fixed), 0);
  EXPECT_EQ(mask_of(0), cpus("5"));
}

struct CpuSetFree {
  void operator()(cpu_set_t* set) const { CPU_FREE(set); }
};

TEST_F(LargeMask, M20_ProbingWithGrowingSizesFindsOneThatIsTaken) {
  std::size_t cpus = 1024;
  std::unique_ptr<cpu_set_t, CpuSetFree> mask(CPU_ALLOC(cpus));
  while (::sched_getaffinity(0, CPU_ALLOC_SIZE(cpus), mask.get()) != 0) {
    ASSERT_EQ(errno, EINVAL);
    ASSERT_LT(cpus, 1U << 20U);
    cpus *= 2;
    mask.reset(CPU_ALLOC(cpus));
  }
  EXPECT_EQ(cpus, 2048U);
  EXPECT_EQ(CPU_COUNT_S(CPU_ALLOC_SIZE(cpus), mask.get()), 8);
}

TEST_F(LargeMask, TheLibraryReadsPinsAndPutsBack) {
  const CpuSet before = affinity(this_thread())->effective;
  EXPECT_EQ(before, cpus("0-7"));
  {
    const ScopedPin guard(cpus("3"));
    ASSERT_TRUE(guard.placement()) << message(guard.placement().error());
    EXPECT_EQ(affinity(this_thread())->effective, cpus("3"));
  }
  EXPECT_EQ(affinity(this_thread())->effective, before);
}

TEST_F(LargeMask, CpusThatCouldBeButAreNotPresentDoNotExist) {
  const auto placed = pin(this_thread(), cpus("3,1500"));
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().kind, ErrorKind::no_such_cpu);
  EXPECT_EQ(placed.error().cpus, "1500");
  EXPECT_EQ(placed.error().limit, "0-7");
}

TEST_F(LargeMask, PinfoldGetShowsTheMaskAndWhatIsKeptOfIt) {
  const Victim victim({"quiet", "1"});
  const Output get = pinfold({"get", "--json", victim.pid_text()});
  EXPECT_EQ(get.exit, 0) << get.err;
  EXPECT_NE(get.out.find(R"("effective":"0-7")"), std::string::npos) << get.out;
}

TEST_F(LargeMask, PinfoldSetAndResetReachEveryThread) {
  const Victim victim({"quiet", "3"});
  const Output set = pinfold({"set", "2,7", victim.pid_text()});
  EXPECT_EQ(set.exit, 0) << set.err;
  EXPECT_EQ(set.out, "quiet (" + victim.pid_text() + "): 3 threads on 2,7, before on 0-7\n");
  EXPECT_EQ(mask_of(victim.pid()), cpus("2,7"));
  EXPECT_EQ(pinfold({"reset", victim.pid_text()}).exit, 0);
  EXPECT_EQ(mask_of(victim.pid()), cpus("0-7"));
}

TEST_F(LargeMask, PinfoldSetOfACpuThatIsNotPresentSaysSo) {
  const Victim victim({"quiet", "1"});
  const Output set = pinfold({"set", "3,1500", victim.pid_text()});
  EXPECT_EQ(set.exit, 1);
  EXPECT_EQ(set.err,
            "pinfold: CPU 1500 does not exist: this machine has 0-7\n"
            "  --clip drops CPUs that cannot be used\n");
}

TEST_F(LargeMask, PinfoldRunStartsTheCommandThere) {
  const Output run =
      pinfold({"run", "--on", "2,7", "--", "grep", "Cpus_allowed_list", "/proc/self/status"});
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(run.out, "Cpus_allowed_list:\t2,7\n");
}

TEST_F(LargeMask, PinfoldTasksetShowsAndSets) {
  const Victim victim({"quiet", "1"});
  EXPECT_EQ(pinfold({"taskset", "-p", victim.pid_text()}).out,
            "pid " + victim.pid_text() + "'s current affinity mask: ff\n");
  EXPECT_EQ(pinfold({"taskset", "-pc", "2,7", victim.pid_text()}).out,
            "pid " + victim.pid_text() + "'s current affinity list: 0-7\npid " + victim.pid_text() +
                "'s new affinity list: 2,7\n");
  EXPECT_EQ(mask_of(victim.pid()), cpus("2,7"));
}

TEST_F(LargeMask, CpusetOfV2Narrows) {
  const CpusetV2 cpuset("0-3");
  const Victim victim({"quiet", "1"});
  cpuset.move_in(Pid(victim.pid()));
  EXPECT_EQ(mask_of(victim.pid()), cpus("0-3"));
  const Output set = pinfold({"set", "5", victim.pid_text()});
  EXPECT_EQ(set.exit, 1);
  EXPECT_NE(set.err.find("cgroup " + cpuset.name() + " allows 0-3"), std::string::npos) << set.err;
}

}  // namespace
}  // namespace pinfold::test

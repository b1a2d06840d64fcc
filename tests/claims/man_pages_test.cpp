// sched_setaffinity(2) of man-pages 4.00 and 5.11, sentence by sentence.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <pinfold/cpu_list.h>
#include <pinfold/pin.h>

#include "claims/claims.h"

namespace pinfold::test {
namespace {

TEST_F(Claims, M01_SetsTheMaskOfTheThreadWithThatId) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  Sleeper other;
  ASSERT_EQ(raw_set(other.tid(), only(b)), 0);
  EXPECT_EQ(mask_of(other.tid()), only(b));
  EXPECT_EQ(mask_of(0), own);

  ASSERT_TRUE(pin(Tid(other.tid()), only(a)));
  EXPECT_EQ(mask_of(other.tid()), only(a));
  EXPECT_EQ(mask_of(0), own);
}

TEST_F(Claims, M01_ZeroIsTheCaller) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  const Sleeper other;
  ASSERT_EQ(raw_set(0, only(b)), 0);
  EXPECT_EQ(mask_of(::gettid()), only(b));
  EXPECT_EQ(mask_of(other.tid()), own);
}

TEST_F(Claims, M02_CpusetsizeCountsBytes) {
  if (b.value() >= CHAR_BIT || lonely) GTEST_SKIP() << "needs two CPUs among the first eight";
  const MemoryEnd memory;
  unsigned char* byte = memory.last(1);
  // Were it bits, CPU b would not be read; were it words, more than this byte would be.
  *byte = static_cast<unsigned char>(1U << b.value());
  ASSERT_EQ(raw_set(0, 1, byte), 0);
  EXPECT_EQ(mask_of(0), only(b));
}

TEST_F(Claims, M03_ARunningThreadIsOnACpuOfTheMaskWhenTheCallReturns) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  const Spinner runner;
  for (int i = 0; i < 50; ++i) {
    const CpuId to = i % 2 == 0 ? b : a;
    ASSERT_EQ(raw_set(runner.tid(), only(to)), 0);
    ASSERT_EQ(last_cpu(runner.tid()), to);
    ASSERT_EQ(raw_set(0, only(to)), 0);
    ASSERT_EQ(::sched_getcpu(), static_cast<int>(to.value()));
  }
}

TEST_F(Claims, M03_AQueuedThreadIsOnACpuOfTheMaskWhenTheCallReturns) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  // Two that compute on one CPU: one of them waits its turn.
  const Spinner one;
  const Spinner other;
  for (int i = 0; i < 50; ++i) {
    const CpuId to = i % 2 == 0 ? b : a;
    for (const pid_t tid : {one.tid(), other.tid()}) {
      ASSERT_EQ(raw_set(tid, only(to)), 0);
      ASSERT_EQ(last_cpu(tid), to);
    }
  }
}

TEST_F(Claims, M03_ASleepingThreadIsMigratedWhenItWakes) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  Sleeper sleeper;
  const CpuId before = last_cpu(sleeper.tid());
  const CpuId to = before == a ? b : a;
  ASSERT_EQ(raw_set(sleeper.tid(), only(to)), 0);
  EXPECT_EQ(last_cpu(sleeper.tid()), before);
  EXPECT_EQ(sleeper.wake(), to);
}

TEST_F(Claims, M04_GetWritesTheMaskOfTheThread) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  const Sleeper other;
  ASSERT_EQ(raw_set(other.tid(), only(b)), 0);
  std::vector<CpuSet::Word> mask(kernel_mask_bytes() / sizeof(CpuSet::Word), ~CpuSet::Word{0});
  ASSERT_GT(raw_get(other.tid(), mask.size() * sizeof(CpuSet::Word), mask.data()), 0);
  EXPECT_EQ(CpuSet::from_words(mask), only(b));
}

TEST_F(Claims, M04_ZeroIsTheCaller) {
  ASSERT_EQ(raw_set(0, only(a)), 0);
  std::vector<CpuSet::Word> mask(kernel_mask_bytes() / sizeof(CpuSet::Word), ~CpuSet::Word{0});
  ASSERT_GT(raw_get(0, mask.size() * sizeof(CpuSet::Word), mask.data()), 0);
  EXPECT_EQ(CpuSet::from_words(mask), only(a));
}

TEST_F(Claims, M05_BothReturnZeroOrMinusOneAndErrno) {
  if (absent_cpu().value() > CPU_SETSIZE) GTEST_SKIP() << "this machine needs a larger cpu_set_t";
  cpu_set_t mask;
  EXPECT_EQ(::sched_getaffinity(0, sizeof mask, &mask), 0);
  EXPECT_EQ(::sched_setaffinity(0, sizeof mask, &mask), 0);

  errno = 0;
  EXPECT_EQ(::sched_getaffinity(-1, sizeof mask, &mask), -1);
  EXPECT_EQ(errno, ESRCH);
  CPU_ZERO(&mask);
  EXPECT_EQ(::sched_setaffinity(0, sizeof mask, &mask), -1);
  EXPECT_EQ(errno, EINVAL);
}

TEST_F(Claims, M06_AnInvalidAddressIsEfault) {
  const MemoryEnd memory;
  const std::size_t bytes = shortest_mask_bytes();
  for (void* nowhere : {static_cast<void*>(nullptr), static_cast<void*>(memory.beyond())}) {
    EXPECT_EQ(raw_set(0, bytes, nowhere), -EFAULT);
    EXPECT_EQ(raw_get(0, bytes, nowhere), -EFAULT);
  }
  // Half of it there is not enough.
  EXPECT_EQ(raw_set(0, bytes, memory.last(bytes / 2)), -EFAULT);
  EXPECT_EQ(raw_get(0, bytes, memory.last(bytes / 2)), -EFAULT);
}

TEST_F(Claims, M06_MemoryThatCanOnlyBeReadIsEfaultForGet) {
  const std::size_t bytes = shortest_mask_bytes();
  void* memory = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  EXPECT_EQ(raw_get(0, bytes, memory), -EFAULT);
  ::munmap(memory, bytes);
}

TEST_F(Claims, M07_NoCpuThatIsPresentIsEinval) {
  const CpuSet::Word none = 0;
  EXPECT_EQ(raw_set(0, sizeof none, &none), -EINVAL);
  EXPECT_EQ(raw_set(0, only(absent_cpu())), -EINVAL);
  EXPECT_EQ(raw_set(0, only(CpuId(100'000))), -EINVAL);
  EXPECT_EQ(mask_of(0), own);
}

// The page does not name this reason.
TEST_F(Claims, M07_AKernelThreadBoundToItsCpuIsEinvalWithAnyMask) {
  pid_t bound = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::string name;
    std::getline(std::ifstream(entry.path() / "comm"), name);
    if (name.starts_with("migration/")) bound = std::stoi(entry.path().filename());
  }
  if (bound == 0) GTEST_SKIP() << "no migration/N kernel thread can be seen here";
  EXPECT_EQ(raw_set(bound, mask_of(bound)), -EINVAL);
}

// "smaller than the size of the affinity mask used by the kernel" is more than what is checked:
// the kernel's mask may be larger (M27), but a buffer for every CPU number that there can be is
// enough. And it must be whole words.
TEST_F(Claims, M08_GetNeedsABitForEveryCpuNumberInWholeWords) {
  std::vector<CpuSet::Word> mask(shortest_mask_bytes() / sizeof(CpuSet::Word) + 1);
  const std::size_t enough = shortest_mask_bytes();
  EXPECT_EQ(raw_get(0, enough, mask.data()), static_cast<long>(enough));
  EXPECT_EQ(raw_get(0, enough - sizeof(CpuSet::Word), mask.data()), -EINVAL);
  EXPECT_EQ(raw_get(0, enough + 1, mask.data()), -EINVAL);
  EXPECT_EQ(raw_get(0, 0, mask.data()), -EINVAL);
}

TEST_F(Claims, M08_SetTakesAShorterMask) {
  if (a.value() >= CHAR_BIT) GTEST_SKIP() << "needs a CPU among the first eight";
  const auto byte = static_cast<unsigned char>(1U << a.value());
  EXPECT_EQ(raw_set(0, 1, &byte), 0);
  EXPECT_EQ(mask_of(0), only(a));
  EXPECT_EQ(raw_set(0, 0, &byte), -EINVAL);  // no CPU in no bytes
}

TEST_F(Claims, M09_AnotherUsersThreadIsEperm) {
  constexpr uid_t nobody = 65534;
  constexpr int unknown = 254;
  // An empty mask: it would be EINVAL, if that were looked at first, and changes nobody.
  const CpuSet::Word none = 0;
  const auto ask = [&] {
    uid_t owner = 0;
    std::ifstream status("/proc/1/status");
    for (std::string word; status >> word && word != "Uid:";) {
    }
    status >> owner;
    if (!status || owner == ::geteuid()) return unknown;
    return static_cast<int>(-raw_set(1, sizeof none, &none));
  };
  const int result = ::geteuid() == 0 ? in_child_of_user(nobody, ask) : in_child(ask);
  if (result == -1) GTEST_SKIP() << "root cannot become another user in this container";
  if (result == unknown) GTEST_SKIP() << "pid 1 is no other user's here";
  EXPECT_EQ(result, EPERM);
}

TEST_F(Claims, M10_AnIdThatNobodyHasIsEsrch) {
  pid_t ended = ::fork();
  if (ended == 0) ::_exit(0);
  ASSERT_EQ(::waitpid(ended, nullptr, 0), ended);
  std::vector<CpuSet::Word> mask(kernel_mask_bytes() / sizeof(CpuSet::Word));
  for (const pid_t nobody : {ended, -1, INT_MAX, -::getpid()}) {
    EXPECT_EQ(raw_set(nobody, own), -ESRCH) << nobody;
    EXPECT_EQ(raw_get(nobody, kernel_mask_bytes(), mask.data()), -ESRCH) << nobody;
  }
}

TEST_F(Claims, M11_CpusThatAreNotPresentAreDroppedSilentlyAndPinfoldSaysSo) {
  const CpuId absent = absent_cpu();
  const CpuSet asked = only(a) | only(absent);
  ASSERT_EQ(raw_set(0, asked), 0);
  EXPECT_EQ(mask_of(0), only(a));

  const std::string missing = to_cpu_list(only(absent));
  const std::string complaint = "pinfold: CPU " + missing + " does not exist: this machine has " +
                                to_cpu_list(system_cpus("present")) +
                                "\n  --clip drops CPUs that cannot be used\n";
  const Output run = pinfold({"run", "--on", to_cpu_list(asked), "--", "echo", "started"});
  EXPECT_EQ(run.exit, 125);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, complaint);

  Victim victim({"quiet", "1"});
  const CpuSet before = mask_of(victim.pid());
  const Output set = pinfold({"set", to_cpu_list(asked), victim.pid_text()});
  EXPECT_EQ(set.exit, 1);
  EXPECT_EQ(set.err, complaint);
  EXPECT_EQ(mask_of(victim.pid()), before);
}

std::size_t cpus_of_cpuinfo() {
  std::ifstream file("/proc/cpuinfo");
  std::size_t count = 0;
  for (std::string line; std::getline(file, line);)
    count += line.starts_with("processor") ? 1U : 0U;
  return count;
}

// The folders cpu0, cpu1, … of sysfs.
CpuSet folders_of_sysfs() {
  CpuSet cpus;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/devices/system/cpu")) {
    const std::string name = entry.path().filename();
    if (!name.starts_with("cpu")) continue;
    if (const auto number = parse_cpu_list(std::string_view(name).substr(3))) cpus |= *number;
  }
  return cpus;
}

TEST_F(Claims, M12_CpuinfoAndSysconfOnlnCountTheOnlineCpus) {
  const std::size_t online = system_cpus("online").count();
  EXPECT_EQ(static_cast<std::size_t>(::sysconf(_SC_NPROCESSORS_ONLN)), online);
#if defined(__x86_64__) || defined(__i386__) || defined(__aarch64__)
  EXPECT_EQ(cpus_of_cpuinfo(), online);
#endif
}

TEST_F(Claims, M12_SysfsFoldersAndSysconfConfCountOfflineCpusToo) {
  const CpuSet present = system_cpus("present");
  const CpuSet possible = system_cpus("possible");
  const CpuSet folders = folders_of_sysfs();
  EXPECT_TRUE(folders.contains(present));
  EXPECT_TRUE(possible.contains(folders));
  // Which of the two depends on the C library.
  const auto configured = static_cast<std::size_t>(::sysconf(_SC_NPROCESSORS_CONF));
  EXPECT_TRUE(configured == folders.count() || configured == possible.count()) << configured;
}

TEST_F(Claims, M12_NoneOfThemKnowsWhatTheCallerMayUse) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  const auto count_all = [] {
    return std::vector<std::size_t>{static_cast<std::size_t>(::sysconf(_SC_NPROCESSORS_CONF)),
                                    static_cast<std::size_t>(::sysconf(_SC_NPROCESSORS_ONLN)),
                                    cpus_of_cpuinfo(), folders_of_sysfs().count()};
  };
  const auto before = count_all();
  ASSERT_TRUE(pin(this_thread(), only(a)));
  EXPECT_EQ(count_all(), before);
  EXPECT_EQ(affinity(this_thread())->effective.count(), 1U);
}

TEST_F(Claims, M13_TheMaskIsAThreadsOwnAndGetpidMeansTheMainThread) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  const pid_t main_thread = ::getpid();
  ASSERT_EQ(::gettid(), main_thread);
  CpuSet of_other;
  CpuSet of_main;
  std::jthread([&] {
    raw_set(::gettid(), only(a));
    raw_set(::getpid(), only(b));
    of_other = mask_of(::gettid());
    of_main = mask_of(main_thread);
  }).join();
  EXPECT_EQ(of_other, only(a));
  EXPECT_EQ(of_main, only(b));
  EXPECT_EQ(mask_of(0), only(b));
}

TEST_F(Claims, M13_PthreadSetaffinitySetsOneThreadAndReturnsTheError) {
  if (lonely || b.value() >= CPU_SETSIZE) GTEST_SKIP() << needs_two_cpus;
  cpu_set_t mask;
  CPU_ZERO(&mask);
  errno = 0;
  EXPECT_EQ(::pthread_setaffinity_np(::pthread_self(), sizeof mask, &mask), EINVAL);
  EXPECT_EQ(errno, 0);
  CPU_SET(b.value(), &mask);
  const Sleeper other;
  EXPECT_EQ(::pthread_setaffinity_np(::pthread_self(), sizeof mask, &mask), 0);
  EXPECT_EQ(mask_of(0), only(b));
  EXPECT_EQ(mask_of(other.tid()), own);
}

TEST_F(Claims, M15_AChildInheritsTheMaskOfTheThreadThatForks) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  int child = -1;
  std::jthread([&] {
    raw_set(0, only(b));
    child = in_child([&] { return mask_of(0) == only(b) ? 0 : 1; });
  }).join();
  EXPECT_EQ(child, 0);
  EXPECT_EQ(mask_of(0), own);
}

TEST_F(Claims, M15_ANewThreadInheritsTheMaskOfItsCreator) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  CpuSet inherited;
  ASSERT_EQ(raw_set(0, only(b)), 0);
  std::jthread([&] { inherited = mask_of(0); }).join();
  EXPECT_EQ(inherited, only(b));
}

TEST_F(Claims, M16_ExecPreservesTheMask) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  const Output run = pinfold({"run", "--on", to_cpu_list(only(b)), "--", "grep",
                              "Cpus_allowed_list", "/proc/self/status"});
  EXPECT_EQ(run.exit, 0);
  EXPECT_EQ(run.out, "Cpus_allowed_list:\t" + to_cpu_list(only(b)) + "\n");
}

}  // namespace
}  // namespace pinfold::test

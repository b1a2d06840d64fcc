#include "model/libc.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <span>

#include "model/kernel.h"
#include "support/make_machine.h"
#include "support/program.h"

namespace pinfold::model {
namespace {

using test::cpus;
using test::make_machine;

constexpr LibcAnswer done{};
constexpr LibcAnswer failed(int error) { return {.result = -1, .error = error}; }
constexpr LibcAnswer returned(int error) { return {.result = error}; }
constexpr LibcAnswer crashed{.crashed = true};

// A buffer of a program's, with something in it.
class Bytes {
 public:
  explicit Bytes(std::size_t size, unsigned char fill = 0xAA) : bytes_(size, fill) {}
  Bytes(std::size_t size, const CpuSet& cpus) : Bytes(size, 0) {
    const auto words = std::as_bytes(cpus.words());
    std::memcpy(bytes_.data(), words.data(), std::min(size, words.size()));
  }
  UserBuffer user() {
    return {.address = bytes_.data(), .readable = bytes_.size(), .writable = bytes_.size()};
  }
  [[nodiscard]] CpuSet first_words(std::size_t bytes) const {
    std::vector<CpuSet::Word> words(bytes / sizeof(CpuSet::Word));
    std::memcpy(words.data(), bytes_.data(), bytes);
    return CpuSet::from_words(words);
  }
  [[nodiscard]] bool all_from(std::size_t at, unsigned char byte) const {
    return std::ranges::all_of(std::span(bytes_).subspan(at), [&](auto b) { return b == byte; });
  }

 private:
  std::vector<unsigned char> bytes_;
};

std::unique_ptr<System> system_of(const test::MachineBuilder& machine) {
  return std::move(System::open({.machine = machine.build()}).value());
}

// The C library of a program on a machine of two CPUs, whose kernel has a mask of 32 bytes.
class LibcTest : public testing::Test {
 protected:
  CpuSet mask() {
    Bytes buffer(128);
    EXPECT_EQ(libc_.sched_getaffinity(0, 128, buffer.user()), done);
    return buffer.first_words(128);
  }
  Task& make(System::Make what) {
    Task* made = nullptr;
    EXPECT_EQ(system_->clone(*session_.caller, {.make = what}, made), 0);
    return *made;
  }

  std::unique_ptr<System> system_ = system_of(make_machine().cores(2));
  Session session_{*system_, &system_->init()};
  ModelAbi abi_{session_};
  Libc libc_{abi_};
};

TEST_F(LibcTest, GetReturnsNoughtAndClearsWhatTheKernelLeaves) {
  for (const std::size_t size : {std::size_t{128}, std::size_t{4096}}) {
    Bytes buffer(size + 1);
    EXPECT_EQ(libc_.sched_getaffinity(0, size, buffer.user()), done);
    EXPECT_EQ(buffer.first_words(size), cpus("0-1"));
    EXPECT_TRUE(buffer.all_from(size, 0xAA)) << "what stands behind it was written";
  }
}

TEST_F(LibcTest, GetOfLengthsThatTheKernelRefusesIsEinval) {
  Bytes buffer(4096);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{4}, std::size_t{13}, std::size_t{1} << 31U, SIZE_MAX}) {
    EXPECT_EQ(libc_.sched_getaffinity(0, size, buffer.user()), failed(EINVAL)) << size;
    EXPECT_EQ(libc_.pthread_getaffinity_np(Tid(), size, buffer.user()), returned(EINVAL)) << size;
  }
  EXPECT_TRUE(buffer.all_from(0, 0xAA));
}

// The kernel would take this length; INT_MAX is no multiple of a word.
TEST_F(LibcTest, GetHasALongLengthCutToInt) {
  Bytes buffer(128);
  const std::size_t size = 0xffff'fff8;
  EXPECT_EQ(abi_.get_affinity(0, size, buffer.user()), 32);
  EXPECT_EQ(libc_.sched_getaffinity(0, size, buffer.user()), failed(EINVAL));
}

TEST_F(LibcTest, GetIntoABufferThatIsShorterThanSaidCrashes) {
  Bytes buffer(64);
  EXPECT_EQ(libc_.sched_getaffinity(0, 128, buffer.user()), crashed);
  Bytes too_short(16);
  EXPECT_EQ(libc_.sched_getaffinity(0, 128, too_short.user()), failed(EFAULT)) << "the kernel's";
}

TEST_F(LibcTest, SetAnswersForTheLastCpuOfTheSet) {
  EXPECT_EQ(libc_.sched_setaffinity(0, 128, Bytes(128, cpus("1023")).user()), failed(EINVAL));
  EXPECT_EQ(libc_.sched_setaffinity(0, 128, Bytes(128, cpus("0,1023")).user()), done);
  EXPECT_EQ(mask(), cpus("0"));
}

TEST_F(LibcTest, ErrorsAreInErrno) {
  Bytes buffer(128);
  EXPECT_EQ(libc_.sched_getaffinity(4711, 128, buffer.user()), failed(ESRCH));
  EXPECT_EQ(libc_.sched_setaffinity(0, 128, {}), failed(EFAULT));
}

TEST_F(LibcTest, OldSymbolsMean128Bytes) {
  EXPECT_EQ(libc_.sched_setaffinity_2_3_3(0, Bytes(128, cpus("1")).user()), done);
  Bytes buffer(129);
  EXPECT_EQ(libc_.sched_getaffinity_2_3_3(0, buffer.user()), done);
  EXPECT_EQ(buffer.first_words(128), cpus("1"));
  EXPECT_TRUE(buffer.all_from(128, 0xAA));
}

TEST_F(LibcTest, PthreadCallsReturnTheError) {
  Bytes buffer(128);
  EXPECT_EQ(libc_.pthread_setaffinity_np(Tid(), 128, Bytes(128, CpuSet()).user()),
            returned(EINVAL));
  EXPECT_EQ(libc_.pthread_setaffinity_np(Tid(), 128, Bytes(128, cpus("1")).user()), done);
  EXPECT_EQ(libc_.pthread_getaffinity_np(Tid(), 128, buffer.user()), done);
  EXPECT_EQ(buffer.first_words(128), cpus("1"));
}

TEST_F(LibcTest, PthreadCallsReachThatThreadOnly) {
  const Task& thread = make(System::Make::thread);
  EXPECT_EQ(libc_.pthread_setaffinity_np(thread.tid(), 128, Bytes(128, cpus("1")).user()), done);
  EXPECT_EQ(*thread.allowed, cpus("1"));
  EXPECT_EQ(mask(), cpus("0-1"));
}

TEST_F(LibcTest, AttributesAreNotCheckedUntilAThreadIsMade) {
  ThreadAttributes attributes;
  EXPECT_EQ(attributes.set_affinity(128, Bytes(128, cpus("1000")).user()), done);
  const Task& thread = make(System::Make::thread);
  EXPECT_EQ(libc_.pthread_create(thread.tid(), attributes), returned(EINVAL));
}

TEST_F(LibcTest, ThreadStartsOnTheCpusOfItsAttributes) {
  ThreadAttributes attributes;
  EXPECT_EQ(attributes.set_affinity(128, Bytes(128, cpus("1")).user()), done);
  const Task& thread = make(System::Make::thread);
  EXPECT_EQ(libc_.pthread_create(thread.tid(), attributes), done);
  EXPECT_EQ(*thread.allowed, cpus("1"));
}

TEST_F(LibcTest, ThreadWithoutCpusInItsAttributesHasItsCreatorsMask) {
  ASSERT_EQ(libc_.sched_setaffinity(0, 128, Bytes(128, cpus("1")).user()), done);
  const Task& thread = make(System::Make::thread);
  EXPECT_EQ(libc_.pthread_create(thread.tid(), {}), done);
  EXPECT_EQ(*thread.allowed, cpus("1"));
}

TEST_F(LibcTest, AttributesDoNotFitIntoASetSmallerThanTheirHighestCpu) {
  ThreadAttributes attributes;
  Bytes small(8);
  ASSERT_EQ(attributes.set_affinity(128, Bytes(128, cpus("64")).user()), done);
  EXPECT_EQ(attributes.get_affinity(8, small.user()), returned(EINVAL));
  ASSERT_EQ(attributes.set_affinity(128, Bytes(128, cpus("63")).user()), done);
  EXPECT_EQ(attributes.get_affinity(8, small.user()), done);
  EXPECT_EQ(small.first_words(8), cpus("63"));
  Bytes large(256);
  EXPECT_EQ(attributes.get_affinity(256, large.user()), done);
  EXPECT_EQ(large.first_words(256), cpus("63"));
}

TEST_F(LibcTest, AttributesWithoutCpusAreAllOnes) {
  ThreadAttributes attributes;
  Bytes buffer(128);
  EXPECT_EQ(attributes.get_affinity(128, buffer.user()), done);
  EXPECT_TRUE(buffer.all_from(0, 0xff));
  ASSERT_EQ(attributes.set_affinity(128, Bytes(128, cpus("1")).user()), done);
  ASSERT_EQ(attributes.set_affinity(0, {}), done) << "takes them out again";
  EXPECT_EQ(attributes.get_affinity(128, buffer.user()), done);
  EXPECT_TRUE(buffer.all_from(0, 0xff));
}

TEST_F(LibcTest, SysconfIgnoresTheMask) {
  ASSERT_EQ(libc_.sched_setaffinity(0, 128, Bytes(128, cpus("1")).user()), done);
  ASSERT_EQ(system_->take_offline(CpuId(0)), 0);
  EXPECT_EQ(sysconf(_SC_NPROCESSORS_ONLN, system_->cpus()), 1);
  EXPECT_EQ(sysconf(_SC_NPROCESSORS_CONF, system_->cpus()), 2);
  EXPECT_EQ(sysconf(_SC_PAGESIZE, system_->cpus()), std::nullopt);
}

TEST(FixedCpuSet, HasNoRoomBehind1023AndSaysNothing) {
  FixedCpuSet set;
  set.add(1500);
  EXPECT_EQ(set.count(), 0U);
  EXPECT_FALSE(set.contains(1500));
  set.add(1023);
  set.remove(1500);
  EXPECT_EQ(set.count(), 1U);
  set.remove(1023);
  EXPECT_FALSE(set.contains(1023));
}

// sched_setaffinity(2), "Handling systems with large CPU affinity masks".
TEST(FixedCpuSet, IsTooShortForAKernelOf2048Cpus) {
  const auto system = system_of(make_machine().packages(2).cores(1024));
  const Session session{*system, &system->init()};
  ModelAbi abi(session);
  Libc libc(abi);
  FixedCpuSet set;
  EXPECT_EQ(libc.sched_getaffinity(0, 128, set.user()), failed(EINVAL));
  set.add(5);
  EXPECT_EQ(libc.sched_setaffinity(0, 128, set.user()), done) << "setting works all the same";
  Bytes large(256);
  EXPECT_EQ(libc.sched_getaffinity(0, 256, large.user()), done);
  EXPECT_EQ(large.first_words(256), cpus("5"));
}

}  // namespace
}  // namespace pinfold::model

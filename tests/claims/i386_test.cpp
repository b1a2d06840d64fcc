// The i386 system call reference: call 241, through `int 0x80`.
#include <gtest/gtest.h>

#include "claims/claims.h"

#if defined(__x86_64__)

#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <pinfold/cpu_list.h>

namespace pinfold::test {
namespace {

// Numbers of arch/x86/entry/syscalls/syscall_32.tbl.
enum Call32 : long {
  call_fork = 2,
  call_execve = 11,
  call_getpid = 20,
  call_gettid = 224,
  call_setaffinity = 241,
  call_getaffinity = 242,
};

// eax after `int 0x80` with these in eax, ebx, ecx and edx.
int int80(Call32 number, std::uint32_t ebx = 0, std::uint32_t ecx = 0, std::uint32_t edx = 0) {
  long eax = number;
  asm volatile("int $0x80"
               : "+a"(eax)
               : "b"(ebx), "c"(ecx), "d"(edx)
               : "memory", "cc", "r8", "r9", "r10", "r11");
  return static_cast<int>(eax);
}

// Memory that a 32-bit address reaches.
class LowMemory {
 public:
  LowMemory() {
    void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("mmap");
    memory_ = static_cast<unsigned char*>(memory);
  }
  LowMemory(const LowMemory&) = delete;
  LowMemory& operator=(const LowMemory&) = delete;
  ~LowMemory() { ::munmap(memory_, size); }

  /// The address of a copy of the text.
  std::uint32_t text(std::string_view text) {
    std::memcpy(memory_ + used_, text.data(), text.size());
    const auto address = address_of(memory_ + used_);
    used_ += text.size() + 1;
    return address;
  }
  /// The address of a copy of the 32-bit words.
  std::uint32_t words(const std::vector<std::uint32_t>& words) {
    used_ = (used_ + 3) / 4 * 4;
    std::memcpy(memory_ + used_, words.data(), words.size() * 4);
    const auto address = address_of(memory_ + used_);
    used_ += words.size() * 4;
    return address;
  }
  static std::uint32_t word_at(std::uint32_t address, std::size_t index) {
    std::uint32_t word = 0;
    std::memcpy(&word, reinterpret_cast<const void*>(std::uintptr_t{address} + 4 * index), 4);
    return word;
  }

 private:
  static constexpr std::size_t size = 65536;
  static std::uint32_t address_of(const void* memory) {
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(memory));
  }

  unsigned char* memory_ = nullptr;
  std::size_t used_ = 0;
};

// The set as the document's cpumask_t: 32-bit words, CPU c being bit c % 32 of word c / 32.
std::vector<std::uint32_t> words32(const CpuSet& cpus) {
  std::vector<std::uint32_t> words(cpus.last()->value() / 32 + 1);
  for (const CpuId cpu : cpus)
    words[cpu.value() / 32] |= std::uint32_t{1} << (cpu.value() % 32);
  return words;
}

int set32(pid_t tid, const CpuSet& cpus) {
  LowMemory memory;
  const auto words = words32(cpus);
  return int80(call_setaffinity, static_cast<std::uint32_t>(tid),
               static_cast<std::uint32_t>(words.size() * 4), memory.words(words));
}

// The first 32-bit call of a process, made by a child because a kernel without them kills it.
bool has_32_bit_calls() {
  return in_child([] { return int80(call_getpid) == ::getpid() ? 0 : 1; }) == 0;
}

constexpr const char* no_32_bit_calls =
    "this kernel takes no 32-bit calls (CONFIG_IA32_EMULATION, ia32_emulation=)";

TEST_F(Claims, A01_Call241TakesPidLengthAndMaskInEbxEcxEdx) {
  if (!has_32_bit_calls()) GTEST_SKIP() << no_32_bit_calls;
  for (const CpuId cpu : own) {
    ASSERT_EQ(set32(0, only(cpu)), 0) << cpu.value();
    EXPECT_EQ(mask_of(0), only(cpu));
    EXPECT_EQ(::sched_getcpu(), static_cast<int>(cpu.value()));
  }
}

TEST_F(Claims, A01_TheMaskIsOf32BitWords) {
  if (!has_32_bit_calls()) GTEST_SKIP() << no_32_bit_calls;
  LowMemory memory;
  // Longer by one 32-bit word than 64-bit words can be.
  const auto bytes = static_cast<std::uint32_t>(shortest_mask_bytes() + 4);
  const std::uint32_t mask = memory.words(std::vector<std::uint32_t>(bytes / 4, 0xaaaaaaaa));
  const int written = int80(call_getaffinity, 0, bytes, mask);
  ASSERT_GT(written, 0);
  ASSERT_LE(written, static_cast<int>(bytes));
  CpuSet cpus;
  for (unsigned bit = 0; bit < static_cast<unsigned>(written) * CHAR_BIT; ++bit) {
    if (((LowMemory::word_at(mask, bit / 32) >> (bit % 32)) & 1U) != 0) cpus.add(CpuId(bit));
  }
  EXPECT_EQ(cpus, own);
}

TEST_F(Claims, A02_EaxIsZeroOrANegativeErrno) {
  if (!has_32_bit_calls()) GTEST_SKIP() << no_32_bit_calls;
  LowMemory memory;
  const std::uint32_t none = memory.words({0});
  EXPECT_EQ(set32(0, own), 0);
  EXPECT_EQ(int80(call_setaffinity, 0, 4, 0), -EFAULT);
  EXPECT_EQ(int80(call_setaffinity, 0, 4, none), -EINVAL);
  EXPECT_EQ(set32(INT_MAX, own), -ESRCH);
  EXPECT_EQ(set32(-1, own), -ESRCH);
}

TEST_F(Claims, A02_AnotherUsersThreadIsMinusEperm) {
  if (!has_32_bit_calls()) GTEST_SKIP() << no_32_bit_calls;
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to have a thread of its own and be another";
  constexpr uid_t nobody = 65534;
  const pid_t target = ::gettid();
  const int result = in_child_of_user(nobody, [&] { return -set32(target, own); });
  if (result == -1) GTEST_SKIP() << "root cannot become another user in this container";
  EXPECT_EQ(result, EPERM);
}

TEST_F(Claims, A03_TheMaskIsAThreadsOwnNamedByGettid) {
  if (!has_32_bit_calls()) GTEST_SKIP() << no_32_bit_calls;
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  CpuSet of_thread;
  int result = -1;
  std::jthread([&] {
    result = set32(int80(call_gettid), only(b));
    of_thread = mask_of(0);
  }).join();
  EXPECT_EQ(result, 0);
  EXPECT_EQ(of_thread, only(b));
  EXPECT_EQ(mask_of(0), own);
}

TEST_F(Claims, A04_AForksChildInheritsTheMask) {
  if (!has_32_bit_calls()) GTEST_SKIP() << no_32_bit_calls;
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  // In a child, because a fork behind the C library's back is best forgotten.
  const int result = in_child([&] {
    if (set32(0, only(b)) != 0) return 2;
    const int child = int80(call_fork);
    if (child == 0) ::_exit(mask_of(0) == only(b) ? 0 : 1);
    int status = -1;
    if (child < 0 || ::waitpid(child, &status, 0) != child) return 3;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 4;
  });
  EXPECT_EQ(result, 0);
}

TEST_F(Claims, A04_ExecveKeepsTheMask) {
  if (!has_32_bit_calls()) GTEST_SKIP() << no_32_bit_calls;
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  // The new program is a shell whose exit code says whether it has this mask.
  const std::string script =
      "grep -qx 'Cpus_allowed_list:\t" + to_cpu_list(only(b)) + "' /proc/self/status";
  const int result = in_child([&] {
    LowMemory memory;
    const std::uint32_t shell = memory.text("/bin/sh");
    const std::uint32_t option = memory.text("-c");
    const std::uint32_t text = memory.text(script);
    const std::uint32_t path = memory.text("PATH=/usr/bin:/bin");
    const std::uint32_t arguments = memory.words({shell, option, text, 0});
    const std::uint32_t environment = memory.words({path, 0});
    if (set32(0, only(b)) != 0) return 2;
    int80(call_execve, shell, arguments, environment);
    return 3;
  });
  EXPECT_EQ(result, 0);
}

// The real 32-bit program of tests/kernel shows the same.
TEST_F(Claims, A05_AShortMaskIsGoodForSetAndNotForGet) {
  if (!has_32_bit_calls()) GTEST_SKIP() << no_32_bit_calls;
  if (own.first()->value() > 7) GTEST_SKIP() << "no CPU of the first byte may be used here";
  LowMemory memory;
  const std::uint32_t mask = memory.words(words32(own));
  EXPECT_EQ(int80(call_setaffinity, 0, 1, mask), 0);
  EXPECT_EQ(int80(call_getaffinity, 0, 1, mask), -EINVAL);
  const CpuSet first_byte = CpuSet::range(CpuId(0), CpuId(7));
  EXPECT_EQ(mask_of(0), own & first_byte);
}

TEST_F(Claims, A06_EbxZeroIsTheCaller) {
  if (!has_32_bit_calls()) GTEST_SKIP() << no_32_bit_calls;
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  const Sleeper other;
  ASSERT_EQ(set32(0, only(b)), 0);
  EXPECT_EQ(mask_of(::gettid()), only(b));
  EXPECT_EQ(mask_of(other.tid()), own);
}

TEST_F(Claims, A06_ATaskOutsideOfTheMaskIsMigrated) {
  if (!has_32_bit_calls()) GTEST_SKIP() << no_32_bit_calls;
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  const Spinner runner;
  for (int i = 0; i < 50; ++i) {
    const CpuId to = i % 2 == 0 ? b : a;
    ASSERT_EQ(set32(runner.tid(), only(to)), 0);
    ASSERT_EQ(last_cpu(runner.tid()), to);
  }
}

}  // namespace
}  // namespace pinfold::test

#else

namespace pinfold::test {
namespace {

TEST_F(Claims, A01_Call241TakesPidLengthAndMaskInEbxEcxEdx) {
  GTEST_SKIP() << "i386 calls can be made on x86-64 only: A01 to A06 are not shown here";
}

}  // namespace
}  // namespace pinfold::test

#endif

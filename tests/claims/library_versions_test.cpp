// sched_setaffinity(2) of man-pages 5.11 on the versions of the C library's calls.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <cerrno>
#include <cstring>

#include "claims/claims.h"

namespace pinfold::test {
namespace {

#if defined(__GLIBC__) && (defined(__x86_64__) || defined(__i386__))
// glibc 2.3.3 had no cpusetsize. The declarations of <sched.h> have one and stay what they are:
// these are other names, bound to the symbols by version.
extern "C" {
int set_without_size(pid_t pid, const cpu_set_t* mask);
int get_without_size(pid_t pid, cpu_set_t* mask);
int set_with_size(pid_t pid, std::size_t cpusetsize, const cpu_set_t* mask);
int get_with_size(pid_t pid, std::size_t cpusetsize, cpu_set_t* mask);
}
__asm__(".symver set_without_size, sched_setaffinity@GLIBC_2.3.3");
__asm__(".symver get_without_size, sched_getaffinity@GLIBC_2.3.3");
__asm__(".symver set_with_size, sched_setaffinity@GLIBC_2.3.4");
__asm__(".symver get_with_size, sched_getaffinity@GLIBC_2.3.4");

TEST_F(Claims, M26_BothVersionsOfTheLibraryCallReachTheKernel) {
  if (lonely) GTEST_SKIP() << needs_two_cpus;
  if (absent_cpu().value() > CPU_SETSIZE) GTEST_SKIP() << "this machine needs a larger cpu_set_t";
  cpu_set_t mask;
  CPU_ZERO(&mask);
  CPU_SET(b.value(), &mask);
  ASSERT_EQ(set_without_size(0, &mask), 0);
  EXPECT_EQ(mask_of(0), only(b));
  CPU_ZERO(&mask);
  CPU_SET(a.value(), &mask);
  ASSERT_EQ(set_with_size(0, sizeof mask, &mask), 0);
  EXPECT_EQ(mask_of(0), only(a));
}

TEST_F(Claims, M30_ThePrototypesWithoutAndWithASizeAnswerTheSame) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the address sanitizer puts itself in the place of the older symbol";
#endif
  if (absent_cpu().value() > CPU_SETSIZE) GTEST_SKIP() << "this machine needs a larger cpu_set_t";
  cpu_set_t without;
  cpu_set_t with;
  std::memset(&without, 0xaa, sizeof without);
  std::memset(&with, 0xaa, sizeof with);
  ASSERT_EQ(get_without_size(0, &without), 0);
  ASSERT_EQ(get_with_size(0, sizeof with, &with), 0);
  EXPECT_TRUE(CPU_EQUAL(&without, &with));
  EXPECT_EQ(CPU_COUNT(&with), static_cast<int>(own.count()));

  // What the newer one is for: a mask of another size. The kernel gets the size as it is given.
  errno = 0;
  EXPECT_EQ(get_with_size(0, 0, &with), -1);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(set_without_size(-1, &without), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST_F(Claims, M30_ThePrototypeWithUnsignedIntLeftNoSymbolOfItsOwn) {
  for (const char* version : {"GLIBC_2.3", "GLIBC_2.3.2"}) {
    EXPECT_EQ(::dlvsym(RTLD_DEFAULT, "sched_setaffinity", version), nullptr) << version;
  }
  EXPECT_NE(::dlvsym(RTLD_DEFAULT, "sched_setaffinity", "GLIBC_2.3.3"), nullptr);
  EXPECT_NE(::dlvsym(RTLD_DEFAULT, "sched_setaffinity", "GLIBC_2.3.4"), nullptr);
}
#else
TEST_F(Claims, M26_BothVersionsOfTheLibraryCallReachTheKernel) {
  GTEST_SKIP() << "this C library began later, with one version";
}
TEST_F(Claims, M30_ThePrototypesWithoutAndWithASizeAnswerTheSame) {
  GTEST_SKIP() << "this C library began later, with one version";
}
#endif

}  // namespace
}  // namespace pinfold::test

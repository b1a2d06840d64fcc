// System calls without the C library's errno, which threads made by clone(2) share here.
#pragma once

#include <sys/syscall.h>

#include <cstddef>
#include <type_traits>

namespace pinfold::test {

inline long as_argument(const volatile void* pointer) { return reinterpret_cast<long>(pointer); }
inline long as_argument(std::nullptr_t) { return 0; }
template <class Number>
  requires std::is_integral_v<Number>
long as_argument(Number number) {
  return static_cast<long>(number);
}

/// What the kernel answers: a negative errno where it refuses.
template <class... Arguments>
long raw_call(long number, Arguments... arguments) {
  static_assert(sizeof...(Arguments) <= 6);
  const long given[6] = {as_argument(arguments)...};
#if defined(__x86_64__)
  register long r10 asm("r10") = given[3];
  register long r8 asm("r8") = given[4];
  register long r9 asm("r9") = given[5];
  long result = number;
  asm volatile("syscall"
               : "+a"(result)
               : "D"(given[0]), "S"(given[1]), "d"(given[2]), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 asm("x8") = number;
  register long x0 asm("x0") = given[0];
  register long x1 asm("x1") = given[1];
  register long x2 asm("x2") = given[2];
  register long x3 asm("x3") = given[3];
  register long x4 asm("x4") = given[4];
  register long x5 asm("x5") = given[5];
  asm volatile("svc 0"
               : "+r"(x0)
               : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
               : "memory");
  return x0;
#else
#error "raw_call() knows x86-64 and arm64"
#endif
}

}  // namespace pinfold::test

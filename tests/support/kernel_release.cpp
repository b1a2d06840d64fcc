#include "support/kernel_release.h"

#include <sys/utsname.h>

#include <cstdlib>

namespace pinfold::test {

bool remembers_requests() {
  utsname system{};
  ::uname(&system);
  char* dot = nullptr;
  const long major = std::strtol(&system.release[0], &dot, 10);
  const long minor = *dot == '.' ? std::strtol(dot + 1, nullptr, 10) : 0;
  return major > 6 || (major == 6 && minor >= 2);
}

}  // namespace pinfold::test

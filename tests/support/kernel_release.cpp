#include "support/kernel_release.h"

#include <sys/utsname.h>

#include <cstdio>

namespace pinfold::test {

bool remembers_requests() {
  utsname system{};
  ::uname(&system);
  int major = 0;
  int minor = 0;
  return std::sscanf(system.release, "%d.%d", &major, &minor) == 2 &&
         (major > 6 || (major == 6 && minor >= 2));
}

}  // namespace pinfold::test

#include "host/host.h"

#include "linux/kernel.h"

namespace pinfold {

Kernel& host_kernel() {
  static LinuxKernel kernel;
  return kernel;
}

Pinner& host_pinner() {
  static Pinner pinner(host_kernel());
  return pinner;
}

}  // namespace pinfold

#include "host/host.h"

#include "linux/kernel.h"

namespace pinfold {

namespace {

LinuxKernel& linux_kernel() {
  static LinuxKernel kernel;
  return kernel;
}

}  // namespace

Kernel& host_kernel() { return linux_kernel(); }

void read_host_snapshots_by(TaskReader& reader) { linux_kernel().use(reader); }

Pinner& host_pinner() {
  static Pinner pinner(host_kernel());
  return pinner;
}

}  // namespace pinfold

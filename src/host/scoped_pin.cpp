#include <pinfold/scoped_pin.h>

#include "host/host.h"

namespace pinfold {

ScopedPin::ScopedPin(const CpuSet& cpus, Clip clip) {
  Kernel& kernel = host_kernel();
  auto before = kernel.effective(Tid());
  if (!before) {
    placement_ = fail(std::move(before).error());
    return;
  }
  before_ = std::move(*before);
  placement_ = host_pinner().pin(Tid(), cpus, clip);
  const bool untouched = !placement_ && placement_.error().now.empty();
  if (untouched) before_.reset();
}

ScopedPin::~ScopedPin() {
  if (!before_) return;
  // A destructor has nobody to tell: what cannot be put back stays, as the header says.
  (void)host_kernel().set_affinity(Tid(), host_pinner().mask_to_put_back(*before_));
}

}  // namespace pinfold

// The running kernel's two calls.
#pragma once

#include "kernel/abi.h"

namespace pinfold {

class LinuxAbi final : public Abi {
 public:
  long set_affinity(long pid, unsigned long length, UserBuffer mask) override;
  long get_affinity(long pid, unsigned long length, UserBuffer mask) override;
};

}  // namespace pinfold

// BPF programs as they stand in the command, and in the kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <pinfold/result.h>

#include "base/fd.h"

namespace pinfold::bpf {

/// An object of bpf/, as bpf/make_loader.cpp has written it down: a program that makes the object's
/// maps and loads its programs, and what that one reads.
struct Image {
  std::span<const unsigned char> data;
  std::span<const unsigned char> instructions;
  std::size_t maps = 0;
  std::size_t programs = 0;
};

/// What is decided when an object is loaded.
struct LoadOptions {
  std::span<const unsigned char> constants;  ///< what its constants are instead
  std::size_t constants_map = 0;             ///< the map that holds them
  std::size_t sized_map = 0;                 ///< a map that gets another size
  std::uint32_t entries = 0;                 ///< that size; 0: as the object says
};

/// An object's maps and programs, in its order. They end with their descriptors.
struct Loaded {
  std::vector<Fd> maps;
  std::vector<Fd> programs;
};

/// Needs Linux 5.17, CAP_BPF and CAP_PERFMON, in the first user namespace. Errors are the kernel's,
/// of kind `system`: EPERM without the capabilities, or where the kernel is locked down.
Result<Loaded> load(const Image& image, const LoadOptions& options = {});

}  // namespace pinfold::bpf

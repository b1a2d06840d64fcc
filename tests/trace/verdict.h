// Whether what a tracer trusts is true.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "trace/traced.h"

namespace pinfold::test {

struct Verdict {
  std::uint64_t trusted = 0;
  std::uint64_t untrusted = 0;
  std::uint64_t wrong = 0;   ///< trusted, and the request is not what was asked for
  std::string example = {};  ///< of these
  std::uint64_t untrue = 0;  ///< trusted or not: kernel_request is not what was asked for
};

/// Judges the sets of `target` by `caller`, one of tests/trace/cases, each of whose calls says by
/// its length which one it is. `truth`: what call N asked for, as a CPU list.
Verdict judge(const Trace& trace, pid_t caller, pid_t target,
              const std::function<std::string(std::uint64_t)>& truth);

/// Runs the case `overtaken` and judges what was told of it. Nothing, where no call was overtaken.
std::optional<Verdict> judge_overtaken(Tracer& tracer, const char* milliseconds);

}  // namespace pinfold::test

// Whose mask: the text of a target.
#pragma once

#include <string_view>
#include <variant>

#include <pinfold/ids.h>
#include <pinfold/result.h>

namespace pinfold {

/// A process, meaning all its threads, or one thread.
using Target = std::variant<Pid, Tid>;

/// `1234` is a process, `tid:1240` one thread. Kind `syntax` for anything else.
Result<Target> parse_target(std::string_view text);

}  // namespace pinfold

// Writing a file so that nobody ever sees half of it.
#pragma once

#include <string>
#include <string_view>

#include <pinfold/result.h>

namespace pinfold {

/// The file is `content`, or as it was before: it is written beside it and put in its place. A link
/// stays, and what it leads to is replaced. What is no regular file (/dev/stdout, a FIFO) is
/// written to. Kind `system` with the path and errno; `unsupported` where the folder is missing.
Result<void> replace_file(const std::string& path, std::string_view content);

}  // namespace pinfold

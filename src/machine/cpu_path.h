// Names of a CPU's files, put together fast: of a large machine tens of thousands are read.
#pragma once

#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include <pinfold/ids.h>

namespace pinfold {

class CpuPath {
 public:
  /// "cpu7/cache/index2/size" of 7, "/cache/index", 2, "/size". Valid until the next call.
  template <class... Parts>
  const char* operator()(CpuId cpu, Parts... parts) {
    path_ = "cpu";
    append(cpu.value());
    (append(parts), ...);
    return path_.c_str();
  }

 private:
  void append(std::string_view text) { path_ += text; }
  void append(unsigned number) {
    std::array<char, 10> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    path_.append(digits.data(), end);
  }

  std::string path_;
};

}  // namespace pinfold

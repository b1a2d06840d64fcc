// Input: a line that a history keeps, and the lists in its columns.
#include "history/remark.h"

#include <string>

#include "history/packed.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  using namespace pinfold::history;
  const std::string_view text = as_text(data, size);
  if (const auto entry = read_remark(text)) {
    const auto* gap = std::get_if<Gap>(&*entry);
    const auto write = [](const Entry& one) {
      const auto* unrecorded = std::get_if<Gap>(&one);
      return unrecorded ? remark_text(*unrecorded) : remark_text(std::get<trace::Event>(one));
    };
    require(!gap || !gap->open, "what is written down has an end");
    const std::string once = write(*entry);
    require(!once.empty(), "what is a remark can be written");
    const auto again = read_remark(once);
    require(again && write(*again) == once, "what is written is read back the same");
  } else {
    require(entry.error().kind == ErrorKind::unsupported, "the error is of its kind");
    require(!entry.error().reason.empty(), "the error has a reason");
  }
  const auto parents = unpack_parents(text);
  const auto same_parent = [](const trace::Ancestor& a, const trace::Ancestor& b) {
    return a.pid == b.pid && a.comm == b.comm;
  };
  require(std::ranges::equal(unpack_parents(pack(parents)), parents, same_parent),
          "parents are read back the same");
  const auto callers = unpack_callers(text);
  const auto same_frame = [](const trace::Frame& a, const trace::Frame& b) {
    return a.offset == b.offset && a.module == b.module;
  };
  require(std::ranges::equal(unpack_callers(pack(callers)), callers, same_frame),
          "callers are read back the same");
  static_cast<void>(unpack_cpus(text));
  return 0;
}

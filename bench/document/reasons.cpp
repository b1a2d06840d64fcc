// Why rows are short, as far as somebody has found out. A reason is printed where a row of that
// name is short in the run.

#include <array>

#include "document/sections.h"

namespace pinfold::bench {
namespace {

struct Reason {
  const char* rows;  // a pattern of their names
  const char* text;  // in Markdown, whole sentences
};

constexpr std::array<Reason, 0> reasons = {};

}  // namespace

std::string_view reason_for(const std::string& name) {
  for (const Reason& reason : reasons) {
    if (is_named(name, reason.rows)) return reason.text;
  }
  return {};
}

}  // namespace pinfold::bench

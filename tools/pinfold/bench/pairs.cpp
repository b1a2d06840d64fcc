#include "bench/pairs.h"

#include <algorithm>
#include <utility>

#include "base/number.h"
#include "base/try.h"

namespace pinfold::tool {
namespace {

Result<CpuId> read_cpu(const std::string& text) {
  const auto number = parse_number<unsigned>(text);
  if (!number) {
    return fail(
        {.kind = ErrorKind::syntax, .reason = '"' + text + "\" is not the number of a CPU"});
  }
  return CpuId(*number);
}

}  // namespace

Result<Pairs> find_pairs(const std::optional<std::string>& on,
                         const std::optional<std::string>& first,
                         const std::optional<std::string>& second) {
  GroundWish wish{.on = on, .parts = MachineParts::all(), .who = "a measurement"};
  if (!first) {
    TRY(Ground ground, find_ground(wish));
    auto pairs = measure::representative_pairs(ground.machine, ground.cpus);
    return Pairs{.ground = std::move(ground), .pairs = std::move(pairs)};
  }
  TRY(const CpuId a, read_cpu(*first));
  TRY(const CpuId b, read_cpu(second.value_or("")));
  wish.on = *first + ',' + *second;
  TRY(Ground ground, find_ground(wish));
  const measure::Sharing sharing = measure::Sharings(ground.machine).of(a, b);
  return Pairs{.ground = std::move(ground),
               .pairs = {{.sharing = sharing, .first = a, .second = b}}};
}

std::string missing_text(const std::vector<measure::CpuPair>& pairs) {
  std::string text;
  for (std::size_t i = 1; i < measure::sharing_count; ++i) {
    const auto kind = static_cast<measure::Sharing>(i);
    if (std::ranges::find(pairs, kind, &measure::CpuPair::sharing) != pairs.end()) continue;
    text += (text.empty() ? "" : ", ") + std::string(measure::name_of(kind));
  }
  return text;
}

}  // namespace pinfold::tool

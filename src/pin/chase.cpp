#include "pin/chase.h"

#include "base/try.h"

namespace pinfold {

Result<bool> chase(Selection& selection, const std::function<bool(const Found&)>& place,
                   const ChaseOptions& options) {
  const Clock::Time give_up = options.clock->now() + options.patience;
  do {
    bool all_right = true;
    TRY(const Pass pass, selection.pass([&](const Found& found) {
      if (!place(found)) all_right = false;
    }));
    if (all_right && pass.whole) return true;
  } while (options.clock->now() < give_up);
  return false;
}

}  // namespace pinfold

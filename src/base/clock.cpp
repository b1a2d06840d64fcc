#include "base/clock.h"

#include <thread>

namespace pinfold {
namespace {

class SystemClock final : public Clock {
 public:
  Time now() override { return std::chrono::steady_clock::now(); }
  void sleep(Duration duration) override { std::this_thread::sleep_for(duration); }
};

}  // namespace

Clock& Clock::system() {
  static SystemClock clock;
  return clock;
}

}  // namespace pinfold

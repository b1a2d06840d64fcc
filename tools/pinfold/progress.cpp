#include "progress.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

namespace pinfold::tool {
namespace {

constexpr auto patience = std::chrono::milliseconds(500);
constexpr auto pause = std::chrono::milliseconds(100);

std::string time_left(double seconds) {
  if (seconds < 60) return std::to_string(static_cast<int>(seconds) + 1) + " s";
  return std::to_string(static_cast<int>(seconds / 60) + 1) + " min";
}

}  // namespace

bool Progress::is_shown() { return ::isatty(STDERR_FILENO) == 1; }

Progress::Progress(std::string label, std::uint64_t total, std::string unit)
    : label_(std::move(label)),
      unit_(std::move(unit)),
      total_(total),
      is_terminal_(is_shown()),
      began_(Clock::now()),
      next_(began_ + patience) {}

Progress::~Progress() {
  if (is_shown_) std::fputs("\r\x1b[K", stderr);
}

void Progress::show() {
  const auto now = Clock::now();
  if (now < next_) return;
  next_ = now + pause;
  is_shown_ = true;
  std::string line = "\r\x1b[K" + label_ + ": " + std::to_string(done_);
  if (total_ > 0 && done_ <= total_) {
    const double part = static_cast<double>(done_) / static_cast<double>(total_);
    const double took = std::chrono::duration<double>(now - began_).count();
    line += " of " + std::to_string(total_) + ' ' + unit_ + ", " +
            std::to_string(static_cast<int>(part * 100)) + " %";
    if (done_ > 0) line += ", " + time_left(took / part - took) + " left";
  } else {
    line += ' ' + unit_;
  }
  std::fputs(line.c_str(), stderr);
}

}  // namespace pinfold::tool

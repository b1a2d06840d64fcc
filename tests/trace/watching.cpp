#include "trace/watching.h"

#include <poll.h>
#include <sys/syscall.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "support/program.h"
#include "trace/trace_fixture.h"

namespace pinfold::test {
namespace {

using namespace std::chrono_literals;

template <class Value>
Value take(Result<Value> result) {
  if (!result) throw std::runtime_error(message(result.error()));
  return std::move(*result);
}

void check(const Result<void>& result) {
  if (!result) throw std::runtime_error(message(result.error()));
}

std::string read_all(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::size_t number_after(const std::string& text, const std::string& key) {
  const std::size_t at = text.find(key);
  return at == std::string::npos ? 0 : std::stoul(text.substr(at + key.size()));
}

}  // namespace

Watching::Watching(trace::TracerOptions options) {
  kernel_.use(iterator_);
  options.lives = [this](const trace::Life& life) { told_.emplace_back(life); };
  tracer_ = take(trace::Tracer::open(
      kernel_, options, [this](const trace::Event& event) { told_.emplace_back(event); }));
  check(tracer_->start());
}

void Watching::turn_until(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("it was not told in time");
    pollfd ready{.fd = tracer_->descriptor(), .events = POLLIN, .revents = 0};
    const auto pause = std::chrono::ceil<std::chrono::milliseconds>(tracer_->pause());
    ::poll(&ready, 1, static_cast<int>(std::clamp<std::int64_t>(pause.count(), 0, 100)));
    check(tracer_->turn());
  }
}

void Watching::await(const std::function<bool(const trace::Event&)>& wanted) {
  std::size_t seen = 0;
  turn_until([&] {
    for (; seen < told_.size(); ++seen) {
      const auto* const event = std::get_if<trace::Event>(&told_[seen]);
      if (event && wanted(*event)) return true;
    }
    return false;
  });
}

trace::EndEvent Watching::stop() { return take(tracer_->stop()); }

std::vector<trace::SetEvent> Watching::sets_of(pid_t tid) const {
  std::vector<trace::SetEvent> found;
  for (const Told& told : told_) {
    const auto* const event = std::get_if<trace::Event>(&told);
    const auto* const set = event ? std::get_if<trace::SetEvent>(event) : nullptr;
    if (set && set->target && set->target->tid == Tid(tid)) found.push_back(*set);
  }
  return found;
}

std::optional<trace::Leg> Watching::leg(const char* name) const {
  const auto legs = tracer_->about().legs;
  const auto found = std::ranges::find(legs, name, &trace::Leg::name);
  return found == legs.end() ? std::nullopt : std::optional(*found);
}

LifeCase::LifeCase() : child_({case_path("life")}, {.keep_input = true}) {}

void LifeCase::give(const std::string& order) {
  ++orders_;
  child_.type(order + '\n');
  child_.has_ended();  // that writes it
}

std::string LifeCase::order(const std::string& order) {
  give(order);
  const std::string number = std::to_string(orders_);
  const std::string said = child_.line(number);
  return said.substr(std::min<std::size_t>(said.size(), 1));
}

std::size_t LifeCase::rest() {
  const std::string folder = "/proc/" + std::to_string(pid()) + "/task/";
  const auto rests = [&](pid_t tid) {
    const std::string call = read_all(folder + std::to_string(tid) + "/syscall");
    return call.starts_with(std::to_string(SYS_read) + ' ');
  };
  const auto threads = threads_of(pid());
  while (!std::ranges::all_of(threads, rests))
    std::this_thread::yield();
  std::size_t switches = 0;
  for (const pid_t tid : threads) {
    const std::string status = read_all(folder + std::to_string(tid) + "/status");
    switches += number_after(status, "\nvoluntary_ctxt_switches:\t") +
                number_after(status, "\nnonvoluntary_ctxt_switches:\t");
  }
  return switches;
}

}  // namespace pinfold::test

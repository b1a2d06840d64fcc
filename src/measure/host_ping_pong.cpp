#include "measure/host_ping_pong.h"

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <new>
#include <thread>

#include <pinfold/thread_on.h>

#include "base/try.h"
#include "measure/this_thread.h"

namespace pinfold::measure {
namespace {

// Some CPUs fetch lines in pairs of 64 bytes.
struct alignas(128) Ball {
  std::atomic<std::uint32_t> hits = 0;
};

// A page of its own with the ball in it, which nobody has written yet.
class Court {
 public:
  static Result<Court> open() {
    const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    void* const page =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
      return fail({.kind = ErrorKind::system, .number = errno, .text = "mmap"});
    return Court(page, size);
  }
  Court(Court&& other) noexcept : page_(std::exchange(other.page_, nullptr)), size_(other.size_) {}
  Court(const Court&) = delete;
  Court& operator=(const Court&) = delete;
  Court& operator=(Court&&) = delete;
  ~Court() {
    if (page_) ::munmap(page_, size_);
  }

  // Zero as the kernel gives it; to make it would be to write it, and from here.
  [[nodiscard]] Ball& ball() const { return *std::launder(static_cast<Ball*>(page_)); }

 private:
  Court(void* page, std::size_t size) : page_(page), size_(size) {}

  void* page_;
  std::size_t size_;
};

struct Game {
  Ball& ball;
  std::uint32_t rounds;
  std::atomic<bool> is_off = false;  // there is no partner
};

class Player {
 public:
  Player(Game& game, CpuId cpu) : game_(game), cpu_(cpu) {}

  void serve() {
    play([this] {
      for (std::uint32_t round = 0; round < 2 * game_.rounds; ++round) {
        if (round == game_.rounds) {
          preempted_ = times_preempted();
          began_ = monotonic_ns();
        }
        game_.ball.hits.store(2 * round + 1, std::memory_order_release);
        if (!wait_for(2 * round + 2)) return false;
      }
      ended_ = monotonic_ns();
      return true;
    });
  }

  void answer() {
    play([this] {
      for (std::uint32_t round = 0; round < 2 * game_.rounds; ++round) {
        // While the partner does not look at the clock yet.
        if (round + 1 == game_.rounds) preempted_ = times_preempted();
        if (!wait_for(2 * round + 1)) return false;
        game_.ball.hits.store(2 * round + 2, std::memory_order_release);
      }
      return true;
    });
  }

  [[nodiscard]] Bounce::Outcome outcome() const { return outcome_; }
  [[nodiscard]] CpuId cpu() const { return cpu_; }
  [[nodiscard]] double one_way_ns() const {
    return static_cast<double>(ended_ - began_) / (2.0 * game_.rounds);
  }

 private:
  template <class Part>
  void play(const Part& part) {
    const bool was_there = runs_only_on(cpu_);
    const bool answered = part();
    const bool disturbed = times_preempted() != preempted_;
    if (!was_there || !runs_only_on(cpu_)) {
      outcome_ = Bounce::Outcome::astray;
    } else if (!answered) {
      outcome_ = Bounce::Outcome::unanswered;
    } else if (disturbed) {
      outcome_ = Bounce::Outcome::disturbed;
    }
  }

  // Without an instruction that lets a sibling go first: some take longer than what is measured.
  [[nodiscard]] bool wait_for(std::uint32_t hits) const {
    constexpr std::uint32_t often = 1U << 16U;
    std::uint64_t deadline = 0;
    for (std::uint32_t spins = 1;; ++spins) {
      if (game_.ball.hits.load(std::memory_order_acquire) == hits) return true;
      if (spins % often != 0) continue;
      constexpr std::uint64_t patience = 2'000'000'000;
      const std::uint64_t now = monotonic_ns();
      if (deadline == 0) deadline = now + patience;
      if (game_.is_off || now > deadline) return false;
    }
  }

  Game& game_;
  CpuId cpu_;
  Bounce::Outcome outcome_ = Bounce::Outcome::measured;
  std::uint64_t preempted_ = 0;  // when the rounds began that count
  std::uint64_t began_ = 0;
  std::uint64_t ended_ = 0;
};

// What is worse for the sample of the two.
const Player& worse(const Player& a, const Player& b) { return a.outcome() >= b.outcome() ? a : b; }

}  // namespace

Result<Bounce> HostPingPong::bounce(CpuId first, CpuId second, unsigned rounds) {
  TRY(const Court court, Court::open());
  Game game{.ball = court.ball(), .rounds = rounds};
  Player server(game, first);
  Player partner(game, second);
  {
    TRY(const std::jthread serving, thread_on({first}, [&] { server.serve(); }));
    const auto answering = thread_on({second}, [&] { partner.answer(); });
    if (!answering) {
      game.is_off = true;
      return fail(answering.error());
    }
  }
  const Player& weak = worse(server, partner);
  Bounce bounce{.outcome = weak.outcome(), .one_way_ns = 0, .where = weak.cpu()};
  if (bounce.outcome == Bounce::Outcome::measured) bounce.one_way_ns = server.one_way_ns();
  return bounce;
}

}  // namespace pinfold::measure

// life: does what it is told on stdin, an order a line. To each it says a line when it is done: the
// order's number, counted from 1, and:
//
//   hop A B MS   computes MS milliseconds on CPU A and as long on B; says four times in nanoseconds
//                of CLOCK_REALTIME: from and to when it was on the first and on the second
//   thread NAME  starts a thread that takes this name; says its tid
//   join         ends it
//   fork         starts a process that waits; says its pid
//   reap         ends it
//   pingpong N   hands a byte to a second thread, which stays, and back, N times
//   spin         computes until it is killed
//   exec FILE    becomes this program, which waits
//   execthread FILE   the same, by a thread that is not the first; says its tid before
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>

#include "case.h"

namespace {

long long now(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return (time.tv_sec * 1'000'000'000LL) + time.tv_nsec;
}

std::ostream& answer() {
  static int answers = 0;
  return std::cout << ++answers;
}

void compute(long milliseconds) {
  const long long end = now(CLOCK_THREAD_CPUTIME_ID) + (milliseconds * 1'000'000);
  while (now(CLOCK_THREAD_CPUTIME_ID) < end) {
  }
}

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) std::exit(77);
  }
  ~Pipe() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void put() const {
    if (::write(ends_[1], "", 1) != 1) std::exit(1);
  }
  void take() const {
    char byte = 0;
    if (::read(ends_[0], &byte, 1) != 1) std::exit(1);
  }

 private:
  std::array<int, 2> ends_{};
};

void hop(unsigned a, unsigned b, long milliseconds) {
  std::ostream& said = answer();
  for (const unsigned cpu : {a, b}) {
    const std::uint64_t mask = cases::bit(cpu);
    cases::set_mask(0, sizeof mask, &mask);
    const long long from = now(CLOCK_REALTIME);
    compute(milliseconds);
    said << ' ' << from << ' ' << now(CLOCK_REALTIME);
  }
  said << std::endl;
}

class Partner {
 public:
  Partner()
      : thread_([this] {
          for (;;) {
            there_.take();
            back_.put();
          }
        }) {
    thread_.detach();
  }
  void play(long rounds) const {
    for (long i = 0; i < rounds; ++i) {
      there_.put();
      back_.take();
    }
    answer() << std::endl;
  }

 private:
  Pipe there_;
  Pipe back_;
  std::thread thread_;
};

class Mate {
 public:
  explicit Mate(const std::string& name)
      : thread_([this, name] {
          ::prctl(PR_SET_NAME, name.c_str());
          answer() << ' ' << cases::own_tid() << std::endl;
          end_.take();
        }) {}
  Mate(const Mate&) = delete;
  Mate& operator=(const Mate&) = delete;
  ~Mate() {
    end_.put();
    thread_.join();
    answer() << std::endl;
  }

 private:
  Pipe end_;
  std::thread thread_;
};

void become(const std::string& file) {
  ::execl(file.c_str(), file.c_str(), "1000", nullptr);
  std::exit(127);
}

}  // namespace

int main() {
  std::unique_ptr<Mate> mate;
  Partner* partner = nullptr;  // stays to the end
  pid_t child = 0;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "hop") {
      unsigned a = 0;
      unsigned b = 0;
      long milliseconds = 0;
      words >> a >> b >> milliseconds;
      hop(a, b, milliseconds);
    } else if (word == "thread") {
      words >> word;
      mate = std::make_unique<Mate>(word);
    } else if (word == "join") {
      mate.reset();
    } else if (word == "fork") {
      child = ::fork();
      if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
          ::pause();
      }
      answer() << ' ' << child << std::endl;
    } else if (word == "reap") {
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
      answer() << std::endl;
    } else if (word == "pingpong") {
      long rounds = 0;
      words >> rounds;
      if (!partner) partner = new Partner();
      partner->play(rounds);
    } else if (word == "spin") {
      answer() << std::endl;
      for (;;)
        compute(1000);
    } else if (word == "exec") {
      words >> word;
      become(word);
    } else if (word == "execthread") {
      words >> word;
      std::thread([word] {
        answer() << ' ' << cases::own_tid() << std::endl;
        become(word);
      }).join();
    }
  }
}

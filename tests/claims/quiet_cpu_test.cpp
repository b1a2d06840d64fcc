// What a CPU that is dedicated is worth, as the user measures it: pinfold bench noise before and
// after pinfold dedicate. In a pid namespace, so that only the crowd is moved: what the rest of the
// machine does on that CPU it does before and after, and only the difference says something.
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/pid_namespace.h"
#include "support/program.h"

namespace pinfold::test {
namespace {

using Json = nlohmann::json;

// Processes that compute wherever the scheduler puts them. Each has a session of its own: a CPU is
// divided between sessions first (sched(7), "The autogroup feature").
class Crowd {
 public:
  explicit Crowd(std::size_t size) {
    while (pids_.size() < size)
      pids_.push_back(start());
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd() {
    for (const pid_t pid : pids_)
      ::kill(pid, SIGKILL);
    for (const pid_t pid : pids_)
      ::waitpid(pid, nullptr, 0);
  }

 private:
  static pid_t start() {
    const pid_t pid = ::fork();
    if (pid < 0) throw std::runtime_error("fork");
    if (pid > 0) return pid;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setsid();
    for (volatile unsigned long count = 0;;)
      count = count + 1;
  }

  std::vector<pid_t> pids_;
};

struct Share {
  double kept = 0;      // what the thread had of the CPU
  double to_tasks = 0;  // and what other tasks had
};

Share share_in(const Output& output) {
  EXPECT_EQ(output.exit, 0) << output.out << output.err;
  const Json noise = Json::parse(output.out)["cpus"][0]["noise"];
  if (noise.is_null()) throw std::runtime_error(output.out);
  return {.kept = 1 - noise["lost_share"].get<double>(), .to_tasks = noise["task_share"]};
}

// As a user types it, in a session of its own as each of the crowd.
Share noise_on(const std::string& cpu, bool dedicated) {
  const std::string command = PINFOLD_COMMAND;
  const std::string bench = command + " bench noise --json --seconds 0.4 --on " + cpu;
  const std::string script = command + " dedicate " + cpu + " $$ >/dev/null && " + bench + "; " +
                             command + " undo >/dev/null";
  return share_in(run({"setsid", "-w", "sh", "-c", dedicated ? script : "exec " + bench}));
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

struct Gains {
  std::vector<double> kept;   // how many times as much of the CPU
  std::vector<double> taken;  // how much less of it the others have
};

Gains measure_gains() {
  const CpuSet all = mask_of(0);
  const std::string cpu = std::to_string(all.last()->value());
  const Crowd crowd(6 * all.count());
  Gains gains;
  for (int round = 0; round < 5; ++round) {
    const Share shared = noise_on(cpu, false);
    const Share alone = noise_on(cpu, true);
    gains.kept.push_back(alone.kept / shared.kept);
    gains.taken.push_back(shared.to_tasks - alone.to_tasks);
  }
  return gains;
}

class QuietCpu : public testing::Test {
 protected:
  void SetUp() override {
    if (mask_of(0).count() == 1) GTEST_SKIP() << "needs two CPUs, this process has one";
    const std::string missing = no_pid_namespace();
    if (!missing.empty()) GTEST_SKIP() << missing;
  }
};

TEST_F(QuietCpu, M23_BenchNoiseSeesTheOthersGoWhenTheCpuIsDedicated) {
  in_pid_namespace([] {
    const Gains gains = measure_gains();
    EXPECT_GT(median(gains.taken), 0.1) << testing::PrintToString(gains.taken);
  });
}

TEST_F(QuietCpu, M28_BenchNoiseSeesAThreadGetMoreOfADedicatedCpu) {
  in_pid_namespace([] {
    const Gains gains = measure_gains();
    EXPECT_GT(median(gains.kept), 1.3) << testing::PrintToString(gains.kept);
  });
}

}  // namespace
}  // namespace pinfold::test

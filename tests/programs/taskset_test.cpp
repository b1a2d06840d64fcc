// util-linux's taskset: what it reads and sets.
#include <gtest/gtest.h>

#include <pinfold/cpu_list.h>

#include "programs/simulated.h"

namespace pinfold::test {
namespace {

class Taskset : public Simulated {
 protected:
  void SetUp() override {
    Simulated::SetUp();
    NEEDS("taskset");
  }
  [[nodiscard]] std::string last() const { return std::to_string(highest(own_mask()).value()); }
};

INSTANTIATE_TEST_SUITE_P(Machines, Taskset, testing::ValuesIn(machines::all), machine_name);

TEST_P(Taskset, SaysTheMaskOfAProcess) {
  const std::string list = answer({"sh", "-c", "taskset -pc $$"});
  const auto begin = list.rfind(' ') + 1;
  EXPECT_EQ(cpus(list.substr(begin, list.find('\n', begin) - begin).c_str()), own_mask());
  const std::string hex = answer({"sh", "-c", "taskset -p $$"});
  EXPECT_EQ(hex.substr(hex.rfind(' ') + 1), to_hex_mask(own_mask()) + '\n');
}

TEST_P(Taskset, NarrowsACommandAndItsChildren) {
  EXPECT_EQ(answer({"taskset", "-c", last(), "sh", "-c",
                    "sh -c 'grep Cpus_allowed_list /proc/self/status'"}),
            "Cpus_allowed_list:\t" + last() + '\n');
}

TEST_P(Taskset, SetsARunningProcessAndNobodyElse) {
  const std::string script = "sleep 1000 & taskset -pc " + last() +
                             " $! >/dev/null && grep Cpus_allowed_list"
                             " /proc/$!/status /proc/$$/status; kill $!";
  const std::string said = answer({"sh", "-c", script});
  EXPECT_NE(said.find("/status:Cpus_allowed_list:\t" + last() + '\n'), std::string::npos) << said;
  EXPECT_NE(said.find("/status:Cpus_allowed_list:\t" + to_cpu_list(own_allowed()) + '\n'),
            std::string::npos)
      << said;
}

TEST_P(Taskset, FailsForCpusThatAreNotThere) {
  const Output output = inside({"taskset", "-c", "5000", "true"}, {"LC_ALL=C"});
  EXPECT_EQ(output.exit, 1);
  EXPECT_NE(output.err.find("Invalid argument"), std::string::npos) << output.err;
}

TEST_P(Taskset, OursDoesTheSame) {
  const std::vector<std::string> show = {"grep", "Cpus_allowed_list", "/proc/self/status"};
  const auto started_by = [&](std::vector<std::string> command) {
    command.insert(command.end(), show.begin(), show.end());
    return answer(std::move(command));
  };
  const std::string wanted = "Cpus_allowed_list:\t" + last() + '\n';
  EXPECT_EQ(started_by({PINFOLD_COMMAND, "taskset", "-c", last()}), wanted);
  EXPECT_EQ(started_by({PINFOLD_COMMAND, "run", "--on", last(), "--"}), wanted);
}

}  // namespace
}  // namespace pinfold::test

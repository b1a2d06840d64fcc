// How many CPUs there are, for programs that start as many workers.
#include <gtest/gtest.h>

#include <cerrno>
#include <sstream>

#include "programs/simulated.h"

namespace pinfold::test {
namespace {

class Runtimes : public Simulated {
 protected:
  [[nodiscard]] std::string usable() const { return std::to_string(own_mask().count()); }
  [[nodiscard]] std::string online() const { return std::to_string(machine().online().count()); }
};

INSTANTIATE_TEST_SUITE_P(Machines, Runtimes, testing::ValuesIn(machines::all), machine_name);

TEST_P(Runtimes, NprocCountsWhatItMayUseAndAllThatThereCanBe) {
  EXPECT_EQ(answer({"nproc"}), usable() + '\n');
  EXPECT_EQ(answer({"nproc", "--all"}), std::to_string(machine().possible().count()) + '\n');
  EXPECT_EQ(answer({"nproc"}, {"OMP_NUM_THREADS=1"}), "1\n");
}

TEST_P(Runtimes, GetconfCountsThePossibleAndTheOnlineCpus) {
  NEEDS("getconf");
  EXPECT_EQ(answer({"getconf", "_NPROCESSORS_CONF"}),
            std::to_string(machine().possible().count()) + '\n');
  EXPECT_EQ(answer({"getconf", "_NPROCESSORS_ONLN"}), online() + '\n');
}

TEST_P(Runtimes, PythonCountsThemAndSetsItsOwnMask) {
  NEEDS("python3");
  const std::string last = std::to_string(highest(own_mask()).value());
  const std::string program =
      "import os\n"
      "print(os.cpu_count())\n"
      "print(*sorted(os.sched_getaffinity(0)))\n"
      "print(os.process_cpu_count() if hasattr(os, 'process_cpu_count') else 'unknown')\n"
      "os.sched_setaffinity(0, {" +
      last +
      "})\n"
      "print(*os.sched_getaffinity(0))\n"
      "try:\n"
      "  os.sched_setaffinity(0, {500000})\n"
      "except OSError as e:\n"
      "  print(e.errno)\n";
  const std::string said = answer({"python3", "-c", program});
  std::vector<std::string> lines;
  for (std::istringstream stream(said); lines.size() < 5;) {
    ASSERT_TRUE(std::getline(stream, lines.emplace_back())) << said;
  }
  EXPECT_EQ(lines[0], online());
  EXPECT_EQ(cpus_in(lines[1]), own_mask());
  if (lines[2] != "unknown") {
    EXPECT_EQ(lines[2], usable());
  }
  EXPECT_EQ(lines[3], last);
  EXPECT_EQ(lines[4], std::to_string(EINVAL));
}

TEST_P(Runtimes, GoCountsWhatItMayUse) {
#ifdef PINFOLD_NUMCPU_GO
  EXPECT_EQ(answer({PINFOLD_NUMCPU_GO}), usable() + ' ' + usable() + '\n');
  const std::string last = std::to_string(highest(own_mask()).value());
  EXPECT_EQ(answer({"taskset", "-c", last, PINFOLD_NUMCPU_GO}), "1 1\n");
#else
  GTEST_SKIP() << "no go here when this was built";
#endif
}

// os.cpus() reads /proc/stat.
TEST_P(Runtimes, NodeCountsTheOnlineCpusAndWhatItMayUse) {
  NEEDS("node");
  const std::string said =
      answer({"node", "-p",
              "const os = require('os'); os.cpus().length + ' ' + "
              "(os.availableParallelism ? os.availableParallelism() : 'unknown')"});
  // It asks with a cpu_set_t; where that is too short, it takes what is online.
  const bool fits = machine().possible().last()->value() < 1024;
  const std::string parallelism = fits ? usable() : online();
  EXPECT_TRUE(said == online() + ' ' + parallelism + '\n' || said == online() + " unknown\n")
      << said;
}

// A virtual machine takes its time to start: not on every machine.
class Java : public Runtimes {};
INSTANTIATE_TEST_SUITE_P(Machines, Java,
                         testing::Values(machines::sixty_four, machines::four_thousand,
                                         machines::sparse),
                         machine_name);

TEST_P(Java, CountsWhatItMayUse) {
  NEEDS("java");
  EXPECT_EQ(answer({"java", "-XX:+UseSerialGC", PINFOLD_PROBE_SOURCES "/Processors.java"}),
            usable() + '\n');
}

}  // namespace
}  // namespace pinfold::test

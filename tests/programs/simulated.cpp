#include "programs/simulated.h"

#include <filesystem>
#include <sstream>

#include <pinfold/cpu_list.h>

#include "machine/limits.h"

namespace pinfold::test {

void Simulated::SetUp() {
  if (const std::string reason = no_sim(); !reason.empty()) GTEST_SKIP() << reason;
  text_ = GetParam().text;
  if (text_.ends_with(".tar.bz2")) {
    const std::string archive = snapshot_archives().front();
    const auto path = std::filesystem::path(archive).parent_path() / text_;
    if (archive.empty() || !exists(path))
      GTEST_SKIP() << "no " << text_ << " in ../shared/machines";
    snapshot_.emplace(path);
    text_ = snapshot_->root();
  }
  auto machine = Machine::open(text_);
  ASSERT_TRUE(machine) << message(machine.error());
  machine_ = std::move(*machine);
}

CpuSet Simulated::own_allowed() const {
  // CPUs that are offline stay in a mask, and are not where a task can run.
  const auto& cpuset = machine().limits().cpuset;
  return (cpuset ? cpuset->cpus : machine().possible()) - machine().isolated();
}

Output Simulated::inside(std::vector<std::string> command,
                         std::vector<std::string> environment) const {
  return run_child(simulated(text_, std::move(command)), {.environment = std::move(environment)});
}

std::string Simulated::answer(std::vector<std::string> command,
                              std::vector<std::string> environment) const {
  const Output output = inside(std::move(command), std::move(environment));
  EXPECT_EQ(output.exit, 0) << output.out << output.err;
  return output.out;
}

Sets sets_of(std::span<const Object> objects) {
  Sets sets;
  for (const Object& object : objects)
    sets.insert(to_cpu_list(object.cpus));
  return sets;
}

CpuSet cpus_in(const std::string& numbers) {
  std::istringstream stream(numbers);
  CpuSet cpus;
  for (unsigned number = 0; stream >> number;)
    cpus.add(CpuId(number));
  return cpus;
}

}  // namespace pinfold::test

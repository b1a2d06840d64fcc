// dist/pinfold-record.service: what it gives is enough, and little.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "support/program.h"

namespace pinfold::test {
namespace {

std::string setting(const std::string& name) {
  std::ifstream unit(RECORD_UNIT);
  for (std::string line; std::getline(unit, line);) {
    if (line.starts_with(name + '=')) return line.substr(name.size() + 1);
  }
  return {};
}

// "CAP_BPF CAP_PERFMON" as setpriv(1) takes it.
std::string bounding_set() {
  std::istringstream names(setting("CapabilityBoundingSet"));
  std::string set = "-all";
  for (std::string name; names >> name;) {
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    set += ",+" + name.substr(4);
  }
  return set;
}

std::map<std::string, bool> chosen_legs(const Output& probe) {
  std::map<std::string, bool> legs;
  const auto start = nlohmann::json::parse(probe.out);
  for (const auto& leg : start["legs"])
    legs[leg["name"]] = !leg["chosen"].is_null();
  return legs;
}

TEST(RecordUnit, SeesWithItsCapabilitiesWhatRootSees) {
  if (::geteuid() != 0) GTEST_SKIP() << "it takes root to have fewer capabilities";
  const std::vector<std::string> probe = {PINFOLD_COMMAND, "trace", "--probe", "--json"};
  std::vector<std::string> bounded = {"setpriv", "--no-new-privs", "--bounding-set",
                                      bounding_set()};
  bounded.insert(bounded.end(), probe.begin(), probe.end());
  const Output all = run(probe);
  const Output few = run(bounded);
  ASSERT_EQ(all.exit, 0) << all.err;
  ASSERT_EQ(few.exit, 0) << few.err;
  EXPECT_EQ(chosen_legs(few), chosen_legs(all));
}

TEST(RecordUnit, RecordsWithItsCapabilities) {
  if (::geteuid() != 0) GTEST_SKIP() << "it takes root to have fewer capabilities";
  char folder[] = "/tmp/pinfold-unit-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::string history = std::string(folder) + "/history.db";
  const Output recorded =
      run({"setpriv", "--no-new-privs", "--bounding-set", bounding_set(), PINFOLD_COMMAND, "trace",
           "--history", history, "--", "taskset", "1", "true"});
  EXPECT_EQ(recorded.exit, 0) << recorded.err;
  EXPECT_THAT(recorded.err, testing::HasSubstr("recorded 1 change in "));
  const Output log = run({PINFOLD_COMMAND, "log", "--history", history});
  EXPECT_THAT(log.out, testing::HasSubstr("taskset ("));
  run({"rm", "-r", folder});
}

TEST(RecordUnit, IsLittleExposed) {
  const Output version = run({"systemd-analyze", "--version"});
  if (version.exit != 0) GTEST_SKIP() << "there is no systemd-analyze here";
  const Output exposure = run({"systemd-analyze", "security", "--offline=true", "--threshold=30",
                               "--no-pager", RECORD_UNIT});
  EXPECT_EQ(exposure.exit, 0) << exposure.out << exposure.err;
}

}  // namespace
}  // namespace pinfold::test

// util-linux's lscpu, in all its forms.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include <pinfold/cpu_list.h>

#include "programs/simulated.h"

namespace pinfold::test {
namespace {

using Json = nlohmann::json;
using Fields = std::map<std::string, std::string>;

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Which CPUs have the same text in a column, by that text; "" and "-" are none.
using Column = std::map<std::string, CpuSet>;

class Lscpu : public Simulated {
 protected:
  void SetUp() override {
    Simulated::SetUp();
    NEEDS("lscpu");
  }

  void expect_fields(Fields fields) const {
    EXPECT_EQ(fields["CPU(s)"], std::to_string(machine_present().count()));
    EXPECT_EQ(cpus(fields["On-line CPU(s) list"].c_str()), machine().online());
    EXPECT_EQ(cpus(fields["Off-line CPU(s) list"].c_str()), machine_present() - machine().online());
    const auto nodes = machine().objects(Level::node);
    EXPECT_EQ(fields["NUMA node(s)"], std::to_string(nodes.size()));
    for (const Object& node : nodes) {
      const std::string name = "NUMA node" + std::to_string(node.id.value_or(0)) + " CPU(s)";
      EXPECT_EQ(cpus(fields[name].c_str()), node.cpus) << name;
    }
    if (is_regular()) expect_counts(fields);
  }

  [[nodiscard]] const CpuSet& machine_present() const { return machine().present(); }

  // The columns are named by those who ask for them.
  void expect_columns(const std::map<std::string, Column>& columns) const {
    for (const auto& [name, level] :
         {std::pair{"CORE", Level::core}, std::pair{"SOCKET", Level::package},
          std::pair{"NODE", Level::node}, std::pair{"L3", Level::l3}, std::pair{"L2", Level::l2},
          std::pair{"L1D", Level::l1d}}) {
      const auto column = columns.find(name);
      if (column == columns.end() || machine().objects(level).empty()) continue;
      Sets theirs;
      for (const auto& [value, cpus] : column->second)
        theirs.insert(to_cpu_list(cpus));
      Sets ours = sets_of(machine().objects(level));
      ours.erase("");  // a node without CPUs
      EXPECT_EQ(theirs, ours) << name;
    }
  }

 private:
  // Each core has as many CPUs, and each package as many cores.
  [[nodiscard]] bool is_regular() const {
    const auto same_counts = [&](Level level) {
      const auto objects = machine().objects(level);
      return std::ranges::all_of(objects, [&](const Object& object) {
        return object.cpus.count() == objects.front().cpus.count();
      });
    };
    return same_counts(Level::core) && same_counts(Level::package);
  }

  void expect_counts(Fields& fields) const {
    const std::size_t packages = machine().objects(Level::package).size();
    const std::size_t cores = machine().objects(Level::core).size();
    EXPECT_EQ(fields["Socket(s)"], std::to_string(packages));
    EXPECT_EQ(fields["Core(s) per socket"], std::to_string(cores / packages));
    EXPECT_EQ(fields["Thread(s) per core"], std::to_string(machine().online().count() / cores));
  }
};

INSTANTIATE_TEST_SUITE_P(Machines, Lscpu, testing::ValuesIn(machines::all), machine_name);

TEST_P(Lscpu, SummaryIsOfTheMachine) {
  Fields fields;
  std::istringstream lines(answer({"lscpu"}, {"LC_ALL=C"}));
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(':');
    if (colon != std::string::npos)
      fields[trimmed(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
  }
  expect_fields(fields);
}

void collect(const Json& list, Fields& fields) {
  for (const Json& entry : list) {
    std::string name = entry.at("field");
    if (name.ends_with(':')) name.pop_back();
    if (entry.contains("data") && entry["data"].is_string()) fields[name] = entry["data"];
    if (entry.contains("children")) collect(entry["children"], fields);
  }
}

TEST_P(Lscpu, JsonIsOfTheMachine) {
  const Json json = Json::parse(answer({"lscpu", "-J"}, {"LC_ALL=C"}), nullptr, false);
  ASSERT_TRUE(json.contains("lscpu"));
  Fields fields;
  collect(json["lscpu"], fields);
  expect_fields(fields);
}

// One line for each CPU: its values by the names of the columns.
std::map<std::string, Column> columns_of(const std::string& text, char separator,
                                         const std::vector<std::string>& names) {
  std::map<std::string, Column> columns;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> values;
    std::istringstream parts(line);
    if (separator == ' ') {
      for (std::string value; parts >> value;)
        values.push_back(value);
    } else {
      for (std::string value; std::getline(parts, value, separator);)
        values.push_back(value);
    }
    const CpuSet cpu = cpus(values.front().c_str());
    for (std::size_t i = 0; i < std::min(values.size(), names.size()); ++i) {
      if (!values[i].empty() && values[i] != "-") columns[names[i]][values[i]] |= cpu;
    }
  }
  return columns;
}

TEST_P(Lscpu, ParsableTableHasEveryOnlineCpuInItsCoreAndNode) {
  const auto columns = columns_of(answer({"lscpu", "-p"}), ',', {"CPU", "CORE", "SOCKET", "NODE"});
  ASSERT_TRUE(columns.contains("CPU"));
  EXPECT_EQ(columns.at("CPU").size(), machine().online().count());
  expect_columns(columns);
}

TEST_P(Lscpu, ColumnsThatAreAskedForHaveCachesAndOfflineCpus) {
  const std::string text = answer({"lscpu", "-a", "-p=CPU,CORE,SOCKET,NODE,ONLINE"});
  CpuSet seen;
  CpuSet online;
  auto columns = columns_of(text, ',', {"CPU", "-", "-", "-", "ONLINE"});
  for (const auto& [yes, cpus] : columns["ONLINE"]) {
    seen |= cpus;
    if (yes == "Y") online |= cpus;
  }
  EXPECT_EQ(seen, machine_present());
  EXPECT_EQ(online, machine().online());
}

TEST_P(Lscpu, ExtendedTableHasTheSame) {
  const std::string text = answer({"lscpu", "-b", "-e=CPU,CORE,SOCKET,NODE"});
  const auto columns =
      columns_of(text.substr(text.find('\n') + 1), ' ', {"CPU", "CORE", "SOCKET", "NODE"});
  ASSERT_TRUE(columns.contains("CPU"));
  EXPECT_EQ(columns.at("CPU").size(), machine().online().count());
  expect_columns(columns);
}

class LscpuCaches : public Lscpu {};
INSTANTIATE_TEST_SUITE_P(Machines, LscpuCaches,
                         testing::Values(machines::sixty_four, machines::thousand,
                                         machines::four_thousand, machines::hybrid),
                         machine_name);

// "L1d:L1i:L2:L3" and "0:0:0:0" in one column.
TEST_P(LscpuCaches, AreShared) {
  ASSERT_FALSE(machine().objects(Level::l3).empty());
  std::string text = answer({"lscpu", "-b", "-e=CPU,CACHE"});
  std::ranges::replace(text, ':', ' ');
  std::vector<std::string> names;
  std::istringstream header(text.substr(0, text.find('\n')));
  for (std::string name; header >> name;) {
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
    names.push_back(name);
  }
  const auto columns = columns_of(text.substr(text.find('\n') + 1), ' ', names);
  EXPECT_TRUE(columns.contains("L3")) << text.substr(0, 200);
  expect_columns(columns);
}

}  // namespace
}  // namespace pinfold::test

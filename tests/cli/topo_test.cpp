#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <pinfold/cpu_list.h>

#include "support/program.h"

namespace pinfold::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;

Output topo(const std::string& machine, const std::string& option = "--color=auto") {
  return pinfold({"topo", "--machine", machine, option});
}

std::string topo_in_locale(const std::vector<std::string>& variables) {
  std::vector<std::string> command = {"env", "-u", "LC_ALL", "-u", "LC_CTYPE", "-u", "LANG"};
  command.insert(command.end(), variables.begin(), variables.end());
  command.insert(command.end(), {PINFOLD_COMMAND, "topo", "--machine", "pack:2 core:2 pu:2"});
  return run(command).out;
}

TEST(Topo, DrawsTheMachineUnderUs) {
  const Output output = pinfold({"topo"});
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(output.err, "");
  EXPECT_THAT(output.out, HasSubstr(" CPU"));
  EXPECT_THAT(output.out, HasSubstr("core:0"));
  EXPECT_EQ(pinfold({"topo", "--machine", "host"}).out, output.out);
}

TEST(Topo, JsonOfTheMachineUnderUsSaysWhatThisTestMayUse) {
  const Json machine = Json::parse(pinfold({"topo", "--json"}).out)["machine"];
  const MaskGuard guard;
  const CpuSet allowed = cpus(machine["allowed"].get<std::string>().c_str());
  EXPECT_TRUE(allowed.contains(mask_of(0)));
}

TEST(Topo, JsonHasTheSchemaOfTheDesign) {
  const Output output =
      topo("pack:2 l3:1 core:2 pu:2;offline=3;isolated=4-5;nohz_full=5;cpuset=0-6;possible=16",
           "--json");
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(output.err, "");
  const Json expected = Json::parse(R"({
    "schema_version": 1,
    "machine": {
      "possible": "0-15", "present": "0-7", "online": "0-2,4-7",
      "isolated": "4-5", "nohz_full": "5", "allowed": "0-2,4-6",
      "objects": {
        "package": ["0-2", "4-7"], "die": [], "cluster": [], "node": ["0-2,4-7"],
        "l3": ["0-2", "4-7"], "l2": [], "l1d": [], "core": ["0-1", "2", "4-5", "6-7"]
      },
      "kinds": [{"kind": 0, "name": null, "cpus": "0-2,4-7", "capacity": null}],
      "nodes": [{"node": 0, "cpus": "0-2,4-7", "memory": null, "distances": [10]}]
    }
  })");
  EXPECT_EQ(Json::parse(output.out), expected) << output.out;
}

TEST(Topo, JsonHasNodesInLogicalOrderWithTheKernelsNumbers) {
  const Json machine =
      Json::parse(topo("pack:2 numa:1(memory=2GiB indexes=5,3) pu:2", "--json").out)["machine"];
  EXPECT_EQ(machine["objects"]["node"], Json::parse(R"(["0-1", "2-3"])"));
  EXPECT_EQ(machine["nodes"], Json::parse(R"([
    {"node": 5, "cpus": "0-1", "memory": 2147483648, "distances": [10, 20]},
    {"node": 3, "cpus": "2-3", "memory": 2147483648, "distances": [20, 10]}])"));
}

TEST(Topo, ANodeWithoutCpusIsAnEmptyList) {
  const Json nodes = Json::parse(topo("[numa] [numa] pu:2", "--json").out)["machine"];
  EXPECT_EQ(nodes["objects"]["node"], Json::parse(R"(["0-1", ""])"));
}

TEST(Topo, AMachineThatIsNotThereIsNamed) {
  const Output output = topo("/nonexistent/machine");
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(
      output.err,
      "pinfold: machine \"/nonexistent/machine\": no such folder; a machine is host, a folder "
      "with a copy of /sys and /proc, or a description like \"pack:2 core:8 pu:2\"\n");
}

TEST(Topo, ADescriptionThatMakesNoSenseIsAUsageError) {
  const Output output = topo("pack:2 core:");
  EXPECT_EQ(output.exit, 2);
  EXPECT_EQ(output.out, "");
  EXPECT_THAT(output.err, HasSubstr("at column 13\n  pack:2 core:\n              ^\n"));
}

TEST(Topo, WithJsonAnErrorIsAnObjectToo) {
  const Output output = topo("/nonexistent/machine", "--json");
  EXPECT_EQ(output.exit, 1);
  EXPECT_THAT(output.err, HasSubstr("no such folder"));
  const auto json = Json::parse(output.out);
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["machine"], nullptr);
  EXPECT_EQ(json["error"]["kind"], "unsupported");
  EXPECT_EQ(json["error"]["errno"], 2);
  EXPECT_EQ("pinfold: " + json["error"]["message"].get<std::string>() + '\n', output.err);
  EXPECT_EQ(Json::parse(topo("core:", "--json").out)["error"]["kind"], "syntax");
}

TEST(Topo, TakesNoArguments) {
  const Output output = pinfold({"topo", "host"});
  EXPECT_EQ(output.exit, 2);
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(output.err,
            "pinfold: topo: unexpected argument host\n"
            "  pinfold topo --help shows how it is used\n");
}

TEST(Topo, DrawsWithTheCharactersOfTheLocale) {
  const std::string unicode = topo_in_locale({"LANG=de_DE.UTF-8"});
  EXPECT_THAT(unicode, HasSubstr("├─ package:0"));
  EXPECT_EQ(topo_in_locale({"LC_ALL=C.utf8"}), unicode);
  EXPECT_EQ(topo_in_locale({"LANG=C", "LC_CTYPE=C.UTF-8"}), unicode);
  EXPECT_EQ(topo_in_locale({"LANG=C", "LC_ALL=", "LC_CTYPE=C.UTF-8"}), unicode);

  const std::string ascii = topo_in_locale({});
  EXPECT_THAT(ascii, HasSubstr("|- package:0"));
  EXPECT_EQ(topo_in_locale({"LANG=de_DE"}), ascii);
  EXPECT_EQ(topo_in_locale({"LANG=C.UTF-8", "LC_ALL=C"}), ascii);
}

TEST(Topo, StylesOnlyWhatGoesToATerminal) {
  EXPECT_EQ(topo("pu:2").out.find('\x1b'), std::string::npos);
  EXPECT_THAT(topo("pu:2", "--color=always").out, HasSubstr("\x1b[1mnode:0\x1b[0m"));
}

}  // namespace
}  // namespace pinfold::test

// --report: who set what.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/guest/inside.h"
#include "support/child.h"
#include "support/own_folder.h"
#include "support/sim.h"

namespace pinfold::test {
namespace {

using Json = nlohmann::json;

constexpr const char* machine = "core:8 pu:1";

class SimReport : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = no_sim(); !reason.empty()) GTEST_SKIP() << reason;
  }
  static Output report(std::vector<std::string> options) {
    options.insert(options.end(), {"--cpusets", "none"});
    return run_child(simulated(
        machine, {"sh", "-c", "taskset -c 6 true; taskset -c 4242 true 2>/dev/null; echo done"},
        std::move(options)));
  }
};

TEST_F(SimReport, WithoutTheOptionNothingIsSaid) { EXPECT_EQ(report({}).err, ""); }

TEST_F(SimReport, SaysOnStderrWhoSetWhat) {
  const Output output = report({"--report"});
  EXPECT_EQ(output.out, "done\n");
  EXPECT_EQ(output.exit, 0);
  EXPECT_NE(output.err.find("taskset"), std::string::npos) << output.err;
  EXPECT_NE(output.err.find('6'), std::string::npos) << output.err;
  EXPECT_NE(output.err.find("EINVAL"), std::string::npos) << output.err;
}

TEST_F(SimReport, JsonGoesIntoAFile) {
  const OwnFolder folder;
  const std::string file = folder.path() + "/report";
  const Output output = report({"--report", "--json", "--output", file});
  EXPECT_EQ(output.out, "done\n");
  EXPECT_EQ(output.err, "");
  const Json json = Json::parse(text_of(file), nullptr, false);
  ASSERT_FALSE(json.is_discarded()) << text_of(file);
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_NE(json.dump().find("taskset"), std::string::npos) << json;
}

TEST_F(SimReport, AFileThatCannotBeWrittenIsAFailureOfOurs) {
  const Output output = report({"--report", "--output", "/no/such/folder/report"});
  EXPECT_EQ(output.exit, 125);
  EXPECT_NE(output.err.find("/no/such/folder/report"), std::string::npos) << output.err;
}

}  // namespace
}  // namespace pinfold::test

#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <pinfold/cpu_list.h>

#include "support/program.h"

namespace pinfold {
namespace {

using test::mask_of;
using test::Output;
using test::Victim;
using Json = nlohmann::json;

TEST(Get, ShowsEveryThreadOfAProcess) {
  const Victim victim({"quiet", "3"});
  const Output output = test::pinfold({"get", victim.pid_text()});
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(std::ranges::count(output.out, '\n'), 4);
  EXPECT_NE(output.out.find("PID"), std::string::npos);
  EXPECT_NE(output.out.find(to_cpu_list(mask_of(0))), std::string::npos);
}

TEST(Get, JsonHasTheSchemaOfTheDesign) {
  const Victim victim({"quiet", "2"});
  const Json json = Json::parse(test::pinfold({"get", "--json", victim.pid_text()}).out);
  EXPECT_EQ(json["schema_version"], 1);
  ASSERT_EQ(json["threads"].size(), 2U);
  const Json& leader = json["threads"][0];
  EXPECT_EQ(leader["pid"], victim.pid());
  EXPECT_EQ(leader["tid"], victim.pid());
  EXPECT_EQ(leader["name"], "quiet");
  // It has just said that it is ready, and may not have gone to sleep yet.
  EXPECT_TRUE(leader["state"] == "S" || leader["state"] == "R") << leader["state"];
  EXPECT_TRUE(leader["request"].is_null() || leader["request"].is_string());
  EXPECT_EQ(leader["allowed"], to_cpu_list(mask_of(0)));
  EXPECT_EQ(leader["effective"], to_cpu_list(mask_of(0)));
  EXPECT_TRUE(leader["cpu"].is_number());
  EXPECT_EQ(leader.size(), 8U);
}

TEST(Get, WithoutATargetItIsTheCaller) {
  const Json json = Json::parse(test::pinfold({"get", "--json"}).out);
  ASSERT_EQ(json["threads"].size(), 1U);
  EXPECT_EQ(json["threads"][0]["name"], "pinfold");
  EXPECT_EQ(json["threads"][0]["effective"], to_cpu_list(mask_of(0)));
}

TEST(Get, OneThreadByItsNumber) {
  const Victim victim({"quiet", "3"});
  const Json json = Json::parse(test::pinfold({"get", "--json", "tid:" + victim.pid_text()}).out);
  EXPECT_EQ(json["threads"].size(), 1U);
}

TEST(Get, AThreadsNumberIsNotAProcess) {
  Victim victim({"quiet", "2"});
  const auto threads = victim.stop();
  const std::string tid = std::to_string(threads.back());
  const Output output = test::pinfold({"get", tid});
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.err,
            "pinfold: " + tid + " is a thread of " + victim.pid_text() + ": say tid:" + tid + "\n");
}

TEST(Get, AMissingProcessIsNamedAndTheOthersAreShown) {
  const Victim victim({"quiet", "1"});
  const Output output = test::pinfold({"get", "1073741823", victim.pid_text()});
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.err, "pinfold: process 1073741823 does not exist\n");
  EXPECT_NE(output.out.find(victim.pid_text()), std::string::npos);
}

TEST(Get, BadTargetsAreUsageErrors) {
  const Output output = test::pinfold({"get", "12x"});
  EXPECT_EQ(output.exit, 2);
  EXPECT_EQ(output.err, "pinfold: unexpected text after the number at column 3\n  12x\n    ^\n");
  EXPECT_EQ(test::pinfold({"get", "nginx"}).err,
            "pinfold: \"nginx\" is not a number at column 1: did you mean comm:nginx?\n"
            "  nginx\n  ^\n");
  EXPECT_EQ(test::pinfold({"get", "coom:nginx"}).err,
            "pinfold: unknown kind of target \"coom\" at column 1: did you mean comm:nginx?\n"
            "  coom:nginx\n  ^\n");
  EXPECT_EQ(test::pinfold({"get", "0"}).exit, 2);
  EXPECT_EQ(test::pinfold({"get", "-5"}).exit, 2);
  EXPECT_EQ(test::pinfold({"get", "99999999999999999999"}).exit, 2);
}

TEST(Get, AllShowsThisTestToo) {
  const Json json = Json::parse(test::pinfold({"get", "--all", "--json"}).out);
  bool found = false;
  for (const Json& thread : json["threads"])
    found |= thread["pid"] == ::getpid();
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace pinfold

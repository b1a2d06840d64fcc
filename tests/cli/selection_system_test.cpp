// user: and cgroup:, and selections by those who may not look at everybody.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include <pinfold/cpu_list.h>

#include "cli/copy_of_quiet.h"
#include "support/cpuset_v1.h"
#include "support/program.h"
#include "support/relay.h"

namespace pinfold {
namespace {

using test::CopyOfQuiet;
using test::CpusetV1;
using test::mask_of;
using test::Output;
using test::Relay;
using test::Victim;
using Json = nlohmann::json;

class SystemSelection : public testing::Test {
 protected:
  // Users that nobody else is.
  std::string user_ = std::to_string(70000 + ::getpid() % 1000 * 2);
  std::string other_ = std::to_string(70001 + ::getpid() % 1000 * 2);
  std::string all_ = to_cpu_list(mask_of(0));
  std::string last_ = std::to_string(mask_of(0).last()->value());
  CopyOfQuiet program_;

  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    if (::access("/usr/bin/setpriv", X_OK) != 0) GTEST_SKIP() << "needs setpriv(1)";
    if (mask_of(0).count() == 1) GTEST_SKIP() << "one CPU leaves nothing to change";
  }

  static std::vector<std::string> as(const std::string& user, std::vector<std::string> command) {
    const std::vector<std::string> before = {"/usr/bin/setpriv", "--reuid=" + user,
                                             "--regid=" + user, "--clear-groups"};
    command.insert(command.begin(), before.begin(), before.end());
    return command;
  }
  static Output pinfold_as(const std::string& user, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), PINFOLD_COMMAND);
    return test::run(as(user, std::move(arguments)));
  }
};

TEST_F(SystemSelection, UserMeansWhoeverRunsAsThatUser) {
  const Victim one(as(user_, {program_.path(), "2"}));
  const Victim other(as(other_, {program_.path(), "1"}));
  const Output output = test::pinfold({"set", last_, "user:" + user_});
  EXPECT_EQ(output.out,
            program_.label(one) + ": 2 threads on " + last_ + ", before on " + all_ + "\n");
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(to_cpu_list(mask_of(other.pid())), all_);
}

TEST_F(SystemSelection, AUserWithoutProcessesIsNobody) {
  const Output output = test::pinfold({"set", last_, "user:" + user_});
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.err, "pinfold: nobody matches user:" + user_ + "\n");
}

TEST_F(SystemSelection, WhoCannotBeSetIsNamedAndTheOthersAreSet) {
  const Victim own(as(user_, {program_.path(), "1"}));
  const Victim foreign(as(other_, {program_.path(), "1"}));
  const Victim roots({program_.path(), "1"});
  const Output output = pinfold_as(user_, {"set", last_, "comm:" + program_.name()});
  EXPECT_EQ(output.exit, 1);
  EXPECT_NE(output.out.find(program_.label(own) + ": 1 thread on " + last_), std::string::npos)
      << output.out;
  EXPECT_EQ(std::ranges::count(output.out, '\n'), 1);
  EXPECT_NE(output.err.find(program_.label(foreign) + " belongs to uid " + other_),
            std::string::npos)
      << output.err;
  EXPECT_NE(output.err.find(program_.label(roots) + " belongs to root"), std::string::npos);
  EXPECT_EQ(to_cpu_list(mask_of(own.pid())), last_);
  EXPECT_EQ(to_cpu_list(mask_of(foreign.pid())), all_);
}

TEST_F(SystemSelection, WhoseFileCannotBeSeenIsCounted) {
  const Victim own(as(user_, {program_.path(), "1"}));
  const Victim roots({program_.path(), "1"});
  const Output output = pinfold_as(user_, {"get", "--json", "exe:" + program_.path()});
  EXPECT_EQ(output.exit, 0);
  const Json json = Json::parse(output.out);
  ASSERT_EQ(json["threads"].size(), 1U);
  EXPECT_EQ(json["threads"][0]["pid"], own.pid());
  EXPECT_TRUE(output.err.starts_with("pinfold: note: ")) << output.err;
  EXPECT_TRUE(output.err.ends_with(" of others could not be looked at: root can\n")) << output.err;

  const Output nobody = pinfold_as(user_, {"get", "exe:/bin/sh"});
  EXPECT_EQ(nobody.exit, 1);
  EXPECT_TRUE(nobody.err.starts_with("pinfold: nobody matches exe:/bin/sh: ")) << nobody.err;
  EXPECT_TRUE(
      nobody.err.ends_with(" of others could not be looked at\n"
                           "  root can look at them\n"))
      << nobody.err;
}

TEST_F(SystemSelection, CgroupMeansWhoeverIsInItOrBelow) {
  if (const std::string reason = CpusetV1::missing(); !reason.empty()) GTEST_SKIP() << reason;
  CpusetV1 cpuset(CpusetV1::parent_cpus());
  const Victim inside({program_.path(), "2"});
  const Victim outside({program_.path(), "1"});
  cpuset.move_in(inside.pid());
  const Output output = test::pinfold({"set", last_, "cgroup:" + cpuset.name() + '/'});
  EXPECT_EQ(output.out,
            program_.label(inside) + ": 2 threads on " + last_ + ", before on " + all_ + "\n");
  EXPECT_EQ(output.exit, 0) << output.err;
  EXPECT_EQ(to_cpu_list(mask_of(outside.pid())), all_);

  const Output mounted = test::pinfold({"get", "cgroup:" + cpuset.file("")});
  EXPECT_EQ(mounted.exit, 1);
  EXPECT_TRUE(mounted.err.ends_with("\n  did you mean cgroup:" + cpuset.name() + "?\n"))
      << mounted.err;
  const Output longer = test::pinfold({"get", "cgroup:" + cpuset.name() + "x"});
  EXPECT_EQ(longer.err, "pinfold: nobody matches cgroup:" + cpuset.name() + "x\n");
}

TEST_F(SystemSelection, NobodyEscapesFromACgroupInWhichProcessesStartOthers) {
  if (const std::string reason = CpusetV1::missing(); !reason.empty()) GTEST_SKIP() << reason;
  CpusetV1 cpuset(CpusetV1::parent_cpus());
  cpuset.move_in(::getpid());
  std::optional<Relay> relay(std::in_place, "pf-relay", std::chrono::microseconds(500));
  cpuset.move_out(::getpid());
  const Output output = test::pinfold({"set", last_, "cgroup:" + cpuset.name()});
  EXPECT_EQ(output.exit, 0) << output.err;
  EXPECT_EQ(to_cpu_list(relay->masks_of_next(50).any_has), last_);
  relay.reset();
}

}  // namespace
}  // namespace pinfold

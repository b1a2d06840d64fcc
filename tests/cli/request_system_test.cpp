// What commands show of requests, where the kernel tells them: as root, since Linux 6.2.
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include <pinfold/cpu_list.h>

#include "support/cpuset_v1.h"
#include "support/kernel_release.h"
#include "support/program.h"

namespace pinfold::test {
namespace {

using Json = nlohmann::json;

Json get(const std::string& target) {
  return Json::parse(pinfold({"get", "--json", target}).out).at("threads");
}

class Request : public testing::Test {
 protected:
  void SetUp() override {
    if (!remembers_requests()) GTEST_SKIP() << "requests are remembered since Linux 6.2";
    if (get("self")[0]["request"].is_null()) {
      GTEST_SKIP() << "the task iterator cannot be used here, or was left out of the build";
    }
    const CpuSet own = mask_of(0);
    if (own.count() < 2) GTEST_SKIP() << "needs two CPUs";
    one_ = to_cpu_list(CpuSet{*own.first()});
    other_ = to_cpu_list(CpuSet{*own.last()});
    both_ = to_cpu_list(CpuSet{*own.first(), *own.last()});
  }

  std::string one_;
  std::string other_;
  std::string both_;
};

TEST_F(Request, GetShowsWhatEachThreadWasAskedFor) {
  const Victim victim({"quiet", "2"});
  ASSERT_EQ(pinfold({"set", both_, victim.pid_text()}).exit, 0);
  const pid_t second = threads_of(victim.pid()).back();
  ASSERT_EQ(pinfold({"set", one_, "tid:" + std::to_string(second)}).exit, 0);
  const Json threads = get(victim.pid_text());
  ASSERT_EQ(threads.size(), 2U);
  EXPECT_EQ(threads[0]["request"], both_);
  EXPECT_EQ(threads[1]["request"], one_);
  EXPECT_EQ(threads[1]["allowed"], one_);
  EXPECT_EQ(get("tid:" + std::to_string(second))[0]["request"], one_);
}

TEST_F(Request, WhoNeverAskedHasNone) {
  const Json threads = Json::parse(pinfold({"get", "--json", "--all"}).out).at("threads");
  const auto bound = std::ranges::find_if(
      threads, [](const Json& thread) { return thread["name"] == "migration/0"; });
  if (bound == threads.end()) GTEST_SKIP() << "no kernel threads to be seen here";
  EXPECT_EQ((*bound)["request"], "") << "nobody can set it";
  const Output output = pinfold({"get", to_string((*bound)["pid"])});
  EXPECT_NE(output.out.find(" none "), std::string::npos) << output.out;
}

TEST_F(Request, GetOfAllIsOnePassOverEverybody) {
  const Victim victim({"quiet", "200"});
  ASSERT_EQ(pinfold({"set", other_, victim.pid_text()}).exit, 0);
  const Json threads = Json::parse(pinfold({"get", "--json", "--all"}).out).at("threads");
  std::size_t found = 0;
  bool init = false;
  for (const Json& thread : threads) {
    init |= thread["pid"] == 1;
    if (thread["pid"] != victim.pid()) continue;
    ++found;
    EXPECT_EQ(thread["request"], other_);
  }
  EXPECT_EQ(found, 200U);
  EXPECT_TRUE(init) << "whom the iterator leaves out is read from /proc";
}

TEST_F(Request, InACpusetItIsWhatWasAskedForAndNotWhatCameOfIt) {
  if (const auto missing = CpusetV1::missing(); !missing.empty()) GTEST_SKIP() << missing;
  const Victim victim({"quiet", "1"});
  ASSERT_EQ(pinfold({"set", other_, victim.pid_text()}).exit, 0);
  CpusetV1 cpuset(cpus(one_.c_str()));
  cpuset.move_in(victim.pid());
  const Json thread = get(victim.pid_text())[0];
  EXPECT_EQ(thread["request"], other_);
  EXPECT_EQ(thread["allowed"], one_);
}

// Of a process that has many threads; of others nobody asks (Walk).
TEST_F(Request, UndoPutsItBack) {
  const Victim victim({"quiet", "1000"});
  const pid_t second = threads_of(victim.pid()).back();
  ASSERT_EQ(pinfold({"set", one_, victim.pid_text()}).exit, 0);
  ASSERT_EQ(pinfold({"set", both_, "tid:" + std::to_string(second)}).exit, 0);
  ASSERT_EQ(pinfold({"set", other_, victim.pid_text()}).exit, 0);
  const Output output = pinfold({"undo"});
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(output.err, "") << "it needs no guess";
  for (const Json& thread : get(victim.pid_text()))
    EXPECT_EQ(thread["request"], thread["tid"] == second ? both_ : one_);
}

TEST_F(Request, UndoPutsBackWhatACpusetDidNotGive) {
  if (const auto missing = CpusetV1::missing(); !missing.empty()) GTEST_SKIP() << missing;
  const Victim victim({"quiet", "1000"});
  ASSERT_EQ(pinfold({"set", one_, victim.pid_text()}).exit, 0);
  const pid_t second = threads_of(victim.pid()).back();
  ASSERT_EQ(pinfold({"set", both_, "tid:" + std::to_string(second)}).exit, 0);
  CpusetV1 cpuset(cpus(one_.c_str()));
  cpuset.move_in(victim.pid());
  ASSERT_EQ(pinfold({"reset", victim.pid_text()}).exit, 0);
  ASSERT_EQ(pinfold({"undo"}).exit, 0);
  for (const Json& thread : get(victim.pid_text())) {
    EXPECT_EQ(thread["request"], thread["tid"] == second ? both_ : one_);
    EXPECT_EQ(thread["allowed"], one_);
  }
}

TEST_F(Request, WhySaysWhatWasAskedFor) {
  const Victim victim({"quiet", "1"});
  ASSERT_EQ(
      ::sched_setaffinity(victim.pid(), sizeof(CpuSet::Word),
                          reinterpret_cast<const cpu_set_t*>(cpus(one_.c_str()).words().data())),
      0);
  const Json json = Json::parse(pinfold({"why", "--json", victim.pid_text()}).out);
  EXPECT_EQ(json["targets"][0]["request"], one_);
  EXPECT_EQ(json["constraints"].back()["kind"], "request");
}

TEST_F(Request, WithoutCapabilitiesGetIsAsBefore) {
  const Victim victim({"quiet", "3"});
  const Output output = run({"setpriv", "--reuid=1001", "--clear-groups", "--", PINFOLD_COMMAND,
                             "get", "--json", victim.pid_text()});
  EXPECT_EQ(output.err, "");
  const Json threads = Json::parse(output.out).at("threads");
  ASSERT_EQ(threads.size(), 3U);
  EXPECT_TRUE(threads[0]["request"].is_null());
  EXPECT_EQ(threads[0]["allowed"], to_cpu_list(mask_of(victim.pid())));
}

TEST_F(Request, InAPidNamespaceTasksHaveItsNumbers) {
  const Output output = run({"unshare", "--pid", "--fork", "--mount-proc", "--kill-child",
                             PINFOLD_COMMAND, "get", "--json", "--all"});
  if (output.exit != 0) GTEST_SKIP() << output.err;
  const Json threads = Json::parse(output.out).at("threads");
  ASSERT_EQ(threads.size(), 1U) << "nobody else is in it";
  EXPECT_EQ(threads[0]["pid"], 1);
  EXPECT_EQ(threads[0]["tid"], 1);
  EXPECT_EQ(threads[0]["name"], "pinfold");
  EXPECT_TRUE(threads[0]["request"].is_string());
}

// Two capabilities are enough; a user has them by the file's, or a service by its unit.
TEST_F(Request, TwoCapabilitiesAreEnough) {
  const Output output =
      run({"setpriv", "--reuid=1001", "--clear-groups", "--inh-caps=-all,+bpf,+perfmon",
           "--ambient-caps=-all,+bpf,+perfmon", "--", PINFOLD_COMMAND, "get", "--json", "self"});
  if (output.exit == 127 || output.out.empty()) GTEST_SKIP() << output.err;
  EXPECT_TRUE(Json::parse(output.out).at("threads")[0]["request"].is_string());
}

// Who answers calls in the kernel's stead shows another machine than the iterator would.
TEST_F(Request, UnderAFilterOfSystemCallsTheIteratorIsNotUsed) {
  std::jthread([] {  // and for what it starts
    sock_filter allow[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const sock_fprog program{.len = 1, .filter = allow};
    ASSERT_EQ(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
    const Json threads = Json::parse(pinfold({"get", "--json", "self"}).out).at("threads");
    EXPECT_TRUE(threads[0]["request"].is_null());
  })
      .join();
}

}  // namespace
}  // namespace pinfold::test

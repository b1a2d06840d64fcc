// pinfold dedicate on a system that is a pid namespace: its processes are busy starting others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <pinfold/cpu_list.h>

#include "support/pid_namespace.h"
#include "support/program.h"

namespace pinfold::test {
namespace {

using Json = nlohmann::json;

void set_mask(pid_t tid, const CpuSet& cpus) {
  ::syscall(SYS_sched_setaffinity, tid, cpus.words().size_bytes(), cpus.words().data());
}

std::string comm_of(pid_t tid) {
  std::string name;
  std::getline(std::ifstream("/proc/" + std::to_string(tid) + "/comm"), name);
  return name;
}

// "churn (17) on 0-1": all threads whose mask is right in the eyes of `chosen`.
template <class Chosen>
std::vector<std::string> threads_where(const Chosen& chosen) {
  std::vector<std::string> threads;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    for (const pid_t tid : threads_of(std::stoi(name))) {
      const CpuSet mask = mask_of(tid);
      if (mask.empty() || !chosen(tid, mask)) continue;
      threads.push_back(comm_of(tid) + " (" + std::to_string(tid) + ") on " + to_cpu_list(mask));
    }
  }
  return threads;
}

// What a server is like that does not stand still.
class BusyServer {
 public:
  BusyServer() {
    for (const pid_t tid : threads_of(inside_.pid()))
      set_mask(tid, taken_);
    // Start times are counted in hundredths of a second: what has the same as pinfold is taken for
    // younger.
    ::usleep(20'000);
  }

  [[nodiscard]] std::vector<std::string> dedicate(const char* option = nullptr) const {
    std::vector<std::string> words{"dedicate", to_cpu_list(taken_), "tid:" + target_.pid_text()};
    if (option) words.insert(words.begin() + 1, option);
    return words;
  }

  // Whom dedicate has to take off.
  [[nodiscard]] std::vector<std::string> others_on_the_cpu() const {
    return threads_where([&](pid_t tid, const CpuSet& mask) {
      return mask.intersects(taken_) && tid != target_.pid() && !is_inside(tid);
    });
  }
  // After everything is undone.
  [[nodiscard]] std::vector<std::string> not_as_before() const {
    return threads_where(
        [&](pid_t tid, const CpuSet& mask) { return mask != (is_inside(tid) ? taken_ : all_); });
  }
  [[nodiscard]] bool is_inside(pid_t tid) const {
    const auto threads = threads_of(inside_.pid());
    return std::ranges::find(threads, tid) != threads.end();
  }

  [[nodiscard]] const Victim& target() const { return target_; }
  [[nodiscard]] const Victim& inside() const { return inside_; }
  [[nodiscard]] const CpuSet& taken() const { return taken_; }
  [[nodiscard]] const CpuSet& all() const { return all_; }

 private:
  CpuSet all_ = mask_of(0);
  CpuSet taken_{*all_.last()};
  Victim target_{{"quiet", "3"}};
  Victim inside_{{"quiet", "2"}};
  Victim quiet_{{"quiet", "100"}};
  Victim threads_{{"churn", "32", "1000"}};
  Victim processes_{{"forks", "8", "1000"}};
};

bool is_outrun(const Output& dedicate) {
  return dedicate.exit == 1 &&
         (dedicate.err.starts_with("pinfold: others still came when time was over") ||
          dedicate.err.starts_with("pinfold: processes started and ended too fast"));
}

class DedicateTest : public testing::Test {
 protected:
  void SetUp() override {
    if (mask_of(0).count() == 1) GTEST_SKIP() << "needs two CPUs, this process has one";
    const std::string missing = no_pid_namespace();
    if (!missing.empty()) GTEST_SKIP() << missing;
  }
};

TEST_F(DedicateTest, NobodyElseMayRunThereOnABusyServerAndUndoPutsAllBack) {
  in_pid_namespace([] {
    const BusyServer server;
    for (int round = 1; round <= 30; ++round) {
      SCOPED_TRACE("round " + std::to_string(round));
      // On a loaded machine processes can come and go faster than they are caught, which is said.
      int attempts = 1;
      Output output = pinfold(server.dedicate());
      while (is_outrun(output) && attempts < 20) {
        output = pinfold(server.dedicate());
        ++attempts;
      }
      ASSERT_EQ(output.exit, 0) << output.out << output.err;
      EXPECT_EQ(output.err, "");
      EXPECT_EQ(mask_of(server.target().pid()), server.taken());
      EXPECT_THAT(server.others_on_the_cpu(), testing::IsEmpty());
      // Had somebody escaped, it would have heirs by now.
      ::usleep(100'000);
      EXPECT_THAT(server.others_on_the_cpu(), testing::IsEmpty());
      // One that found its target there, and nobody else, has changed nothing.
      while (attempts-- > 0) {
        const Output undo = pinfold({"undo"});
        if (undo.exit != 0) {
          EXPECT_TRUE(undo.err.starts_with("pinfold: nothing to undo")) << undo.out << undo.err;
        }
      }
      EXPECT_THAT(server.not_as_before(), testing::IsEmpty());
      if (HasFailure()) return;
    }
  });
}

TEST_F(DedicateTest, ListsWhoMayRunNowhereElse) {
  in_pid_namespace([] {
    const BusyServer server;
    const Json json = Json::parse(pinfold(server.dedicate("--json")).out);
    EXPECT_EQ(json["done"], true);
    EXPECT_EQ(json["cpus"], to_cpu_list(server.taken()));
    ASSERT_EQ(json["inside"].size(), 2U);
    for (const Json& thread : json["inside"]) {
      EXPECT_EQ(thread["pid"], server.inside().pid());
      EXPECT_EQ(thread["name"], "quiet");
      EXPECT_EQ(thread["effective"], to_cpu_list(server.taken()));
    }
    for (const pid_t tid : threads_of(server.inside().pid()))
      EXPECT_EQ(mask_of(tid), server.taken());
    EXPECT_EQ(json["came_again"], Json::array());
  });
}

TEST_F(DedicateTest, EvictMovesThemToo) {
  in_pid_namespace([] {
    const BusyServer server;
    const Output output = pinfold(server.dedicate("--evict"));
    EXPECT_EQ(output.exit, 0) << output.out << output.err;
    for (const pid_t tid : threads_of(server.inside().pid()))
      EXPECT_FALSE(mask_of(tid).intersects(server.taken()));
    EXPECT_THAT(server.others_on_the_cpu(), testing::IsEmpty());
    EXPECT_EQ(pinfold({"undo"}).exit, 0);
    for (const pid_t tid : threads_of(server.inside().pid()))
      EXPECT_EQ(mask_of(tid), server.taken());
  });
}

TEST_F(DedicateTest, DryRunChangesNothing) {
  in_pid_namespace([] {
    const BusyServer server;
    const Output output = pinfold(server.dedicate("--dry-run"));
    EXPECT_EQ(output.exit, 0) << output.err;
    EXPECT_NE(output.out.find(" would be taken off "), std::string::npos) << output.out;
    EXPECT_THAT(server.not_as_before(), testing::IsEmpty());
    EXPECT_EQ(pinfold({"undo", "--list"}).err, "pinfold: note: nothing to undo\n");
  });
}

TEST_F(DedicateTest, RefusesWhenNothingIsLeftForTheOthers) {
  in_pid_namespace([] {
    const Victim target({"quiet", "1"});
    const std::string all = to_cpu_list(mask_of(0));
    const Output output = pinfold({"dedicate", all, target.pid_text()});
    EXPECT_EQ(output.out, "");
    EXPECT_TRUE(output.err.starts_with("pinfold: nobody else would have a CPU left: "))
        << output.err;
    EXPECT_EQ(output.exit, 1);
  });
}

// A second change knows nothing of the processes that only the first one has changed.
TEST_F(DedicateTest, UndoOfTheSecondLeavesWhatTheFirstHasTakenOff) {
  in_pid_namespace([] {
    const BusyServer server;
    ASSERT_EQ(pinfold(server.dedicate()).exit, 0);
    ASSERT_EQ(pinfold(server.dedicate("--evict")).exit, 0);
    EXPECT_EQ(pinfold({"undo"}).exit, 0);
    EXPECT_THAT(server.others_on_the_cpu(), testing::IsEmpty());
    EXPECT_EQ(pinfold({"undo"}).exit, 0);
    EXPECT_THAT(server.not_as_before(), testing::IsEmpty());
  });
}

// The mask that a child of the target gets back is one that the change wrote elsewhere.
TEST_F(DedicateTest, ChildrenOfTheTargetGetWhatTheTargetHad) {
  in_pid_namespace([] {
    const CpuSet all = mask_of(0);
    const CpuSet first{*all.first()};
    const CpuSet last{*all.last()};
    int wake[2];
    ASSERT_EQ(::pipe(wake), 0);
    const pid_t target = ::fork();
    if (target == 0) {
      char c = 0;
      if (::read(wake[0], &c, 1) == 1) ::fork();
      for (;;)
        ::pause();
    }
    set_mask(target, first);
    const Output output = pinfold({"dedicate", to_cpu_list(last), std::to_string(target)});
    ASSERT_EQ(output.exit, 0) << output.out << output.err;
    ASSERT_EQ(::write(wake[1], "x", 1), 1);
    std::vector<std::string> there;
    while (there.size() < 2) {
      there = threads_where([&](pid_t, const CpuSet& mask) { return mask == last; });
    }
    EXPECT_EQ(pinfold({"undo"}).exit, 0);
    EXPECT_EQ(threads_where([&](pid_t, const CpuSet& mask) { return mask == first; }).size(), 2U);
    EXPECT_EQ(mask_of(target), first);
  });
}

}  // namespace
}  // namespace pinfold::test

// What needs root: other users, cgroups that hold clones back.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include <pinfold/pin.h>

#include "support/program.h"

namespace pinfold {
namespace {

using test::mask_of;
using test::Victim;

// Two cgroups of our own in the hierarchy that manages no CPUs, and a process that goes to and
// fro between them: each move holds all clones of the system back for a moment.
class Mover {
 public:
  Mover() {
    for (const char* name : {"a", "b"}) {
      const auto folder = root() / ("pinfold-test-" + std::to_string(::getpid()) + name);
      if (::mkdir(folder.c_str(), 0755) == 0) folders_.push_back(folder);
    }
    if (folders_.size() < 2) return;
    mover_ = std::jthread([this](const std::stop_token& stop) {
      for (std::size_t i = 0; !stop.stop_requested(); ++i) {
        move(folders_[i % 2]);
        ++moves_;
      }
    });
  }
  Mover(const Mover&) = delete;
  Mover& operator=(const Mover&) = delete;
  ~Mover() {
    if (mover_.joinable()) {
      mover_.request_stop();
      mover_.join();
    }
    move(root());
    for (const auto& folder : folders_)
      ::rmdir(folder.c_str());
  }

  [[nodiscard]] bool works() const { return folders_.size() == 2; }
  [[nodiscard]] long moves() const { return moves_; }

 private:
  static std::filesystem::path root() {
    for (const char* path :
         {"/sys/fs/cgroup/unified", "/sys/fs/cgroup/freezer", "/sys/fs/cgroup"}) {
      if (std::filesystem::exists(std::filesystem::path(path) / "cgroup.procs")) return path;
    }
    return "/nonexistent";
  }
  void move(const std::filesystem::path& folder) {
    std::ofstream(folder / "cgroup.procs") << other_.pid();
  }

  Victim other_{{"quiet", "1"}};
  std::vector<std::filesystem::path> folders_;
  std::atomic<long> moves_ = 0;
  std::jthread mover_;
};

TEST(ProcessSystem, NoThreadEscapesWhileAnotherProcessMovesBetweenCgroups) {
  const Mover mover;
  if (!mover.works()) GTEST_SKIP() << "no cgroup can be made here";
  const CpuSet all = mask_of(0);
  const char* count = std::getenv("PINFOLD_CHURN_RUNS");
  const int runs = count ? std::atoi(count) : 15;
  constexpr std::pair<const char*, const char*> shapes[] = {
      {"8", "200"}, {"64", "2000"}, {"400", "20000"}, {"2", "30"}};
  for (const auto& [threads, life] : shapes) {
    for (int run = 0; run < runs; ++run) {
      Victim victim({"churn", threads, life});
      const CpuSet to{run % 2 == 0 ? *all.last() : *all.first()};
      const auto placed = pin(Pid(victim.pid()), to);
      ASSERT_TRUE(placed) << message(placed.error());
      ASSERT_TRUE(placed->done()) << "shape " << threads << ' ' << life;
      for (const pid_t tid : victim.stop()) {
        const CpuSet mask = mask_of(tid);
        ASSERT_TRUE(mask.empty() || mask == to) << "shape " << threads << ' ' << life;
      }
    }
  }
  EXPECT_GT(mover.moves(), 0);
}

TEST(ProcessSystem, RootProvesANonDumpableProcess) {
  const Victim victim({"quiet", "3", "nodump"});
  const CpuSet to{*mask_of(0).last()};
  const auto placed = pin(Pid(victim.pid()), to);
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->proved, Proof::clear);
}

TEST(ProcessSystem, AnOrdinaryUserSetsANonDumpableProcessOfHisButCannotProveIt) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  const std::string place = std::to_string(mask_of(0).last()->value());
  // One shell as that user: a victim, then the command on it.
  const std::string victims = PINFOLD_VICTIMS;
  const test::Output output = test::run(
      {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "sh", "-c",
       "exec 3>&1; " + victims + "/quiet 3 nodump > /tmp/pinfold-test-$$ & sleep 0.2; " +
           PINFOLD_COMMAND + " set " + place +
           " $!; code=$?; kill $!; rm /tmp/pinfold-test-$$; exit $code"});
  EXPECT_EQ(output.exit, 1) << output.out << output.err;
  EXPECT_NE(output.err.find("is not proved: 3 threads may have started others with the old mask"),
            std::string::npos)
      << output.err;
  EXPECT_NE(output.err.find("root or CAP_SYS_PTRACE can prove it"), std::string::npos);
}

}  // namespace
}  // namespace pinfold

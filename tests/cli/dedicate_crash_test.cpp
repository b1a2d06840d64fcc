// pinfold dedicate and its undo killed before system calls of theirs, in a pid namespace that
// stands for the system. There are more calls than there is time for: every n-th is taken, and
// where that begins is another call at each run.
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <map>

#include <pinfold/cpu_list.h>

#include "support/crash.h"
#include "support/pid_namespace.h"
#include "support/program.h"
#include "support/undo_note.h"

namespace pinfold::test {
namespace {

constexpr unsigned most_crashes = 100;

std::map<pid_t, std::string> everybodys_masks() {
  std::map<pid_t, std::string> masks;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    for (const pid_t tid : threads_of(std::stoi(name)))
      masks[tid] = to_cpu_list(mask_of(tid));
  }
  return masks;
}

class System {
 public:
  System() {
    const CpuSet other{*mask_of(0).last()};
    const pid_t odd = threads_of(bystander_.pid()).back();
    ::syscall(SYS_sched_setaffinity, odd, other.words().size_bytes(), other.words().data());
    before_ = everybodys_masks();
  }

  [[nodiscard]] std::vector<std::string> dedicate() const {
    return {"dedicate", "--evict", last_, target_.pid_text()};
  }

  void expect_as_before() const { EXPECT_EQ(everybodys_masks(), before_); }

  // Completes or undoes what a crash has left.
  void recover() const {
    const Output list = pinfold({"undo", "--list"});
    EXPECT_EQ(list.exit, 0) << list.err;
    const Output undo = pinfold({"undo"});
    if (undo.exit == 1) {
      EXPECT_TRUE(undo.err.starts_with("pinfold: nothing to undo: ")) << undo.err;
    } else {
      EXPECT_EQ(undo.exit, 0);
      EXPECT_EQ(without_guess(undo.err), "");
    }
    expect_as_before();
  }

  void expect_dedicate_and_undo_work() const {
    const Output dedicated = pinfold(dedicate());
    EXPECT_EQ(dedicated.exit, 0) << dedicated.out;
    EXPECT_EQ(dedicated.err, "");
    EXPECT_NE(everybodys_masks(), before_);
    EXPECT_EQ(pinfold({"undo"}).exit, 0);
    expect_as_before();
  }

 private:
  std::string last_ = std::to_string(mask_of(0).last()->value());
  Victim target_{{"quiet", "2"}};
  Victim bystander_{{"quiet", "4"}};
  std::map<pid_t, std::string> before_;
};

// Kills what `prepare` gives at every n-th of its calls.
template <class Prepare>
void kill_on_the_way(const System& system, const Prepare& prepare) {
  const unsigned steps = kill_pinfold_at(~0U, prepare()).steps;
  ASSERT_GT(steps, 50U);
  system.recover();
  const unsigned stride = steps / most_crashes + 1;
  const auto start = static_cast<unsigned>(std::time(nullptr)) % stride + 1;
  for (unsigned step = start; step <= steps; step += stride) {
    SCOPED_TRACE("before system call " + std::to_string(step) + " of about " +
                 std::to_string(steps));
    kill_pinfold_at(step, prepare());
    system.recover();
    system.expect_dedicate_and_undo_work();
    if (testing::Test::HasFailure()) return;
  }
}

class UndoAfterACrashOfDedicate : public testing::Test {
 protected:
  void SetUp() override {
    if (mask_of(0).count() == 1) GTEST_SKIP() << "needs two CPUs, this process has one";
    const std::string missing = no_pid_namespace();
    if (!missing.empty()) GTEST_SKIP() << missing;
  }
};

TEST_F(UndoAfterACrashOfDedicate, PutsEverybodyBack) {
  in_pid_namespace([] {
    const System system;
    kill_on_the_way(system, [&] { return system.dedicate(); });
  });
}

TEST_F(UndoAfterACrashOfDedicate, IsCompletedByTheNextUndo) {
  in_pid_namespace([] {
    const System system;
    kill_on_the_way(system, [&] {
      EXPECT_EQ(pinfold(system.dedicate()).exit, 0);
      return std::vector<std::string>{"undo"};
    });
  });
}

}  // namespace
}  // namespace pinfold::test

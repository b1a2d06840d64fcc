// pinfold killed before each of its system calls: whatever it had changed, undo puts back.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>
#include <map>

#include <pinfold/cpu_list.h>

#include "support/crash.h"
#include "support/program.h"
#include "support/undo_note.h"

namespace pinfold::test {
namespace {

constexpr const char* nothing_to_undo =
    "pinfold: nothing to undo: no change is known whose processes are still there\n";

class UndoAfterACrash : public testing::Test {
 protected:
  UndoAfterACrash() {
    first_ = std::to_string(mask_of(0).first()->value());
    last_ = std::to_string(mask_of(0).last()->value());
    // One whose mask is not that of the others.
    const CpuSet other{*mask_of(0).last()};
    for (const pid_t tid : threads_of(victim_.pid()))
      odd_ = tid;
    ::syscall(SYS_sched_setaffinity, odd_, other.words().size_bytes(), other.words().data());
    before_ = masks();
  }

  void SetUp() override {
    if (mask_of(0).count() == 1) GTEST_SKIP() << "one CPU leaves nothing to change";
    const Output probe = pinfold({"set", first_, victim_.pid_text()});
    if (probe.exit != 0) GTEST_SKIP() << probe.err;
    ASSERT_EQ(probe.err, "");
    ASSERT_EQ(pinfold({"undo"}).exit, 0);
    ASSERT_EQ(masks(), before_);
  }

  [[nodiscard]] std::map<pid_t, std::string> masks() const {
    std::map<pid_t, std::string> masks;
    for (const pid_t tid : threads_of(victim_.pid()))
      masks[tid] = to_cpu_list(mask_of(tid));
    return masks;
  }

  static void expect_list_works() {
    const Output list = pinfold({"undo", "--list"});
    EXPECT_EQ(list.exit, 0) << list.err;
    EXPECT_EQ(list.err, list.out.empty() ? "pinfold: note: nothing to undo\n" : "");
  }

  static void expect_undone_or_nothing_to_undo() {
    const Output undo = pinfold({"undo"});
    if (undo.exit == 1) {
      EXPECT_EQ(undo.err, nothing_to_undo);
    } else {
      EXPECT_EQ(undo.exit, 0);
      EXPECT_EQ(without_guess(undo.err), "");
    }
  }

  void expect_as_before() const { EXPECT_EQ(masks(), before_); }

  void expect_set_and_undo_work() const {
    const Output set = pinfold({"set", first_, victim_.pid_text()});
    EXPECT_EQ(set.exit, 0);
    EXPECT_EQ(set.err, "");
    EXPECT_EQ(mask_of(odd_), cpus(first_.c_str()));
    const Output undo = pinfold({"undo"});
    EXPECT_EQ(undo.exit, 0);
    EXPECT_EQ(without_guess(undo.err), "");
    expect_as_before();
  }

  std::string first_;
  std::string last_;
  Victim victim_{{"quiet", "4"}};
  pid_t odd_ = 0;
  std::map<pid_t, std::string> before_;
};

// With sanitizers a program makes many more calls before it begins, and each of the five that a
// step needs starts slowly: then it is every n-th, from another one each time.
#ifdef __SANITIZE_ADDRESS__
constexpr unsigned stride = 25;
#else
constexpr unsigned stride = 1;
#endif
unsigned first_step() { return 1 + static_cast<unsigned>(std::time(nullptr)) % stride; }

TEST_F(UndoAfterACrash, OfSetAtEveryStep) {
  unsigned step = first_step();
  for (;; step += stride) {
    SCOPED_TRACE("before system call " + std::to_string(step));
    const Crash crash = kill_pinfold_at(step, {"set", first_, victim_.pid_text()});
    if (!crash.killed) {
      EXPECT_EQ(crash.exit, 0);
      break;
    }
    expect_list_works();
    expect_undone_or_nothing_to_undo();
    expect_as_before();
    expect_set_and_undo_work();
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(step, 50U);
  expect_undone_or_nothing_to_undo();
}

TEST_F(UndoAfterACrash, OfUndoAtEveryStep) {
  unsigned step = first_step();
  for (;; step += stride) {
    SCOPED_TRACE("before system call " + std::to_string(step));
    ASSERT_EQ(pinfold({"set", first_, victim_.pid_text()}).exit, 0);
    const Crash crash = kill_pinfold_at(step, {"undo"});
    if (!crash.killed) {
      EXPECT_EQ(crash.exit, 0);
      break;
    }
    expect_list_works();
    expect_undone_or_nothing_to_undo();
    expect_as_before();
    expect_set_and_undo_work();
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(step, 50U);
  expect_as_before();
}

}  // namespace
}  // namespace pinfold::test

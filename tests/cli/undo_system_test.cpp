// undo where other users and what is mounted have a say: as root.
#include <grp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <pinfold/cpu_list.h>

#include "support/own_state.h"
#include "support/program.h"

namespace pinfold::test {
namespace {

namespace fs = std::filesystem;

constexpr uid_t user = 1001;

// A process of a user, of one thread, called "victim".
class UserTask {
 public:
  explicit UserTask(uid_t uid) {
    int ends[2];
    if (::pipe(ends) != 0) return;
    pid_ = ::fork();
    if (pid_ == 0) {
      const bool became = ::setgroups(0, nullptr) == 0 && ::setresgid(uid, uid, uid) == 0 &&
                          ::setresuid(uid, uid, uid) == 0;
      ::prctl(PR_SET_NAME, "victim");
      ::prctl(PR_SET_DUMPABLE, 1);
      if (became && ::write(ends[1], "x", 1) == 1) {
        for (;;)
          ::pause();
      }
      ::_exit(1);
    }
    ::close(ends[1]);
    char c = 0;
    ready_ = ::read(ends[0], &c, 1) == 1;
    ::close(ends[0]);
  }
  UserTask(const UserTask&) = delete;
  UserTask& operator=(const UserTask&) = delete;
  ~UserTask() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  [[nodiscard]] bool is_ready() const { return ready_; }
  [[nodiscard]] std::string pid() const { return std::to_string(pid_); }
  [[nodiscard]] std::string label() const { return "victim (" + pid() + ")"; }
  [[nodiscard]] std::string mask() const { return to_cpu_list(mask_of(pid_)); }

 private:
  pid_t pid_ = -1;
  bool ready_ = false;
};

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator(file), {}};
}

class UndoAsRoot : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    if (OwnState::folder().empty()) GTEST_SKIP() << "needs a /run of its own";
    if (mask_of(0).count() == 1) GTEST_SKIP() << "one CPU leaves nothing to change";
    fs::remove_all(OwnState::folder());
  }

  std::string all_ = to_cpu_list(mask_of(0));
  std::string first_ = std::to_string(mask_of(0).first()->value());
  std::string last_ = std::to_string(mask_of(0).last()->value());
};

class UndoOfTwoUsers : public UndoAsRoot {
 protected:
  void SetUp() override {
    UndoAsRoot::SetUp();
    if (IsSkipped()) return;
    fs::create_directory(home_);
    ASSERT_EQ(::chown(home_.c_str(), user, user), 0);
    ASSERT_TRUE(victim_.is_ready());
    const Output probe = as_user({"undo", "--list"});
    if (probe.exit != 0) GTEST_SKIP() << "a user cannot run " << PINFOLD_COMMAND << probe.err;
  }
  ~UndoOfTwoUsers() override { fs::remove_all(home_); }

  [[nodiscard]] Output as_user(const std::vector<std::string>& arguments) const {
    const std::string id = std::to_string(user);
    std::vector<std::string> words{"setpriv",        "--reuid=" + id, "--regid=" + id,
                                   "--clear-groups", "env",           "XDG_RUNTIME_DIR=" + home_,
                                   PINFOLD_COMMAND};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return run(words);
  }

  std::string home_ = "/run/pinfold-test-user";
  UserTask victim_{user};
};

TEST_F(UndoOfTwoUsers, WhatRootChangedSinceIsNamedAndLeft) {
  const Output set = as_user({"set", first_, victim_.pid()});
  ASSERT_EQ(set.exit, 0) << set.err;
  ASSERT_EQ(pinfold({"set", last_, victim_.pid()}).exit, 0);

  const Output undo = as_user({"undo"});
  EXPECT_EQ(undo.err, "pinfold: " + victim_.label() + ": tid:" + victim_.pid() +
                          " left alone: changed since, now on " + last_ +
                          "\n  --force puts them back all the same\n");
  EXPECT_EQ(undo.exit, 1);
  EXPECT_EQ(victim_.mask(), last_);

  EXPECT_EQ(pinfold({"undo"}).exit, 0);
  EXPECT_EQ(victim_.mask(), first_);
  EXPECT_EQ(as_user({"undo", "--force"}).exit, 0);
  EXPECT_EQ(victim_.mask(), all_);
}

TEST_F(UndoOfTwoUsers, EachUndoesItsOwn) {
  const UserTask roots(0);
  ASSERT_EQ(as_user({"set", first_, victim_.pid()}).exit, 0);
  ASSERT_EQ(pinfold({"set", first_, roots.pid()}).exit, 0);
  EXPECT_EQ(as_user({"undo"}).exit, 0);
  EXPECT_EQ(as_user({"undo"}).exit, 1);
  EXPECT_EQ(victim_.mask(), all_);
  EXPECT_EQ(roots.mask(), first_);
  EXPECT_EQ(pinfold({"undo"}).exit, 0);
  EXPECT_EQ(roots.mask(), all_);
}

TEST_F(UndoOfTwoUsers, ForceWithoutPermissionFailsAndSaysSo) {
  ASSERT_EQ(as_user({"set", first_, victim_.pid()}).exit, 0);
  // Now it is about a process of root.
  const UserTask roots(0);
  const std::string path = home_ + "/pinfold/journal/000001";
  ASSERT_EQ(pinfold({"set", last_, roots.pid()}).exit, 0);
  const std::string head = text_of(path).substr(0, text_of(path).find('\n') + 1);
  std::string process = text_of(OwnState::folder() + "/journal/000001");
  process = process.substr(process.find('\n') + 1);
  const std::string asked = "\"asked\":\"" + last_;
  process.replace(process.find(asked), asked.size(), "\"asked\":\"" + first_);
  std::ofstream(path) << head << process;

  EXPECT_EQ(as_user({"undo"}).exit, 1);
  const Output undo = as_user({"undo", "--force"});
  EXPECT_EQ(undo.exit, 1);
  EXPECT_TRUE(
      undo.err.starts_with("pinfold: " + roots.label() + " belongs to root: needs CAP_SYS_NICE\n"))
      << undo.err;
  EXPECT_EQ(roots.mask(), last_);
}

TEST_F(UndoOfTwoUsers, FolderOfSomebodyElseIsNotUsed) {
  const std::string folder = home_ + "/pinfold";
  fs::create_directories(folder);
  ASSERT_EQ(::chown(folder.c_str(), 0, 0), 0);
  ASSERT_EQ(::chmod(folder.c_str(), 0755), 0);
  const Output set = as_user({"set", first_, victim_.pid()});
  EXPECT_EQ(set.err, "pinfold: note: undo will not know of this: " + home_ +
                         "/pinfold: it belongs to somebody else\n");
  EXPECT_EQ(set.exit, 0);
  EXPECT_EQ(victim_.mask(), first_);
}

TEST_F(UndoOfTwoUsers, WithoutAFolderSetWorksWithANote) {
  const std::string id = std::to_string(user);
  const Output set = run({"setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups", "env",
                          "-u", "XDG_RUNTIME_DIR", PINFOLD_COMMAND, "set", first_, victim_.pid()});
  EXPECT_EQ(set.err,
            "pinfold: note: undo will not know of this: XDG_RUNTIME_DIR: it is not set: it names a "
            "folder of your own, in memory\n");
  EXPECT_EQ(set.exit, 0);
  EXPECT_EQ(victim_.mask(), first_);
}

// /run as it is needed, over this test's own.
class MountedRun {
 public:
  explicit MountedRun(const char* options)
      : mounted_(::mount("tmpfs", "/run", "tmpfs", 0, options) == 0) {}
  MountedRun(const MountedRun&) = delete;
  MountedRun& operator=(const MountedRun&) = delete;
  ~MountedRun() {
    if (mounted_) ::umount2("/run", MNT_DETACH);
  }
  [[nodiscard]] bool is_mounted() const { return mounted_; }
  static void make_read_only() {
    ASSERT_EQ(::mount("tmpfs", "/run", "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr), 0);
  }

 private:
  bool mounted_;
};

TEST_F(UndoAsRoot, OnAReadOnlyRunSetWorksWithANote) {
  const Victim victim({"quiet", "2"});
  const MountedRun run("mode=755");
  ASSERT_TRUE(run.is_mounted());
  MountedRun::make_read_only();
  const Output set = pinfold({"set", first_, victim.pid_text()});
  EXPECT_EQ(set.err,
            "pinfold: note: undo will not know of this: /run/pinfold: Read-only file system\n");
  EXPECT_EQ(set.exit, 0);
  EXPECT_EQ(to_cpu_list(mask_of(victim.pid())), first_);
}

TEST_F(UndoAsRoot, OnAFullRunSetWorksWithANoteAndLeavesNothing) {
  const Victim victim({"quiet", "2"});
  const MountedRun run("mode=755,size=8k");
  ASSERT_TRUE(run.is_mounted());
  std::ofstream("/run/full") << std::string(100'000, 'x');
  const Output set = pinfold({"set", first_, victim.pid_text()});
  EXPECT_EQ(set.err,
            "pinfold: note: undo will not know of this: the journal: No space left on device\n");
  EXPECT_EQ(set.exit, 0);
  EXPECT_EQ(to_cpu_list(mask_of(victim.pid())), first_);
  EXPECT_TRUE(fs::is_empty("/run/pinfold/journal"));
  EXPECT_EQ(pinfold({"undo"}).exit, 1);
}

// There is room for one file.
TEST_F(UndoAsRoot, OfAChangeThatDidNotFitKeepsToWhatWasWritten) {
  const Victim victim({"quiet", "2"});
  const Victim other({"quiet", "2"});
  const MountedRun run("mode=755,nr_inodes=4");
  ASSERT_TRUE(run.is_mounted());
  const Output first = pinfold({"set", first_, victim.pid_text()});
  EXPECT_EQ(first.err, "");
  const Output second = pinfold({"set", first_, other.pid_text()});
  EXPECT_EQ(second.err.find("pinfold: note: undo will not know of this: /run/pinfold/journal/new-"),
            0U)
      << second.err;
  EXPECT_EQ(second.exit, 0);
  EXPECT_EQ(pinfold({"undo"}).exit, 0);
  EXPECT_EQ(to_cpu_list(mask_of(victim.pid())), all_);
  EXPECT_EQ(to_cpu_list(mask_of(other.pid())), first_);
}

}  // namespace
}  // namespace pinfold::test

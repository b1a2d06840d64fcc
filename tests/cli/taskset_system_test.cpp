// taskset where it needs root to set the scene: other users' processes, and the kernel's.

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "support/program.h"
#include "util_linux.h"

namespace pinfold::test {
namespace {

using Arguments = std::vector<std::string>;

class TasksetSystemTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    real_ = util_linux();
    if (!real_) GTEST_SKIP() << "there is no taskset of util-linux here to compare with";
    if (!real_->is_our_model()) {
      GTEST_SKIP() << "ours is like util-linux 2.38, and here is " << real_->version;
    }
    std::filesystem::copy_file(PINFOLD_COMMAND, ours_);
  }

  void compare(const Arguments& before, const Arguments& arguments) const {
    SCOPED_TRACE(testing::PrintToString(before) + testing::PrintToString(arguments));
    const auto output = [&](const std::string& program) {
      Arguments all = {"env", "LC_ALL=C"};
      all.insert(all.end(), before.begin(), before.end());
      all.push_back(program);
      all.insert(all.end(), arguments.begin(), arguments.end());
      return run(all);
    };
    const Output theirs = output(real_->path);
    const Output mine = output(ours_);
    EXPECT_EQ(mine.out, theirs.out);
    EXPECT_EQ(mine.err, theirs.err);
    EXPECT_EQ(mine.exit, theirs.exit);
  }

  std::optional<UtilLinux> real_;
  Folder folder_;
  // A copy, because the build may stand where other users cannot go.
  std::string ours_ = folder_.path("taskset");
};

TEST_F(TasksetSystemTest, AnotherUsersProcess) {
  const Victim victim({"quiet", "3"});
  const Arguments nobody = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
  for (const char* options : {"-p", "-cp", "-ap"}) {
    compare(nobody, {options, victim.pid_text()});
    compare(nobody, {options, "1", victim.pid_text()});
    compare(nobody, {options, "5000", victim.pid_text()});
  }
  folder_.write("private", "#!/bin/sh\n", std::filesystem::perms(0700));
  compare(nobody, {"1", folder_.path("private")});
}

TEST_F(TasksetSystemTest, AKernelThreadThatIsBoundToItsCpu) {
  std::string pid;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::string name;
    std::getline(std::ifstream(entry.path() / "comm"), name);
    if (name == "migration/0") pid = entry.path().filename();
  }
  if (pid.empty()) GTEST_SKIP() << "no kernel threads can be seen here";
  for (const char* options : {"-p", "-cp", "-ap"}) {
    compare({}, {options, pid});
    compare({}, {options, "1", pid});
  }
}

}  // namespace
}  // namespace pinfold::test

#include "pin/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "base/file.h"
#include "support/fake_kernel.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Selector> selectors(const std::vector<std::string>& texts) {
  std::vector<Selector> result;
  for (const std::string& text : texts)
    result.push_back(parse_selector(text).value());
  return result;
}

// A file of the test's own: the pinfold under test looks at real ones.
class TemporaryFile {
 public:
  explicit TemporaryFile(const char* content) {
    const int file = ::mkstemp(path_.data());
    if (file >= 0) ::close(file);
    std::ofstream(path_) << content;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { ::unlink(path_.c_str()); }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] FileId id() const { return file_id(path_.c_str()).value(); }

 private:
  std::string path_ = "/tmp/pinfold-selection-XXXXXX";
};

// A shell (50) below pid 1 has started pinfold (60).
class SelectionTest : public testing::Test {
 protected:
  SelectionTest() {
    kernel_.self = Tid(60);
    add(1, "init").parent = Pid();
    test::FakeTask& kthreadd = add(2, "kthreadd");
    kthreadd.parent = Pid();
    kthreadd.kernel_thread = true;
    kthreadd.executable = std::nullopt;
    add(50, "sh");
    add(60, "pinfold").parent = Pid(50);
  }

  test::FakeTask& add(pid_t pid, const char* name) {
    test::FakeTask& task = kernel_.add(pid, pid, cpus("0-3"));
    task.name = name;
    task.start_time = static_cast<std::uint64_t>(pid) * 10;
    return task;
  }

  // Who is found by the first pass.
  std::vector<Target> select(const std::vector<std::string>& texts) {
    Selection selection(kernel_, selectors(texts));
    std::vector<Found> found;
    pass_ = selection.pass(found).value();
    return targets(found);
  }

  static std::vector<Target> targets(const std::vector<Found>& found) {
    std::vector<Target> result;
    for (const Found& one : found)
      result.push_back(one.target);
    return result;
  }

  // Why nobody is found.
  std::string why_nobody(const std::string& text) {
    EXPECT_THAT(select({text}), IsEmpty());
    if (pass_.unmatched.size() != 1) return "not told";
    const Error& error = pass_.unmatched.front();
    EXPECT_EQ(error.kind, ErrorKind::no_match);
    const std::string way_out = hint(error);
    return message(error) + (way_out.empty() ? "" : " | " + way_out);
  }

  test::FakeKernel kernel_{cpus("0-3")};
  Pass pass_;
};

TEST_F(SelectionTest, FindsProcessesByName) {
  add(100, "nginx");
  add(101, "nginx2");
  add(102, "nginx");
  EXPECT_THAT(select({"comm:nginx"}), ElementsAre(Pid(100), Pid(102)));
  EXPECT_THAT(select({"comm:nginx*"}), ElementsAre(Pid(100), Pid(101), Pid(102)));
  EXPECT_THAT(pass_.unmatched, IsEmpty());
  EXPECT_TRUE(pass_.whole);
}

TEST_F(SelectionTest, GoesByTheLeadersName) {
  add(100, "nginx");
  kernel_.add(100, 101, cpus("0-3")).name = "worker";
  EXPECT_EQ(why_nobody("comm:worker"), "nobody matches comm:worker");
}

TEST_F(SelectionTest, FindsProcessesByTheFileThatTheyRun) {
  const TemporaryFile file("");
  add(100, "a").executable = file.id();
  add(101, "b").executable = FileId{.device = file.id().device, .inode = file.id().inode + 1};
  add(102, "c").executable = FileId{.device = file.id().device + 1, .inode = file.id().inode};
  EXPECT_THAT(select({"exe:" + file.path()}), ElementsAre(Pid(100)));
}

TEST_F(SelectionTest, ALinkMeansTheFileItLeadsTo) {
  const TemporaryFile file("");
  add(100, "a").executable = file.id();
  const std::string link = file.path() + "-link";
  ASSERT_EQ(::symlink(file.path().c_str(), link.c_str()), 0);
  EXPECT_THAT(select({"exe:" + link}), ElementsAre(Pid(100)));
  ::unlink(link.c_str());
}

TEST_F(SelectionTest, FindsProcessesByTheirUser) {
  add(100, "a").user = 1000;
  add(101, "b").user = 1001;
  EXPECT_THAT(select({"user:1001"}), ElementsAre(Pid(101)));
}

TEST_F(SelectionTest, FindsWhoIsInACgroupAndBelow) {
  add(100, "a").cgroups = {"/", "/x.slice"};
  add(101, "b").cgroups = {"/x.slice/deep/er", "/"};
  add(102, "c").cgroups = {"/x.slice2"};
  add(103, "d").cgroups = {"/y/x.slice"};
  EXPECT_THAT(select({"cgroup:/x.slice"}), ElementsAre(Pid(100), Pid(101)));
  EXPECT_THAT(select({"cgroup:/x.slice/"}), ElementsAre(Pid(100), Pid(101)));
  EXPECT_THAT(select({"cgroup:/"}), ElementsAre(Pid(100), Pid(101), Pid(102), Pid(103)));
}

TEST_F(SelectionTest, LeavesOutPidOneKernelThreadsItselfAndItsParents) {
  add(100, "a");
  EXPECT_THAT(select({"cgroup:/"}), ElementsAre(Pid(100)));
  EXPECT_THAT(select({"comm:*"}), ElementsAre(Pid(100)));
}

TEST_F(SelectionTest, ANumberBringsThemBack) {
  EXPECT_THAT(select({"1", "2", "50", "comm:*"}), ElementsAre(Pid(1), Pid(2), Pid(50)));
  EXPECT_THAT(pass_.unmatched, IsEmpty());
}

TEST_F(SelectionTest, SaysWhomItLeavesOutIfThereIsNobodyElse) {
  EXPECT_EQ(why_nobody("comm:kthreadd"),
            "nobody matches comm:kthreadd but kthreadd (2), a kernel thread | "
            "selections leave it out: say 2");
  EXPECT_EQ(why_nobody("comm:init"),
            "nobody matches comm:init but init (1), the first process | "
            "selections leave it out: say 1");
  EXPECT_EQ(why_nobody("comm:sh"),
            "nobody matches comm:sh but sh (50), a parent of pinfold | "
            "selections leave it out: say 50");
  EXPECT_EQ(why_nobody("comm:*"),
            "nobody matches comm:* but init (1), the first process, and 2 more | "
            "selections leave them out: give them by number");
  EXPECT_EQ(why_nobody("comm:pinfold"), "nobody matches comm:pinfold");
}

TEST_F(SelectionTest, EachIsFoundOnceAndInOrder) {
  add(100, "a").user = 1000;
  add(101, "a").user = 1000;
  kernel_.add(101, 102, cpus("0-3"));
  add(200, "b");
  kernel_.add(200, 201, cpus("0-3"));
  EXPECT_THAT(select({"tid:201", "user:1000", "comm:a", "101", "tid:102", "tid:201", "101"}),
              ElementsAre(Pid(100), Pid(101), Tid(201)));
  EXPECT_THAT(select({"200", "tid:201"}), ElementsAre(Pid(200)));
}

TEST_F(SelectionTest, NumbersAloneNeedNoLookAtAnybody) {
  bool looked = false;
  kernel_.after_processes = [&] { looked = true; };
  EXPECT_THAT(select({"9999", "tid:7", "self"}), ElementsAre(Tid(), Tid(7), Pid(9999)));
  EXPECT_FALSE(looked);
}

TEST_F(SelectionTest, OneThatWasSelectedIsKnownByItsStart) {
  add(100, "a");
  Selection selection(kernel_, selectors({"comm:a", "50"}));
  std::vector<Found> found;
  ASSERT_TRUE(selection.pass(found));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_TRUE(found[0].by_number());
  EXPECT_EQ(found[1].start_time, 1000U);
  EXPECT_EQ(found[1].mask, cpus("0-3"));
}

TEST_F(SelectionTest, ALaterPassFindsOnlyWhoIsNew) {
  add(100, "a");
  add(101, "a");
  Selection selection(kernel_, selectors({"comm:a"}));
  std::vector<Found> found;
  ASSERT_TRUE(selection.pass(found));
  found.clear();
  add(102, "a");
  ASSERT_TRUE(selection.pass(found));
  EXPECT_THAT(targets(found), ElementsAre(Pid(102)));

  // The number of one that was known, given to another.
  found.clear();
  add(101, "a").start_time = 5000;
  ASSERT_TRUE(selection.pass(found));
  EXPECT_THAT(targets(found), ElementsAre(Pid(101)));
}

TEST_F(SelectionTest, ALaterPassFindsNobodyAndThatIsNoError) {
  add(100, "a");
  Selection selection(kernel_, selectors({"comm:a"}));
  std::vector<Found> found;
  ASSERT_TRUE(selection.pass(found));
  kernel_.tasks.erase(100);
  const auto pass = selection.pass(found);
  ASSERT_TRUE(pass);
  EXPECT_THAT(pass->unmatched, IsEmpty());
  EXPECT_TRUE(pass->whole) << "who was known may end";
}

TEST_F(SelectionTest, APassInWhichAnUnknownOneVanishedIsNotWhole) {
  for (const char* text : {"comm:a", "user:0", "cgroup:/", "exe:/dev/null"}) {
    add(100, "a");
    add(101, "b");
    Selection selection(kernel_, selectors({text}));
    std::vector<Found> found;
    kernel_.after_processes = [&] { kernel_.tasks.erase(101); };
    // A pass that finds nobody is repeated, so only the first listing has it.
    const auto pass = selection.pass(found);
    kernel_.after_processes = nullptr;
    ASSERT_TRUE(pass);
    EXPECT_EQ(pass->whole, std::string(text).starts_with("exe:")) << text;
    const auto next = selection.pass(found);
    ASSERT_TRUE(next);
    EXPECT_TRUE(next->whole) << text;
  }
}

TEST_F(SelectionTest, NobodyIsSaidToBeThereOnlyAfterAWholeLook) {
  // A line of processes, each gone when it is looked at and followed by the next.
  int listings = 0;
  kernel_.after_processes = [&] {
    ++listings;
    kernel_.tasks.erase(100 + listings - 1);
    if (listings < 4) add(100 + listings, "a");
    if (listings == 4) add(200, "a");
  };
  add(100, "a");
  EXPECT_THAT(select({"comm:a"}), ElementsAre(Pid(200)));
}

TEST_F(SelectionTest, AZombieWithoutAFileMayHaveStartedOthers) {
  const TemporaryFile file("");
  add(100, "a").executable = file.id();
  add(101, "a").executable = std::nullopt;
  Selection selection(kernel_, selectors({"exe:" + file.path()}));
  std::vector<Found> found;
  EXPECT_FALSE(selection.pass(found)->whole);
  EXPECT_TRUE(selection.pass(found)->whole);
  EXPECT_THAT(targets(found), ElementsAre(Pid(100)));
}

TEST_F(SelectionTest, CountsThoseWhoseFileCannotBeSeen) {
  const TemporaryFile file("");
  kernel_.tasks[1].executable_error = EACCES;
  kernel_.tasks[2].executable_error = EACCES;
  add(100, "a").executable_error = EACCES;
  add(101, "b").executable = file.id();
  EXPECT_THAT(select({"exe:" + file.path()}), ElementsAre(Pid(101)));
  EXPECT_EQ(pass_.hidden, 1U) << "neither pid 1 nor kernel threads would be meant";
  EXPECT_TRUE(pass_.whole);
}

TEST_F(SelectionTest, SaysThatTheyCouldNotBeSeenIfNobodyElseMatches) {
  const TemporaryFile file("");
  add(100, "a").executable_error = EACCES;
  EXPECT_EQ(why_nobody("exe:" + file.path()),
            "nobody matches exe:" + file.path() +
                ": 1 process of others could not be looked at | root can look at them");
}

TEST_F(SelectionTest, EachSelectorThatMeansNobodyIsTold) {
  add(100, "a");
  EXPECT_THAT(select({"comm:x", "comm:a", "user:77"}), ElementsAre(Pid(100)));
  ASSERT_EQ(pass_.unmatched.size(), 2U);
  EXPECT_EQ(pass_.unmatched[0].text, "comm:x");
  EXPECT_EQ(pass_.unmatched[1].text, "user:77");
}

TEST_F(SelectionTest, TellsHowANameIsCutOrMistyped) {
  add(100, "nginx");
  EXPECT_EQ(why_nobody("comm:averyverylongname"),
            "nobody matches comm:averyverylongname: the kernel keeps 15 bytes of a name | "
            "say comm:averyverylongna");
  EXPECT_EQ(why_nobody("comm:ngnix"), "nobody matches comm:ngnix | did you mean comm:nginx?");
  EXPECT_EQ(why_nobody("comm:apache"), "nobody matches comm:apache");
}

TEST_F(SelectionTest, TellsWhatIsWrongWithAFile) {
  EXPECT_EQ(why_nobody("exe:/no/such/file"),
            "nobody matches exe:/no/such/file: there is no such file");
  EXPECT_EQ(why_nobody("exe:no-such-file"),
            "nobody matches exe:no-such-file: there is no such file | "
            "a path is expected; comm:no-such-file goes by name");
  EXPECT_EQ(why_nobody("exe:/tmp"), "nobody matches exe:/tmp: it is a folder");
  const TemporaryFile script("#!/bin/sh\n");
  EXPECT_EQ(why_nobody("exe:" + script.path()),
            "nobody matches exe:" + script.path() +
                ": it is a script, and runs as its interpreter | its name may do: comm:" +
                script.path().substr(5, 15));
}

TEST_F(SelectionTest, TellsWhoRunsAFileThatWasReplaced) {
  const TemporaryFile file("");
  add(100, "server").executable_path = file.path() + " (deleted)";
  EXPECT_EQ(why_nobody("exe:" + file.path()),
            "nobody matches exe:" + file.path() +
                ": server (100) runs an older file, which has been replaced or removed | "
                "give it by number, or by name: comm:" +
                file.path().substr(5, 15));
}

TEST_F(SelectionTest, TellsThatAUserIsUnknown) {
  EXPECT_EQ(why_nobody("user:no such user"),
            "nobody matches user:no such user: /etc/passwd has no such user | "
            "a user's number is taken, too: user:1000");
  EXPECT_EQ(why_nobody("user:4242"), "nobody matches user:4242");
}

TEST_F(SelectionTest, TellsWhatIsLeftOfACgroupWithoutItsMountPoint) {
  add(100, "a").cgroups = {"/x.slice/y"};
  EXPECT_EQ(why_nobody("cgroup:/sys/fs/cgroup/x.slice"),
            "nobody matches cgroup:/sys/fs/cgroup/x.slice | did you mean cgroup:/x.slice?");
  EXPECT_EQ(why_nobody("cgroup:/x.slice/z"), "nobody matches cgroup:/x.slice/z");
}

}  // namespace
}  // namespace pinfold

#include "model/scenario/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/print.h"

namespace pinfold::model {
namespace {

using testing::HasSubstr;

Operation read(std::string_view line) {
  auto operation = parse_operation(line);
  if (!operation || !*operation) {
    ADD_FAILURE() << line << ": " << (operation ? "nothing" : message(operation.error()));
    return {};
  }
  return **operation;
}

template <class T>
T read_as(std::string_view line) {
  const Operation operation = read(line);
  if (const T* action = std::get_if<T>(&operation.action)) return *action;
  ADD_FAILURE() << line << " is another operation";
  return {};
}

TEST(Scenario, LineOfSpaceOrACommentIsNothing) {
  for (const char* line : {"", "  \t ", "# all of it", "   # behind space", "\r", "#"}) {
    const auto operation = parse_operation(line);
    ASSERT_TRUE(operation) << line;
    EXPECT_FALSE(*operation) << line;
  }
}

TEST(Scenario, LineMayHaveSpaceAndACommentAround) {
  const auto set = read_as<operation::Set>("\t set  A\t1,5 by B   # why\r");
  EXPECT_EQ(set.task, "A");
  EXPECT_EQ(set.cpus, CpuSet({CpuId(1), CpuId(5)}));
  EXPECT_EQ(set.by, "B");
}

TEST(Scenario, SetIsDoneByInitUnlessItSaysWho) {
  EXPECT_EQ(read_as<operation::Set>("set A 1").by, "init");
  EXPECT_TRUE(read_as<operation::Set>("set A none").cpus.empty());
  EXPECT_EQ(read_as<operation::Set>("set migration/0 1").task, "migration/0");
}

TEST(Scenario, WriteTakesTheRestOfTheLineAsItStands) {
  EXPECT_EQ(read_as<operation::Write>("write /a cpuset.cpus 0-3,  8 ").text, "0-3,  8");
  EXPECT_EQ(read_as<operation::Write>("write /a cpuset.cpus").text, "");
  const Operation expected = read("write /a cpuset.cpus  => ENOSPC");
  EXPECT_EQ(std::get<operation::Write>(expected.action).text, "");
  EXPECT_EQ(expected.expected, "ENOSPC");
}

TEST(Scenario, LineSaysWhatIsExpectedAndAtWhichStep) {
  const Operation operation =
      read("at cpuset_read read /a cpuset.cpus.partition => root invalid (x)");
  EXPECT_EQ(operation.at, Step::cpuset_read);
  EXPECT_EQ(operation.expected, "root invalid (x)");
  EXPECT_EQ(read("get A => 5 of 1,5 # comment").expected, "5 of 1,5");
}

TEST(Scenario, TaskMayBeCalledLikeAWordOfTheLanguage) {
  EXPECT_EQ(read_as<operation::Move>("move thread /a").task, "thread");
  EXPECT_FALSE(read_as<operation::Move>("move thread /a").thread_only);
  EXPECT_EQ(read_as<operation::Move>("move thread thread /a").task, "thread");
  EXPECT_TRUE(read_as<operation::Move>("move thread thread /a").thread_only);
  EXPECT_EQ(read_as<operation::Set>("set by 1 by by").by, "by");
}

TEST(Scenario, MistakesPointAtTheColumn) {
  struct Case {
    const char* line;
    std::size_t column;
    const char* reason;
  };
  for (const auto& [line, column, reason] : {
           Case{"strat A", 0, "unknown operation \"strat\": did you mean start?"},
           Case{"  frobnicate", 2, "there are at, machine, kernel"},
           Case{"=> ok", 0, "an operation is missing"},
           Case{"start", 5, "a task is missing"},
           Case{"start 1A", 6, "begins with a letter"},
           Case{"start A/1", 7, "letters, digits, _ and - only"},
           Case{"get migration/x", 14, "letters, digits"},
           Case{"get migration/", 13, "letters, digits"},
           Case{"start A B", 8, "unexpected text"},
           Case{"fork A", 6, "a task is missing"},
           Case{"begin A B", 6, "unknown beginning \"A\": there are fork and thread"},
           Case{"set A", 5, "CPUs are missing"},
           Case{"set A 0-3,9-", 12, "a CPU number is missing"},
           Case{"set A 1 B", 8, "by TASK may follow"},
           Case{"set A 1 by", 10, "a task is missing"},
           Case{"uids A 1 2", 10, "the saved uid is missing"},
           Case{"uids A 1 x 3", 9, "not a number"},
           Case{"uids A 4294967295 0 0", 7, "too large"},
           Case{"caps A 0x1 1", 8, "unexpected text after the number"},
           Case{"mkdir a", 6, "begins with /"},
           Case{"mkdir /a//b", 8, "a name is missing"},
           Case{"mkdir /a/", 8, "a name is missing"},
           Case{"mkdir /a/..", 9, "no . and .."},
           Case{"write /a", 8, "a file of the cgroup is missing"},
           Case{"offline 1x", 9, "unexpected text after the number"},
           Case{"offline 1048576", 8, "too large"},
           Case{"kernel 6.13", 7, "did you mean 6.1?"},
           Case{"cpusets v3", 8, "did you mean v1?"},
           Case{"nr_cpus 0", 8, "too small"},
           Case{"machine", 7, "a machine is missing"},
           Case{"at start A", 3, "unknown step \"start\""},
           Case{"at mask_set kernel 6.1", 12, "at no step"},
           Case{"set A 1 =>", 10, "what is expected is missing"},
           Case{"set A 1 => EINVL", 11, "did you mean EINVAL?"},
           Case{"show => ok", 8, "a table cannot be expected"},
           Case{"get A\nget B", 5, "one line"},
       }) {
    const auto operation = parse_operation(line);
    ASSERT_FALSE(operation) << line;
    EXPECT_EQ(operation.error().kind, ErrorKind::syntax) << line;
    EXPECT_EQ(operation.error().text, line);
    EXPECT_EQ(operation.error().column, column) << line << ": " << operation.error().reason;
    EXPECT_THAT(operation.error().reason, HasSubstr(reason)) << line;
  }
}

TEST(Scenario, LineIsWrittenAsItIsRead) {
  for (const char* line : {
           "machine pack:1 core:4 pu:2;isolated=6-7",
           "kernel 6.12",
           "cpusets none",
           "nr_cpus 256",
           "start A",
           "fork A B",
           "thread A B",
           "begin fork A B",
           "begin thread A B",
           "begin fork init B",
           "finish B",
           "exit A",
           "kill A",
           "reap A",
           "spin A",
           "sleep A",
           "exec A",
           "userns A",
           "deadline A",
           "uids A 1001 0 4294967294",
           "caps A 1ffffffffff 0",
           "set A 1,5",
           "set A none by B",
           "set A 0-3,1048575",
           "get A",
           "mkdir /a/b",
           "rmdir /a",
           "write /a cpuset.cpus 0-3",
           "write /a cpuset.cpus",
           "read / cpuset.cpus.effective",
           "move A /a",
           "move thread A /a",
           "move thread /a",
           "offline 1",
           "online 1",
           "show",
           "show A B",
           "at mask_copied set A 1 => EPERM",
       }) {
    const Operation operation = read(line);
    EXPECT_EQ(to_text(operation), line);
    EXPECT_EQ(read(to_text(operation)), operation) << line;
  }
}

}  // namespace
}  // namespace pinfold::model

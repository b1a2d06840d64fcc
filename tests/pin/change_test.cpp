#include "pin/change.h"

#include <gtest/gtest.h>

#include <string>

#include <pinfold/error.h>

#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;

ChangeHead head() {
  return {.system = {.boot = "321c67ea", .pid_namespace = 4026531836},
          .time = 1795315133,
          .start_time = 2831934,
          .kind = ChangeKind::set,
          .command = "set 0 1234"};
}

// Two threads with masks of their own, in a process of four.
ProcessChange process() {
  return {.pid = Pid(1234),
          .tid = Tid(),
          .name = "nginx",
          .start_time = 77,
          .masks = {{.before = cpus("0-3"),
                     .back = cpus("0-7"),
                     .asked = cpus("1"),
                     .threads = {Tid(1234), Tid(1235), Tid(1240)},
                     .start_times = {77, 78, 90}},
                    {.before = cpus("2"),
                     .back = cpus("2"),
                     .asked = cpus("1"),
                     .threads = {Tid(1236)},
                     .start_times = {78}}}};
}

std::string without_end(std::string line) {
  EXPECT_TRUE(line.ends_with('\n'));
  line.pop_back();
  EXPECT_EQ(line.find('\n'), std::string::npos);
  return line;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Change, HeadIsReadBackAsWritten) {
  for (const ChangeKind kind : {ChangeKind::set, ChangeKind::dedicate}) {
    ChangeHead written = head();
    written.kind = kind;
    const auto read = parse_change_head(without_end(to_line(written)));
    ASSERT_TRUE(read) << message(read.error());
    EXPECT_EQ(read->system, written.system);
    EXPECT_EQ(read->time, written.time);
    EXPECT_EQ(read->start_time, written.start_time);
    EXPECT_EQ(read->kind, kind);
    EXPECT_EQ(read->command, written.command);
  }
}

TEST(Change, ProcessIsReadBackAsWritten) {
  const ProcessChange written = process();
  const auto read = parse_process_change(without_end(to_line(written)));
  ASSERT_TRUE(read) << message(read.error());
  EXPECT_EQ(read->pid, written.pid);
  EXPECT_EQ(read->tid, written.tid);
  EXPECT_EQ(read->name, written.name);
  EXPECT_EQ(read->start_time, written.start_time);
  ASSERT_EQ(read->masks.size(), written.masks.size());
  for (std::size_t i = 0; i < written.masks.size(); ++i) {
    EXPECT_EQ(read->masks[i].before, written.masks[i].before);
    EXPECT_EQ(read->masks[i].back, written.masks[i].back);
    EXPECT_EQ(read->masks[i].asked, written.masks[i].asked);
    EXPECT_EQ(read->masks[i].threads, written.masks[i].threads);
    EXPECT_EQ(read->masks[i].start_times, written.masks[i].start_times);
  }
}

TEST(Change, ThreadsAreWrittenAsRuns) {
  const std::string line = to_line(process());
  EXPECT_NE(line.find(R"("threads":"1234-1235,1240")"), std::string::npos) << line;
}

TEST(Change, NamesCannotEndALineOrReachATerminal) {
  ProcessChange named = process();
  named.name = "a\nb\x1b[2J\xff";
  const auto read = parse_process_change(without_end(to_line(named)));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->name.find_first_of("\n\x1b"), std::string::npos);
}

TEST(Change, CommandOfAFileIsSafeToPrint) {
  const std::string line = replaced(without_end(to_line(head())), "set 0", "set \\u001b[2J");
  const auto read = parse_change_head(line);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->command.find('\x1b'), std::string::npos);
}

struct Malformed {
  const char* from;
  const char* to;
};

template <class Parse>
void expect_syntax_errors(const std::string& good, const std::vector<Malformed>& cases,
                          const Parse& parse) {
  ASSERT_TRUE(parse(good));
  for (const Malformed& bad : cases) {
    const auto read = parse(replaced(good, bad.from, bad.to));
    ASSERT_FALSE(read) << bad.to;
    EXPECT_EQ(read.error().kind, ErrorKind::syntax) << bad.to;
    EXPECT_FALSE(read.error().reason.empty()) << bad.to;
    EXPECT_EQ(read.error().reason.find("json.exception"), std::string::npos) << bad.to;
  }
}

TEST(Change, HeadsThatPinfoldDoesNotWriteAreErrors) {
  expect_syntax_errors(without_end(to_line(head())),
                       {{"{", ""},
                        {"}", ""},
                        {"\"schema_version\":1", "\"schema_version\":2"},
                        {"\"boot\":", "\"root\":"},
                        {"\"boot\":\"321c67ea\"", "\"boot\":3"},
                        {"4026531836", "\"4026531836\""},
                        {"4026531836", "-1"},
                        {"1795315133", "1e300"},
                        {"1795315133", "18446744073709551615"},
                        {"2831934", "null"},
                        {"\"set\"", "\"get\""},
                        {"\"set\"", "1"},
                        {"\"set 0 1234\"", "[]"}},
                       parse_change_head);
}

TEST(Change, ProcessesThatPinfoldDoesNotWriteAreErrors) {
  expect_syntax_errors(without_end(to_line(process())),
                       {{"\"pid\":1234", "\"pid\":0"},
                        {"\"pid\":1234", "\"pid\":-1"},
                        {"\"pid\":1234", "\"pid\":4294967297"},
                        {"\"pid\":1234", "\"pid\":1.5"},
                        {"\"tid\":0", "\"tid\":-1"},
                        {"\"name\":\"nginx\"", "\"name\":null"},
                        {"\"masks\":[", "\"masks\":7,\"x\":["},
                        {"\"masks\":[", "\"masks\":[null,"},
                        {"\"before\":\"0-3\"", "\"before\":\"3-0\""},
                        {"\"before\":\"0-3\"", "\"before\":3"},
                        {"\"asked\":\"1\"", "\"asked\":\"x\""},
                        {"1234-1235,1240", "1235-1234,1240"},
                        {"1234-1235,1240", "1234-1235,1235"},
                        {"1234-1235,1240", "0-1235,1240"},
                        {"1234-1235,1240", "1234-"},
                        {"1234-1235,1240", "1-2147483647"},
                        {"[77,78,90]", "[77,78]"},
                        {"[77,78,90]", "[77,78,-1]"}},
                       parse_process_change);
}

TEST(Change, EmptyMaskIsReadBack) {
  ProcessChange change = process();
  change.masks.front().back = CpuSet();
  const auto read = parse_process_change(without_end(to_line(change)));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->masks.front().back.empty());
}

}  // namespace
}  // namespace pinfold

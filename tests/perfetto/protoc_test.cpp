// What protoc, which is not ours, finds in a file.
#include <regex>

#include "events/samples.h"
#include "perfetto/trace_file.h"
#include "support/program.h"

namespace pinfold::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

class PerfettoFileInProtoc : public testing::Test {
 protected:
  void SetUp() override {
    if (run({"sh", "-c", "command -v protoc"}).exit != 0) GTEST_SKIP() << "protoc is not here";
  }

  static std::string decoded(TraceFile& file) {
    file.finish();
    const std::string folder = PERFETTO_TESTS;
    const Output said = run(
        {"sh", "-c",
         "protoc --decode=Trace -I " + folder + " " + folder + "/subset.proto <" + file.path()});
    EXPECT_EQ(said.exit, 0) << said.err;
    EXPECT_EQ(said.err, "");
    // Fields that the format does not have there.
    std::smatch unknown;
    EXPECT_FALSE(std::regex_search(said.out, unknown, std::regex("\n *[0-9]+[:{ ]")))
        << unknown.str();
    return said.out;
  }
};

TEST_F(PerfettoFileInProtoc, HasEveryEventWithEverythingHostileInIt) {
  TraceFile file;
  for (trace::Event event : sample_events()) {
    if (auto* set = std::get_if<trace::SetEvent>(&event); set && set->target)
      set->target->comm = hostile_name();
    file.tell(event);
  }
  EXPECT_THAT(decoded(file), AllOf(HasSubstr(R"(thread_name: "a\\x1b[2J)"),
                                   ContainsRegex("uint_value: 0\n *name: \"actor_uid\"")));
}

TEST_F(PerfettoFileInProtoc, HasThreadsTheirMasksAndWhoRanWhere) {
  TraceFile file;
  const auto nginx = task(7, 7, "nginx");
  file.tell(alive(1, nginx, "0-1"))
      .tell(ran(1, 10, 20, 7))
      .tell(set(15, nginx, "0-1", "1"))
      .tell(ended(30, nginx));
  const std::string text = decoded(file);
  EXPECT_THAT(text,
              AllOf(HasSubstr("cpu: 1"), HasSubstr("next_comm: \"nginx\"\n        next_pid: 7"),
                    HasSubstr("prev_pid: 7"), HasSubstr("thread_name: \"nginx\""),
                    HasSubstr("process_name: \"nginx\""), HasSubstr("name: \"allowed\""),
                    HasSubstr("sched_process_free {\n        pid: 7"),
                    HasSubstr("timestamp: " + std::to_string(stamp(10))),
                    HasSubstr("type: TYPE_SLICE_BEGIN"), HasSubstr("type: TYPE_SLICE_END"),
                    HasSubstr("type: TYPE_INSTANT")));
}

}  // namespace
}  // namespace pinfold::test

// Threads and processes: their names, what they are allowed, their ends, and who comes after them.
#include "perfetto/thread_tracks.h"
#include "perfetto/trace_file.h"
#include "support/program.h"

namespace pinfold::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> names_of(const ParsedTrace& trace, int tid) {
  std::vector<std::string> names;
  for (const auto& [id, track] : trace.tracks)
    if (track.tid == tid) names.push_back(track.name);
  return names;
}

std::optional<std::string> process_name(const ParsedTrace& trace, int pid) {
  for (const auto& [id, track] : trace.tracks)
    if (track.pid == pid && !track.tid) return track.name;
  return std::nullopt;
}

TEST(PerfettoThread, HasItsNameAndItsProcessTheNameOfTheFirstOne) {
  TraceFile file;
  const ParsedTrace trace = file.tell(alive(1, task(10, 11, "worker"), "0"))
                                .tell(alive(1, task(10, 10, "nginx"), "0"))
                                .finish();
  EXPECT_THAT(names_of(trace, 11), ElementsAre("worker"));
  EXPECT_EQ(process_name(trace, 10), "nginx");
}

TEST(PerfettoThread, IsRenamedWhenItIsSeenUnderAnotherName) {
  TraceFile file;
  file.tell(alive(1, task(99, 99, "bash"), "0-1"));
  const ParsedTrace trace = file.tell(set(5, task(1, 1, "nginx"), "0-1", "1")).finish();
  EXPECT_THAT(names_of(trace, 99), ElementsAre("taskset"));
  EXPECT_EQ(process_name(trace, 99), "taskset");
}

TEST(PerfettoAllowed, IsASliceUntilTheMaskChangesOrTheThreadEnds) {
  TraceFile file;
  const auto nginx = task(1, 1, "nginx");
  const ParsedTrace trace = file.tell(alive(10, nginx, "0-1"))
                                .tell(set(20, nginx, "0-1", "1"))
                                .tell(set(25, nginx, "1", "1"))
                                .tell(ended(30, nginx))
                                .tell(alive(40, task(2, 2, "other"), "0"))
                                .finish();
  EXPECT_THAT(trace.allowed(1), ElementsAre(ParsedSlice{stamp(10), stamp(20), "0-1"},
                                            ParsedSlice{stamp(20), stamp(30), "1"}));
}

TEST(PerfettoAllowed, EndsWithTheFileWhereTheThreadLivesOn) {
  TraceFile file;
  const ParsedTrace trace = file.tell(alive(10, task(1, 1, "nginx"), "0-1"))
                                .tell(alive(50, task(2, 2, "other"), "0"))
                                .finish();
  EXPECT_THAT(trace.allowed(1), ElementsAre(ParsedSlice{stamp(10), stamp(50), "0-1"}));
}

TEST(PerfettoAllowed, IsKnownFromTheFirstChangeOfAThreadThatNobodyToldOf) {
  TraceFile file;
  const ParsedTrace trace = file.tell(set(20, task(1, 1, "nginx"), "0-1", "1")).finish();
  EXPECT_THAT(trace.allowed(1), SizeIs(1));
}

TEST(PerfettoAllowed, DoesNotOverlapWhereTheClockIsSetBack) {
  TraceFile file;
  const auto nginx = task(1, 1, "nginx");
  const ParsedTrace trace = file.tell(alive(100, nginx, "0-1"))
                                .tell(set(50, nginx, "0-1", "1"))
                                .tell(ended(70, nginx))
                                .finish();
  EXPECT_THAT(trace.allowed(1), ElementsAre(ParsedSlice{stamp(100), stamp(100), "0-1"},
                                            ParsedSlice{stamp(100), stamp(100), "1"}));
  // The change itself stands where its own time is.
  EXPECT_EQ(trace.events[0].time, stamp(50));
}

TEST(PerfettoAllowed, NamesManyCpusShortlyAndHasThemAll) {
  const CpuSet odd = CpuSet::range(CpuId(1), CpuId(4095), 2);
  TraceFile file;
  const ParsedTrace trace =
      file.tell(trace::Alive{.time = at(1), .task = task(1, 1, "hpc"), .allowed = odd}).finish();
  const ParsedEvent& slice = trace.events.at(0);
  EXPECT_LT(slice.name.size(), 60U);
  EXPECT_EQ(cpus(slice.arguments.at("cpus").c_str()), odd);
  EXPECT_EQ(slice.arguments.at("count"), "2048");
}

TEST(PerfettoThread, WithTheNumberOfAnEarlierOneIsAnother) {
  TraceFile file;
  const ParsedTrace trace = file.tell(alive(10, task(1, 7, "old", 100), "0-1"))
                                .tell(ended(20, task(1, 7, "old", 100)))
                                .tell(alive(30, task(1, 7, "new", 200), "0"))
                                .tell(set(40, task(1, 7, "new", 200), "0", "1"))
                                .finish();
  EXPECT_THAT(names_of(trace, 7), ElementsAre("old", "new"));
  EXPECT_THAT(trace.ends, SizeIs(1));
  EXPECT_EQ(trace.ends[0].time, stamp(20));
}

TEST(PerfettoThread, WithTheNumberOfOneWhoseEndWasLostEndsThatOne) {
  TraceFile file;
  const ParsedTrace trace = file.tell(alive(10, task(1, 7, "old", 100), "0-1"))
                                .tell(set(30, task(2, 7, "new", 200), "0", "1"))
                                .finish();
  EXPECT_THAT(names_of(trace, 7), ElementsAre("old", "new"));
  ASSERT_THAT(trace.ends, SizeIs(1));
  EXPECT_LT(trace.ends[0].time, stamp(30));
  EXPECT_THAT(trace.allowed(7), ElementsAre(ParsedSlice{stamp(10), stamp(29), "0-1"},
                                            ParsedSlice{stamp(30), stamp(30), "1"}));
}

TEST(PerfettoThread, IsNotEndedByTheEndOfAnEarlierOne) {
  TraceFile file;
  const ParsedTrace trace = file.tell(alive(30, task(1, 7, "new", 200), "0"))
                                .tell(ended(20, task(1, 7, "old", 100)))
                                .tell(alive(90, task(2, 2, "other"), "0"))
                                .finish();
  EXPECT_THAT(trace.ends, IsEmpty());
  EXPECT_EQ(trace.allowed(7).at(0).to, stamp(90));
}

TEST(PerfettoThread, IsRememberedForWhatIsToldOfItAfterItsEnd) {
  TraceFile file;
  const auto nginx = task(7, 7, "nginx", 100);
  const ParsedTrace trace = file.tell(alive(10, nginx, "0"))
                                .tell(ended(20, nginx))
                                .tell(set(15, nginx, "0", "1"))
                                .tell(ran(0, 18, 25, 7))
                                .finish();
  EXPECT_THAT(names_of(trace, 7), ElementsAre("nginx"));
  EXPECT_THAT(trace.allowed(7), SizeIs(1));
  // Its end is behind the last time that it ran.
  ASSERT_THAT(trace.ends, SizeIs(1));
  EXPECT_GT(trace.ends[0].time, stamp(25));
}

TEST(PerfettoProcess, EndsWithItsLastThreadThoughTheFirstHasEndedBefore) {
  TraceFile file;
  const auto first = task(10, 10, "main");
  const auto second = task(10, 11, "worker");
  file.tell(alive(1, first, "0")).tell(alive(1, second, "0")).tell(ended(20, first));
  trace::Ran later = ran(0, 30, 40, 11);
  later.pid = Pid(10);
  file.tell(later);
  const ParsedTrace trace = file.tell(ended(50, second)).finish();
  ASSERT_THAT(trace.ends, SizeIs(2));
  EXPECT_EQ(trace.ends[0].tid, 11);
  EXPECT_EQ(trace.ends[1].tid, 10);
  EXPECT_GE(trace.ends[1].time, stamp(50));
}

class Table : public testing::Test {
 protected:
  Table() : out_(*tool::TraceOutput::create("/dev/null")) {}

  tool::TraceOutput out_;
  tool::TrackIds ids_;
};

TEST_F(Table, DoesNotGrowWithThreadsThatHaveEnded) {
  tool::ThreadTracks threads(ids_, 1 << 18);
  for (int i = 1; i < 100'000; ++i) {
    const auto short_lived = task(i, i, "sh", static_cast<std::uint64_t>(i));
    threads.allow(out_, threads.meet(out_, at(i), short_lived), at(i), cpus("0"));
    threads.end(out_, ended(i, short_lived));
  }
  EXPECT_LE(threads.size(), 2000U);
}

TEST_F(Table, ForgetsWhoWasNotHeardOfForLongestBeyondItsLimit) {
  tool::ThreadTracks threads(ids_, 3);
  for (const int tid : {1, 2, 3, 1, 4})
    threads.meet(out_, at(tid), task(tid, tid, "t"));
  EXPECT_EQ(threads.size(), 3U);
  const auto packets = out_.packets();
  threads.meet(out_, at(9), task(1, 1, "t"));
  EXPECT_EQ(out_.packets(), packets);  // still known
  threads.meet(out_, at(9), task(2, 2, "t"));
  EXPECT_GT(out_.packets(), packets);  // described once more
}

}  // namespace
}  // namespace pinfold::test

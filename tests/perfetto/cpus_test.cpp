// Who ran where, as switches of CPUs.
#include "perfetto/trace_file.h"
#include "support/program.h"

namespace pinfold::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::string span(int tid, std::int64_t from, std::int64_t to) {
  return std::to_string(tid) + " from " + std::to_string(stamp(from)) + " to " +
         std::to_string(stamp(to));
}

TEST(PerfettoCpu, ShowsWhoRanFromWhenToWhen) {
  TraceFile file;
  const ParsedTrace trace = file.tell(alive(1, task(7, 7, "nginx"), "0"))
                                .tell(ran(0, 10, 20, 7))
                                .tell(ran(0, 20, 30, 8))
                                .tell(ran(0, 50, 60, 7))
                                .finish();
  EXPECT_THAT(trace.ran(0), ElementsAre(span(7, 10, 20), span(8, 20, 30), span(7, 50, 60)));
  EXPECT_EQ(trace.switches[0].comm, "nginx");
}

TEST(PerfettoCpu, IsDrawnApartFromOthersWhateverTheirOrder) {
  TraceFile file;
  const ParsedTrace trace =
      file.tell(ran(1, 40, 90, 7)).tell(ran(0, 10, 20, 8)).tell(ran(1, 90, 95, 8)).finish();
  EXPECT_THAT(trace.ran(0), ElementsAre(span(8, 10, 20)));
  EXPECT_THAT(trace.ran(1), ElementsAre(span(7, 40, 90), span(8, 90, 95)));
}

TEST(PerfettoCpu, LeavesOutWhatOverlapsWhereTheClockIsSetBackAndCountsIt) {
  TraceFile file;
  const ParsedTrace trace =
      file.tell(ran(0, 100, 200, 7)).tell(ran(0, 50, 90, 8)).tell(ran(0, 150, 250, 9)).finish();
  EXPECT_THAT(trace.ran(0), ElementsAre(span(7, 100, 200), span(9, 200, 250)));
  EXPECT_EQ(file.summary().overlapping, 1U);
}

TEST(PerfettoCpu, HasNoIdleThreadAmongTheThreads) {
  TraceFile file;
  const ParsedTrace trace = file.tell(ran(0, 10, 20, 0)).tell(ran(0, 20, 30, 7)).finish();
  EXPECT_THAT(trace.ran(0), ElementsAre(span(7, 20, 30)));
  for (const auto& [id, track] : trace.tracks)
    EXPECT_NE(track.tid, 0);
}

// Perfetto refuses a whole file for the sake of CPU 1024.
TEST(PerfettoCpu, BeyondThoseThatPerfettoKnowsHasATrackOfSlices) {
  TraceFile file;
  file.tell(alive(1, task(7, 7, "hpc"), "0-4095"));
  for (unsigned cpu = 0; cpu < 4096; ++cpu)
    file.tell(ran(cpu, 10 + cpu, 20 + cpu, 7));
  const ParsedTrace trace = file.finish();
  EXPECT_THAT(trace.ran(1023), SizeIs(1));
  EXPECT_THAT(trace.ran(1024), IsEmpty());
  const auto track = trace.tracks_named("CPU 4095");
  ASSERT_THAT(track, SizeIs(1));
  EXPECT_THAT(trace.slices(track[0]),
              ElementsAre(ParsedSlice{stamp(10 + 4095), stamp(20 + 4095), "hpc (7)"}));
}

}  // namespace
}  // namespace pinfold::test

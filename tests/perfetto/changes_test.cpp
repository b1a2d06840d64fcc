// Changes as instants on the target's track, with all that is known of them.
#include <cerrno>

#include "events/samples.h"
#include "perfetto/trace_file.h"
#include "support/program.h"

namespace pinfold::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

// Of the thread with that number, whatever its process.
std::vector<ParsedEvent> told_of(const ParsedTrace& trace, int tid) {
  for (const auto& [id, track] : trace.tracks)
    if (track.tid == tid) return trace.instants(id);
  return {};
}

ParsedEvent only_change(const trace::SetEvent& set) {
  TraceFile file;
  const ParsedTrace trace = file.tell(set).finish();
  const auto told = told_of(trace, set.target->tid.value());
  EXPECT_THAT(told, SizeIs(1));
  return told.empty() ? ParsedEvent() : told.front();
}

TEST(PerfettoChange, StandsOnTheTargetsTrackAtItsTimeAndSaysFromWhatToWhatByWhom) {
  const ParsedEvent told = only_change(set(5, task(1, 7, "nginx"), "0-1", "1"));
  EXPECT_EQ(told.name, "set 0-1 → 1 by taskset");
  EXPECT_EQ(told.category, "syscall");
  EXPECT_EQ(told.time, stamp(5));
}

TEST(PerfettoChange, HasAllThatIsKnownAsArguments) {
  const ParsedEvent told = only_change(sample_set());
  EXPECT_THAT(told.name, AllOf(HasSubstr("0-7 → 2-3 (narrowed) by numad"), HasSubstr("3 times")));
  for (const auto& [name, value] : std::map<std::string, std::string>{
           {"time", "2026-11-21T18:00:00.123456789Z"},
           {"seq", "7"},
           {"cpu", "1"},
           {"old", "0-7"},
           {"old_from", "remembered"},
           {"request", "2-5"},
           {"kernel_request", "2-5"},
           {"effective", "2-3"},
           {"narrowed", "true"},
           {"trusted", "true"},
           {"cause", "syscall"},
           {"attribution", "exact"},
           {"ret", "0"},
           {"count", "3"},
           {"by", "/sys/fs/cgroup/web/cpuset.cpus"},
           {"relation", "other"},
           {"call_pid", "1240"},
           {"call_length", "128"},
           {"actor_comm", "numad"},
           {"actor_pid", "812"},
           {"actor_tid", "812"},
           {"actor_ns_pid", "12"},
           {"actor_exe", "/usr/bin/numad"},
           {"actor_uid", "0"},
           {"actor_cgroup", "/system.slice/numad.service"},
           {"actor_container", std::string(64, 'a')},
           {"actor_abi", "x86-64"},
           {"actor_parents", "sh (700) < systemd (1)"},
           {"target_comm", "nginx"},
           {"target_pid", "1234"},
           {"target_start", "815"},
           {"callers", "/usr/lib/libc.so.6+0x11c3a2 < 0x7f0000001000"}})
    EXPECT_THAT(told.arguments, Contains(Pair(name, value)));
  EXPECT_THAT(told.arguments, Not(Contains(testing::Key("error"))));
}

TEST(PerfettoChange, ThatWasRefusedBeginsWithItsErrorAndChangesNothing) {
  trace::SetEvent refused = set(5, task(1, 1, "nginx"), "0-1", "5");
  refused.effective.reset();
  refused.result = -EINVAL;
  TraceFile file;
  const ParsedTrace trace = file.tell(alive(1, task(1, 1, "nginx"), "0-1")).tell(refused).finish();
  const auto told = told_of(trace, 1);
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].name, "EINVAL: set 5 by taskset");
  EXPECT_EQ(told[0].category, "refused");
  EXPECT_THAT(told[0].arguments,
              AllOf(Contains(Pair("error", "EINVAL")), Contains(Pair("ret", "-22"))));
  EXPECT_THAT(trace.allowed(1), SizeIs(1));
}

TEST(PerfettoChange, NamesItsCauseWhereNoCallMadeIt) {
  trace::SetEvent change = set(5, task(1, 1, "nginx"), "0-1", "1");
  change.cause = trace::Cause::cpuset_write;
  change.actor->comm = "systemd";
  EXPECT_EQ(only_change(change).name, "cpuset 0-1 → 1 by systemd");
  change.cause = trace::Cause::hotplug;
  change.actor.reset();
  EXPECT_EQ(only_change(change).name, "hotplug 0-1 → 1");
}

TEST(PerfettoChange, OfNobodyStandsOnPinfoldsOwnTrack) {
  trace::SetEvent nobody = set(5, task(1, 1, "nginx"), "0-1", "1");
  nobody.target.reset();
  nobody.result = -ESRCH;
  TraceFile file;
  const ParsedTrace trace = file.tell(nobody).tell(bare_set()).finish();
  EXPECT_THAT(trace.notes(), ElementsAre("ESRCH: set 1 by taskset", "changed → ?"));
}

TEST(PerfettoChange, MayBeAnyEventThereIs) {
  TraceFile file;
  for (const trace::Event& event : sample_events())
    file.tell(event);
  EXPECT_THAT(file.finish().notes(),
              AllOf(Contains("start"), Contains("snapshot (lost)"), Contains("end"),
                    Contains("40 not told, by numad: --rate"), Contains("ESRCH: get by ?")));
}

TEST(PerfettoChange, WithAHostileNameIsStillUtf8AndObeyedByNobody) {
  trace::SetEvent hostile = set(5, task(1, 1, hostile_name()), "0-1", "1");
  hostile.actor->comm = hostile_name();
  hostile.actor->exe = "/tmp/\xf0\x28\x8c";
  const ParsedEvent told = only_change(hostile);
  EXPECT_THAT(told.name, HasSubstr("\\x1b[2J"));
  for (const auto& [name, value] : told.arguments)
    EXPECT_EQ(value.find('\x1b'), std::string::npos) << name;
}

TEST(PerfettoLoss, IsASliceAsLongAsItLastedOnATrackOfEachCpu) {
  TraceFile file;
  const auto lost = [](unsigned cpu, int from, int to) {
    return trace::LostEvent{
        .count = 12, .others = 1, .from = at(from), .to = at(to), .cpu = CpuId(cpu)};
  };
  const ParsedTrace trace =
      file.tell(lost(0, 10, 20)).tell(lost(1, 5, 30)).tell(lost(0, 15, 40)).finish();
  const auto track = trace.tracks_named("lost, CPU 0");
  ASSERT_THAT(track, SizeIs(1));
  EXPECT_THAT(trace.slices(track[0]),
              ElementsAre(ParsedSlice{stamp(10), stamp(20), "13 events lost"},
                          ParsedSlice{stamp(20), stamp(40), "13 events lost"}));
  EXPECT_EQ(trace.tracks.at(trace.tracks.at(track[0]).parent).name, "Pinfold");
}

}  // namespace
}  // namespace pinfold::test

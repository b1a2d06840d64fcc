// The file: its clock, its cap, its errors, and what is left of it when its writer is gone.
#include <cerrno>
#include <filesystem>
#include <fstream>

#include "events/samples.h"
#include "perfetto/trace_file.h"
#include "support/program.h"

namespace pinfold::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST(PerfettoFile, IsInTheTimeOfTheWall) {
  TraceFile file;
  const ParsedTrace trace = file.tell(set(5, task(1, 1, "nginx"), "0-1", "1")).finish();
  constexpr unsigned realtime = 1;
  constexpr unsigned boottime = 6;
  EXPECT_EQ(trace.clocks.at(realtime), stamp(5));
  EXPECT_EQ(trace.clocks.at(boottime), trace.clocks.at(realtime));
}

TEST(PerfettoFile, OfNothingIsATraceAllTheSame) {
  TraceFile file;
  const ParsedTrace trace = file.finish();
  EXPECT_THAT(trace.tracks_named("Pinfold"), SizeIs(1));
  EXPECT_FALSE(file.summary().was_full());
}

TEST(PerfettoFile, CanBeReadWhileItIsWritten) {
  TraceFile file;
  file.tell(set(5, task(1, 1, "nginx"), "0-1", "1"));
  constexpr std::int64_t seconds = 1'000'000'000;
  file.tell(set(3 * seconds, task(1, 1, "nginx"), "1", "0"));
  const ParsedTrace half = file.now();
  EXPECT_THAT(half.problems, IsEmpty());
  EXPECT_THAT(half.allowed(1), Not(IsEmpty()));
}

TEST(PerfettoFile, IsUsableWhenItsWriterWasInterrupted) {
  TraceFile file;
  file.tell(set(5, task(1, 1, "nginx"), "0-1", "1")).tell(ran(0, 1, 2, 7)).drop();
  const ParsedTrace left = file.now();
  EXPECT_THAT(left.problems, IsEmpty());
  EXPECT_THAT(left.allowed(1), SizeIs(1));
}

TEST(PerfettoFile, TakesThePlaceOfAnOlderOne) {
  const OwnFolder folder;
  const std::string path = folder.path() + "/trace";
  std::ofstream(path) << std::string(100'000, 'x');
  auto file = tool::PerfettoFile::create(path);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->finish());
  EXPECT_LT(std::filesystem::file_size(path), 1000U);
}

TEST(PerfettoFile, ThatCannotBeMadeIsNamed) {
  const auto file = tool::PerfettoFile::create("/nowhere/at/all");
  ASSERT_FALSE(file);
  EXPECT_THAT(message(file.error()), HasSubstr("/nowhere/at/all"));
  EXPECT_EQ(file.error().number, ENOENT);
}

TEST(PerfettoFile, OnAFullDiskIsAnErrorThatNamesTheFileAndStays) {
  auto file = tool::PerfettoFile::create("/dev/full");
  ASSERT_TRUE(file);
  Result<void> told;
  for (int i = 0; told && i < 100'000; ++i)
    told = file->add(trace::Event(set(i, task(1, 1, "nginx"), "0", "1")));
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().number, ENOSPC);
  EXPECT_THAT(message(told.error()), HasSubstr("/dev/full"));
  EXPECT_FALSE(file->add(trace::Life(ran(0, 1, 2, 7))));
  EXPECT_FALSE(file->finish());
}

// One mask and the other in turn, so that each is a change.
void tell_changes(TraceFile& file, std::int64_t from, std::int64_t count) {
  for (std::int64_t i = from; i < from + count; ++i)
    file.tell(set(i * 1000, task(1, 1, "nginx"), i % 2 == 0 ? "0" : "1", i % 2 == 0 ? "1" : "0"));
}

TEST(PerfettoCap, LeavesOutWhoRanFirstThenTheChangesAndSaysSo) {
  constexpr std::uint64_t most = 200'000;
  TraceFile file({.most_bytes = most});
  file.tell(trace::Event(trace::StartEvent{.time = at(1)}));
  for (int i = 0; i < 5000; ++i)
    file.tell(ran(0, 10 + i * 100, 60 + i * 100, 7));
  EXPECT_GT(std::filesystem::file_size(file.path()), most / 2);
  tell_changes(file, 1000, 20);
  tell_changes(file, 2000, 2000);
  file.tell(trace::Event(trace::EndEvent{.time = at(9'000'000), .seen = 2020}));
  const ParsedTrace trace = file.finish();
  EXPECT_LE(std::filesystem::file_size(file.path()), most);
  const tool::PerfettoSummary& summary = file.summary();
  EXPECT_TRUE(summary.was_full());
  EXPECT_EQ(summary.runs + trace.ran(0).size(), 5000U);
  std::size_t told = 0;
  for (const auto& [id, track] : trace.tracks)
    if (track.tid == 1) told = trace.instants(id).size();
  EXPECT_GT(told, 20U);
  EXPECT_EQ(summary.changes + told, 2020U);
  EXPECT_THAT(trace.notes(), Contains(HasSubstr("who runs where is not told from now on")));
  EXPECT_THAT(trace.notes(), Contains(HasSubstr("nothing is told from now on")));
  EXPECT_THAT(trace.notes(), Contains(HasSubstr(std::to_string(summary.runs) + " slices")));
  EXPECT_THAT(trace.notes(), Contains(HasSubstr(std::to_string(summary.changes) + " changes")));
  EXPECT_THAT(trace.notes(), Contains("end"));
}

TEST(PerfettoCap, HoldsForManyThreadsWithLongNamesAndManyCpus) {
  constexpr std::uint64_t most = 1'000'000;
  TraceFile file({.most_bytes = most});
  const std::string name(15, '\x01');
  for (int i = 1; i < 5000; ++i) {
    trace::SetEvent change = set(i, task(i, i, name), "0-1", "1");
    change.actor->comm = name;
    change.actor->exe = std::string(200, '\xff');
    change.effective = CpuSet::range(CpuId(0), CpuId(static_cast<unsigned>(i)), 2);
    file.tell(alive(i, task(i, i, name), "0-1"))
        .tell(change)
        .tell(ran(static_cast<unsigned>(i) % 900, i, i + 1, i));
  }
  file.finish();
  EXPECT_LE(std::filesystem::file_size(file.path()), most);
  EXPECT_GT(std::filesystem::file_size(file.path()), most / 2);
  EXPECT_TRUE(file.summary().was_full());
}

TEST(PerfettoCap, ClosesWhatIsOpenWhereItWasReached) {
  TraceFile file({.most_bytes = 20'000});
  tell_changes(file, 1, 1000);
  file.tell(trace::Event(trace::EndEvent{.time = at(90'000'000)}));
  const ParsedTrace trace = file.finish();
  ASSERT_THAT(trace.allowed(1), Not(IsEmpty()));
  const ParsedSlice last = trace.allowed(1).back();
  ASSERT_TRUE(last.to);
  EXPECT_LT(*last.to, stamp(1'000'000));
}

}  // namespace
}  // namespace pinfold::test

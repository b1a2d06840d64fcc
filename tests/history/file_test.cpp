// Whose file it is, and who may write into it.
#include "history/file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "history/history_fixture.h"
#include "history/recorder.h"

namespace pinfold::history {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using trace::Event;

class FileOfAHistory : public HistoryTest {
 protected:
  static mode_t mode(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
  }
  // The writer's error, which the reader must have, too.
  [[nodiscard]] std::string why_not() const {
    const auto written = Writer::open(path_, this_boot);
    const auto opened = Reader::open(path_);
    if (opened || written) return "it was opened";
    EXPECT_EQ(message(opened.error()), message(written.error()));
    return message(written.error());
  }
};

TEST_F(FileOfAHistory, IsTheOwnersAlone) {
  const mode_t mask = ::umask(0);
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).commit(noon(1));
  ::umask(mask);
  for (const char* suffix : {"", "-wal", "-shm", "-lock"})
    EXPECT_EQ(mode(path_ + suffix), 0600U) << suffix;
}

TEST_F(FileOfAHistory, OneThatOthersMayReadIsRefused) {
  record(noon(0), {}, noon(1));
  for (const mode_t open : {0640U, 0604U, 0620U}) {
    ASSERT_EQ(::chmod(path_.c_str(), open), 0);
    EXPECT_THAT(why_not(), HasSubstr("others may use it: chmod go= makes it yours"));
  }
}

TEST_F(FileOfAHistory, ALinkIsRefused) {
  record(noon(0), {}, noon(1));
  const std::string real = path_ + "-real";
  ASSERT_EQ(::rename(path_.c_str(), real.c_str()), 0);
  ASSERT_EQ(::symlink(real.c_str(), path_.c_str()), 0);
  EXPECT_THAT(why_not(), HasSubstr("it is a link"));
}

TEST_F(FileOfAHistory, ALinkInPlaceOfTheLockIsRefused) {
  record(noon(0), {}, noon(1));
  const std::string lock = path_ + "-lock";
  const std::string target = folder_.path() + "/precious";
  std::ofstream(target) << "precious";
  ASSERT_EQ(::unlink(lock.c_str()), 0);
  ASSERT_EQ(::symlink(target.c_str(), lock.c_str()), 0);
  const auto written = Writer::open(path_, this_boot);
  ASSERT_FALSE(written);
  EXPECT_THAT(message(written.error()), HasSubstr("it is a link"));
}

TEST_F(FileOfAHistory, WhereThereIsNoneItIsSaid) {
  const auto opened = Reader::open(path_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::unsupported);
  EXPECT_THAT(message(opened.error()), HasSubstr("pinfold trace --record makes one"));
  EXPECT_NE(::access(path_.c_str(), F_OK), 0) << "to look makes none";
}

TEST_F(FileOfAHistory, InAFolderThatIsNotThereItIsTheSystemsError) {
  path_ = folder_.path() + "/nowhere/history.db";
  const auto written = Writer::open(path_, this_boot);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::system);
  EXPECT_EQ(written.error().number, ENOENT);
}

TEST_F(FileOfAHistory, ASecondWriterIsRefusedAsLongAsThereIsTheFirst) {
  {
    const Pen first = pen();
    const auto second = Writer::open(path_, this_boot);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::busy);
    EXPECT_EQ(second.error().text, path_);
    EXPECT_FALSE(Recorder::open(path_));
    EXPECT_TRUE(is_being_written(path_));
  }
  EXPECT_FALSE(is_being_written(path_));
  EXPECT_TRUE(Writer::open(path_, this_boot));
}

TEST_F(FileOfAHistory, ThatNobodyEverWroteIsNotBeingWritten) {
  EXPECT_FALSE(is_being_written(path_));
}

TEST_F(FileOfAHistory, SeveralReadWhileItIsWritten) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).commit(noon());
  std::atomic<bool> is_done = false;
  std::atomic<int> wrong = 0;
  std::atomic<int> rounds = 0;
  const auto look = [&] {
    std::size_t last = 0;
    do {
      is_done.load();
      auto opened = Reader::open(path_);
      std::uint64_t expected = 2;
      const auto done =
          opened ? opened->read({}, noon(1),
                                [&](const Entry& entry) {
                                  const auto* event = std::get_if<Event>(&entry);
                                  const auto* set =
                                      event ? std::get_if<trace::SetEvent>(event) : nullptr;
                                  if (set && set->seq != expected++) ++wrong;
                                  return true;
                                })
                 : Result<void>(fail(Error(opened.error())));
      if (!done || expected < last) ++wrong;
      last = expected;
      ++rounds;
    } while (!is_done);
  };
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < 3; ++i)
      readers.emplace_back(look);
    std::uint64_t seq = 1;
    while (rounds < 30 && seq < 100'000) {
      for (int i = 0; i < 50; ++i)
        writer.add(Event(set_at(noon(), ++seq)));
      writer.commit(noon());
    }
    is_done = true;
  }
  EXPECT_EQ(wrong, 0) << "each sees all up to some commit";
}

TEST_F(FileOfAHistory, AReaderThatStaysOpenSeesWhatIsNew) {
  Pen writer = pen();
  writer.add(Event(start_at(noon()))).add(Event(set_at(noon(1), 2))).commit(noon(2));
  Reader open = reader();
  writer.close(noon(10));
  writer.drop();
  record(noon(60), {set_at(noon(61), 2, 77, "5")}, noon(70));
  std::vector<Entry> entries;
  ASSERT_TRUE(open.read({}, noon(70), [&](const Entry& entry) {
    entries.push_back(entry);
    return true;
  }));
  ASSERT_EQ(changes_of(entries).size(), 2U);
  EXPECT_EQ(changes_of(entries)[1].seq, 2U);
  EXPECT_THAT(gaps_of(entries), testing::ElementsAre(GapIs(noon(10), noon(60), 0)));
  const auto states = open.at(noon(65));
  ASSERT_TRUE(states);
  EXPECT_EQ(states->size(), 1U);
}

}  // namespace
}  // namespace pinfold::history

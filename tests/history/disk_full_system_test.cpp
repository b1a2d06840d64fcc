// A disk that is full: recording goes on as far as it can, says so, and breaks nothing.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <thread>

#include "history/database.h"
#include "history/history_fixture.h"
#include "history/recorder.h"
#include "support/pid_namespace.h"

namespace pinfold::history {
namespace {

using trace::Event;

// Four megabytes of its own, in a mount namespace that ends with the process.
class SmallDisk {
 public:
  SmallDisk() {
    const bool done =
        ::unshare(CLONE_NEWNS) == 0 &&
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
        ::mount("tmpfs", folder_.path().c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "size=4m") == 0;
    if (!done) throw std::runtime_error("a disk of its own: " + std::to_string(errno));
  }
  ~SmallDisk() { ::umount2(folder_.path().c_str(), MNT_DETACH); }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] std::string path(const char* name) const { return folder_.path() + '/' + name; }
  // Until nothing more goes in.
  void fill() const {
    const int file =
        ::open(path("filler").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const std::string block(4096, 'x');
    while (::write(file, block.data(), block.size()) > 0) {
    }
    ::close(file);
  }
  void make_room() const { ::unlink(path("filler").c_str()); }

 private:
  test::OwnFolder folder_;
};

trace::Time now() { return std::chrono::system_clock::now(); }

std::uint64_t missing_in(const std::vector<Entry>& entries) {
  std::uint64_t sum = 0;
  for (const Gap& gap : gaps_of(entries))
    sum += gap.count;
  return sum;
}

std::vector<Entry> entries_of(const std::string& path) {
  std::vector<Entry> entries;
  auto reader = Reader::open(path);
  EXPECT_TRUE(reader) << message(reader.error());
  if (!reader) return entries;
  const auto done = reader->read({}, trace::Time(), [&](const Entry& entry) {
    entries.push_back(entry);
    return true;
  });
  EXPECT_TRUE(done) << message(done.error());
  return entries;
}

void expect_whole(const std::string& path) {
  const auto database = Database::open(path, Database::Use::write);
  ASSERT_TRUE(database);
  auto check = database->prepare("PRAGMA integrity_check");
  ASSERT_TRUE(check && check->step().value_or(false));
  EXPECT_EQ(check->text(0), "ok");
}

class DiskFull : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "it takes root to have a disk of one's own";
    const std::string missing = test::no_pid_namespace();
    if (!missing.empty()) GTEST_SKIP() << missing;
  }
};

TEST_F(DiskFull, ItSaysSoOnceGoesOnAndKnowsHowManyAreMissing) {
  test::in_pid_namespace([] {
    const SmallDisk disk;
    const std::string path = disk.path("history.db");
    auto opened = Recorder::open(path, {.bounds = {}, .pause = std::chrono::milliseconds(5)});
    ASSERT_TRUE(opened) << message(opened.error());
    Recorder& recorder = **opened;
    std::uint64_t added = 1;
    recorder.add(start_at(now()));
    recorder.start();
    // Each of another thread: that takes room.
    const auto add = [&] {
      ++added;
      recorder.add(Event(set_at(now(), added, static_cast<pid_t>(added))));
    };
    for (int i = 0; i < 100; ++i)
      add();
    while (changes_of(entries_of(path)).size() < 100)
      std::this_thread::yield();
    disk.fill();
    std::optional<Error> problem;
    while (!problem) {
      add();
      std::this_thread::sleep_for(std::chrono::microseconds(10));
      problem = recorder.take_problem();
    }
    EXPECT_EQ(problem->number, ENOSPC) << message(*problem);
    for (int i = 0; i < 1000; ++i)
      add();
    EXPECT_FALSE(recorder.take_problem()) << "it is said once";
    // Who looks at it meanwhile finds what was written before.
    EXPECT_GE(changes_of(entries_of(path)).size(), 100U);
    disk.make_room();
    while (missing_in(entries_of(path)) == 0)
      std::this_thread::yield();
    for (int i = 0; i < 100; ++i)
      add();
    const auto done = recorder.finish();
    ASSERT_TRUE(done) << message(done.error());
    EXPECT_GT(done->missing, 0U);
    EXPECT_EQ(done->changes + done->missing, added - 1) << "the start is there";
    const auto entries = entries_of(path);
    EXPECT_EQ(changes_of(entries).size(), done->changes);
    EXPECT_EQ(missing_in(entries), done->missing);
    EXPECT_EQ(changes_of(entries).back().seq, added) << "it goes on to the end";
    ASSERT_FALSE(gaps_of(entries).empty());
    EXPECT_THAT(gaps_of(entries)[0].reason, testing::HasSubstr("No space left on device"));
    opened->reset();
    expect_whole(path);
  });
}

TEST_F(DiskFull, ThatStaysFullIsAnErrorAtTheEnd) {
  test::in_pid_namespace([] {
    const SmallDisk disk;
    const std::string path = disk.path("history.db");
    auto opened = Recorder::open(path, {.bounds = {}, .pause = std::chrono::milliseconds(5)});
    ASSERT_TRUE(opened) << message(opened.error());
    disk.fill();
    (*opened)->add(start_at(now()));
    (*opened)->start();
    for (std::uint64_t i = 2; i < 100'000; ++i)
      (*opened)->add(Event(set_at(now(), i, static_cast<pid_t>(i))));
    const auto done = (*opened)->finish();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().number, ENOSPC) << message(done.error());
    opened->reset();
    disk.make_room();
    expect_whole(path);
    EXPECT_TRUE(Writer::open(path, this_boot)) << "it can be used again";
  });
}

TEST_F(DiskFull, FromTheBeginningIsAnError) {
  test::in_pid_namespace([] {
    const SmallDisk disk;
    disk.fill();
    const auto opened = Recorder::open(disk.path("history.db"));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().number, ENOSPC) << message(opened.error());
  });
}

}  // namespace
}  // namespace pinfold::history

#include "pin/journal.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <numeric>
#include <stdexcept>

#include "support/program.h"

namespace pinfold {
namespace {

namespace fs = std::filesystem;
using test::cpus;

class JournalTest : public testing::Test {
 protected:
  JournalTest() {
    std::string name = testing::TempDir() + "/pinfold-journal-XXXXXX";
    parent_ = ::mkdtemp(name.data());
  }
  ~JournalTest() override { fs::remove_all(parent_); }

  [[nodiscard]] Journal journal() const {
    auto opened = Journal::in(StateDir::open_in(parent_));
    if (!opened) throw std::runtime_error(message(opened.error()));
    return std::move(*opened);
  }
  [[nodiscard]] std::string file(const std::string& name) const {
    return parent_ + "/pinfold/journal/" + name;
  }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(file("")), fs::directory_iterator()));
  }
  static ChangeHead head(std::string command = "set 0 1") {
    return {.system = {.boot = "a boot", .pid_namespace = 1}, .command = std::move(command)};
  }
  static ProcessChange process(pid_t pid) {
    return {.pid = Pid(pid),
            .name = "task",
            .masks = {{.before = cpus("0-1"),
                       .back = cpus("0-1"),
                       .asked = cpus("0"),
                       .threads = {Tid(pid)}}}};
  }
  // A change that is made, and its maker gone.
  static unsigned make(const Journal& journal, const ChangeHead& head, pid_t pid = 7) {
    const auto change = journal.begin(head);
    EXPECT_TRUE(change && Journal::append(*change, process(pid)));
    return change ? change->number : 0;
  }

  std::string parent_;
};

TEST_F(JournalTest, ChangeIsReadBackWithItsProcesses) {
  const Journal journal = this->journal();
  {
    const auto change = journal.begin(head());
    ASSERT_TRUE(change);
    ASSERT_TRUE(Journal::append(*change, process(7)));
    ASSERT_TRUE(Journal::append(*change, process(8)));
  }
  ASSERT_EQ(journal.numbers().value(), std::vector<unsigned>{1});
  const auto read = journal.read(1, Journal::Lock::wait).value();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->head.command, "set 0 1");
  ASSERT_EQ(read->processes.size(), 2U);
  EXPECT_EQ(read->processes[1].pid, Pid(8));
  EXPECT_FALSE(read->undone);
  EXPECT_FALSE(read->busy);
}

TEST_F(JournalTest, NumbersCountUpAndTheNewestIsFirst) {
  const Journal journal = this->journal();
  for (unsigned number = 1; number <= 3; ++number)
    EXPECT_EQ(make(journal, head()), number);
  EXPECT_EQ(journal.numbers().value(), (std::vector<unsigned>{3, 2, 1}));
}

TEST_F(JournalTest, RemovedChangeIsGone) {
  const Journal journal = this->journal();
  const unsigned number = make(journal, head());
  ASSERT_TRUE(journal.remove(*journal.read(number, Journal::Lock::wait).value()));
  EXPECT_TRUE(journal.numbers().value().empty());
  EXPECT_FALSE(journal.read(number, Journal::Lock::wait).value());
  EXPECT_EQ(files(), 0U);
}

TEST_F(JournalTest, LastLineThatWasCutOffSaysNothing) {
  const Journal journal = this->journal();
  const unsigned number = make(journal, head());
  std::ofstream(file("000001"), std::ios::app) << R"({"pid":8,"ti)";
  const auto read = journal.read(number, Journal::Lock::wait).value();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->processes.size(), 1U);
  // What is written next stands in its place.
  ASSERT_TRUE(journal.mark_undone(*read));
  const auto again = journal.read(number, Journal::Lock::none).value();
  EXPECT_EQ(again->processes.size(), 1U);
}

TEST_F(JournalTest, MarkUndoneIsReadBack) {
  const Journal journal = this->journal();
  const unsigned number = make(journal, head());
  ASSERT_TRUE(journal.mark_undone(*journal.read(number, Journal::Lock::wait).value()));
  const auto read = journal.read(number, Journal::Lock::wait).value();
  EXPECT_TRUE(read->undone);
  EXPECT_EQ(read->processes.size(), 1U);
  // A second time changes nothing.
  const auto size = fs::file_size(file("000001"));
  ASSERT_TRUE(journal.mark_undone(*read));
  EXPECT_EQ(fs::file_size(file("000001")), size);
}

TEST_F(JournalTest, ChangeUnderWayIsBusyForOthers) {
  const Journal journal = this->journal();
  const auto change = journal.begin(head());
  ASSERT_TRUE(change);
  EXPECT_TRUE(journal.read(change->number, Journal::Lock::none).value()->busy);
  class Impatient final : public Clock {
   public:
    Time now() override { return now_; }
    void sleep(Duration) override { now_ += std::chrono::seconds(1); }

   private:
    Time now_{};
  } clock;
  const auto waited = journal.read(change->number, Journal::Lock::wait, clock);
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().kind, ErrorKind::busy);
}

TEST_F(JournalTest, JunkIsAnErrorWithItsPath) {
  const Journal journal = this->journal();
  make(journal, head());
  std::ofstream(file("000001"), std::ios::app) << "junk\n";
  const auto read = journal.read(1, Journal::Lock::wait);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::unsupported);
  EXPECT_EQ(message(read.error()),
            file("000001") + ": not what this version of pinfold writes (not JSON)");
}

TEST_F(JournalTest, OtherNamesAreNotChanges) {
  const Journal journal = this->journal();
  make(journal, head());
  for (const char* name : {"1", "0000001", "x", "-00001", "000001~"})
    std::ofstream(file(name)) << "x";
  EXPECT_EQ(journal.numbers().value(), std::vector<unsigned>{1});
}

TEST_F(JournalTest, NewestAreKept) {
  const Journal journal = this->journal();
  const auto most = static_cast<unsigned>(Journal::most_changes);
  for (unsigned i = 0; i < most + 3; ++i)
    make(journal, head());
  const auto numbers = journal.numbers().value();
  ASSERT_EQ(numbers.size(), most);
  EXPECT_EQ(numbers.front(), most + 3);
  EXPECT_EQ(numbers.back(), 4U);
}

TEST_F(JournalTest, OldChangeThatIsUndoneAtThisMomentIsKept) {
  const Journal journal = this->journal();
  make(journal, head());
  const auto oldest = journal.read(1, Journal::Lock::wait).value();
  for (std::size_t i = 0; i < Journal::most_changes; ++i)
    make(journal, head());
  EXPECT_EQ(journal.numbers().value().back(), 1U);
}

TEST_F(JournalTest, FilesOfTheKilledAreTidiedAway) {
  const Journal journal = this->journal();
  make(journal, head());
  std::ofstream(file("new-1")) << "{";
  fs::permissions(file("new-1"), fs::perms::owner_read | fs::perms::owner_write);
  make(journal, head());
  EXPECT_FALSE(fs::exists(file("new-1")));
  EXPECT_EQ(files(), 2U);
}

// Numbers of processes come again, the sooner in a container.
TEST_F(JournalTest, FileOfOneThatWasKilledWithTheSamePidIsBegunAnew) {
  const Journal journal = this->journal();
  const std::string stale = file("new-" + std::to_string(::getpid()));
  std::ofstream(stale) << to_line(head(std::string(1000, 'x'))) << "{";
  fs::permissions(stale, fs::perms::owner_read | fs::perms::owner_write);
  const unsigned number = make(journal, head());
  const auto read = journal.read(number, Journal::Lock::wait);
  ASSERT_TRUE(read) << message(read.error());
  EXPECT_EQ((*read)->head.command, "set 0 1");
  EXPECT_EQ((*read)->processes.size(), 1U);
}

// As many processes as can be at once: each of them has a pid of its own.
TEST_F(JournalTest, NoneIsLostOfManyAtOnce) {
  constexpr unsigned workers = 8;
  constexpr unsigned changes = 20;
  std::vector<pid_t> pids;
  for (unsigned i = 0; i < workers; ++i) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      const Journal own = journal();
      bool made = true;
      for (unsigned change = 0; change < changes; ++change)
        made &= make(own, head()) != 0;
      ::_exit(made && !HasFailure() ? 0 : 1);
    }
    pids.push_back(pid);
  }
  for (const pid_t pid : pids) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
  }
  const Journal journal = this->journal();
  std::vector<unsigned> expected(std::size_t{workers} * changes);
  std::iota(expected.rbegin(), expected.rend(), 1U);
  EXPECT_EQ(journal.numbers().value(), expected);
  for (const unsigned number : expected) {
    const auto read = journal.read(number, Journal::Lock::wait);
    ASSERT_TRUE(read && *read);
    EXPECT_EQ((*read)->processes.size(), 1U);
  }
}

}  // namespace
}  // namespace pinfold

// Versions of a history, and files that are none.
#include "history/schema.h"

#include <array>
#include <fstream>
#include <iterator>

#include "history/database.h"
#include "history/file.h"
#include "history/history_fixture.h"

namespace pinfold::history {
namespace {

using testing::HasSubstr;

class Schema : public HistoryTest {
 protected:
  [[nodiscard]] Database database() const {
    EXPECT_TRUE(make_file(path_));
    auto opened = Database::open(path_, Database::Use::write);
    if (!opened) throw std::runtime_error(message(opened.error()));
    return std::move(*opened);
  }
  [[nodiscard]] std::string content() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::string why_not() const {
    const auto opened = Reader::open(path_);
    const auto written = Writer::open(path_, this_boot);
    if (opened || written) return "it was opened";
    EXPECT_EQ(opened.error().kind, ErrorKind::unsupported);
    EXPECT_EQ(message(opened.error()), message(written.error()));
    return message(opened.error());
  }
};

constexpr const char* first_step = "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT);";
constexpr const char* second_step =
    "ALTER TABLE note ADD COLUMN author TEXT;"
    "UPDATE note SET author = 'nobody';";
constexpr const char* broken_step = "CREATE TABLE half (id INTEGER); CREATE TABLE note (id);";

TEST_F(Schema, AnEmptyFileBecomesAHistoryOfThisVersion) {
  const Database fresh = database();
  ASSERT_TRUE(migrate(fresh));
  EXPECT_EQ(fresh.number("PRAGMA user_version").value_or(-1),
            static_cast<std::int64_t>(schema_steps().size()));
  ASSERT_TRUE(migrate(fresh)) << "and stays one";
}

TEST_F(Schema, AnOlderOneBecomesANewerOneAndKeepsWhatItHas) {
  const Database old = database();
  const std::array<const char*, 1> then = {first_step};
  const std::array<const char*, 2> now = {first_step, second_step};
  ASSERT_TRUE(migrate(old, then));
  ASSERT_TRUE(old.run("INSERT INTO note (text) VALUES ('kept')"));
  ASSERT_TRUE(migrate(old, now));
  EXPECT_EQ(old.number("PRAGMA user_version").value_or(-1), 2);
  EXPECT_EQ(old.number("SELECT count(*) FROM note WHERE text = 'kept' AND author = 'nobody'")
                .value_or(-1),
            1);
}

TEST_F(Schema, StepsThatFailHalfwayAreTakenBackAll) {
  const Database old = database();
  const std::array<const char*, 1> then = {first_step};
  const std::array<const char*, 3> now = {first_step, second_step, broken_step};
  ASSERT_TRUE(migrate(old, then));
  EXPECT_FALSE(migrate(old, now));
  EXPECT_EQ(old.number("PRAGMA user_version").value_or(-1), 1);
  EXPECT_EQ(old.number("SELECT count(*) FROM sqlite_schema").value_or(-1), 1);
  EXPECT_EQ(old.number("SELECT count(*) FROM pragma_table_info('note')").value_or(-1), 2);
  ASSERT_TRUE(migrate(old, std::array<const char*, 2>{first_step, second_step}));
}

TEST_F(Schema, ANewerOneIsRefusedAndStaysAsItIs) {
  record(noon(0), {set_at(noon(1), 2)}, noon(10));
  ASSERT_TRUE(database().run("PRAGMA user_version = 99"));
  const std::string before = content();
  EXPECT_THAT(why_not(), HasSubstr("it is of version 99, this pinfold knows 1 and older ones"));
  EXPECT_EQ(content(), before);
}

TEST_F(Schema, ADatabaseOfSomethingElseIsRefusedAndStaysAsItIs) {
  // Made by SQLite's own hand: one that is no WAL.
  {
    const Database other = database();
    ASSERT_TRUE(
        other.run("PRAGMA journal_mode = DELETE; CREATE TABLE bookmarks (url TEXT);"
                  "INSERT INTO bookmarks VALUES ('https://example.org')"));
  }
  const std::string before = content();
  EXPECT_THAT(why_not(), HasSubstr("the file is a database of something else"));
  EXPECT_EQ(content(), before);
}

TEST_F(Schema, OneThatHasOnlyAVersionIsSomethingElse) {
  ASSERT_TRUE(database().run("PRAGMA journal_mode = DELETE; PRAGMA user_version = 1"));
  EXPECT_THAT(why_not(), HasSubstr("the file is a database of something else"));
}

TEST_F(Schema, AFileThatIsNoDatabaseIsRefusedAndStaysAsItIs) {
  const std::string text(5000, 'x');
  const mode_t mask = ::umask(077);
  std::ofstream(path_) << text;
  ::umask(mask);
  EXPECT_THAT(why_not(), HasSubstr("it is not a history, or it is broken: move it away"));
  EXPECT_EQ(content(), text);
}

TEST_F(Schema, ABrokenHistoryIsAnErrorAndNoCrash) {
  {
    Pen writer = pen();
    writer.add(trace::Event(start_at(noon())));
    for (std::uint64_t i = 2; i < 20'000; ++i)
      writer.add(trace::Event(set_at(noon(static_cast<double>(i)), i, static_cast<pid_t>(i))));
    writer.close(noon(20'000));
  }
  ASSERT_TRUE(database().run("PRAGMA wal_checkpoint(TRUNCATE)"));
  const auto size = static_cast<std::streamoff>(content().size());
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  for (std::streamoff at = 8192; at < size; at += 4096) {
    file.seekp(at);
    file << std::string(2000, '\x5a');
  }
  file.close();
  auto broken = Reader::open(path_);
  Result<void> done = fail({.kind = ErrorKind::unsupported});
  if (broken) done = broken->read({}, noon(1), [](const Entry&) { return true; });
  const Error error = broken ? done.error() : broken.error();
  EXPECT_EQ(error.kind, ErrorKind::unsupported);
  EXPECT_THAT(message(error), HasSubstr("broken"));
}

}  // namespace
}  // namespace pinfold::history

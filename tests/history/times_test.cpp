// Time searches, next to a filter that looks at everything: histories with several recordings, and
// a clock that is set.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "history/history_fixture.h"

namespace pinfold::history {
namespace {

using trace::Event;
using trace::Time;

struct Noted {
  Time time;
  std::string what;
};

// Whole multiples of a quarter of a second, so that bounds meet times often.
Time any_time(int least, int most) { return noon(*rc::gen::inRange(least, most + 1) * 0.25); }

std::vector<Noted> write_any(const std::string& path) {
  std::vector<Noted> notes;
  Bounds bounds;
  bounds.age = std::chrono::seconds(*rc::gen::element(40, 100'000));  // chapters short and long
  for (int session = *rc::gen::inRange(1, 4); session > 0; --session) {
    Pen pen(path, bounds);
    int clock = *rc::gen::inRange(0, 200);
    std::uint64_t seq = 1;
    pen.add(Event(start_at(noon(clock * 0.25), seq)));
    for (int i = *rc::gen::inRange(0, 25); i > 0; --i) {
      clock += *rc::gen::element(0, 0, 1, 2, 5, 40, -5, -60);
      clock = std::max(clock, 0);
      // Not quite in order: up to a second.
      const Time time =
          noon(clock * 0.25) - std::chrono::milliseconds(250) * *rc::gen::inRange(0, 4);
      seq += *rc::gen::inRange<std::uint64_t>(1, 4);
      const bool is_remark = *rc::gen::inRange(0, 6) == 0;
      const Event event = is_remark ? Event(lost_at(time, time, seq, 1))
                                    : Event(set_at(time, seq, 1000 + *rc::gen::inRange(0, 3)));
      pen.add(event);
      notes.push_back({.time = time, .what = whole(event)});
      if (*rc::gen::inRange(0, 8) == 0) pen.commit(noon(clock * 0.25));
    }
    const Time end = noon(clock * 0.25);
    if (*rc::gen::arbitrary<bool>())
      pen.close(end);
    else
      pen.commit(end);
  }
  return notes;
}

RC_GTEST_PROP(TimesOfAHistory, AreExactOnBothBounds, ()) {
  const test::OwnFolder folder;
  const std::string path = folder.path() + "/h.db";
  const std::vector<Noted> notes = write_any(path);
  auto reader = Reader::open(path);
  RC_ASSERT(reader.has_value());
  for (int i = 0; i < 12; ++i) {
    Query query;
    if (*rc::gen::arbitrary<bool>()) query.since = any_time(-4, 300);
    if (*rc::gen::arbitrary<bool>()) query.until = any_time(-4, 300);
    std::vector<std::string> expected;
    for (const Noted& note : notes) {
      if ((!query.since || note.time >= *query.since) &&
          (!query.until || note.time <= *query.until))
        expected.push_back(note.what);
    }
    std::vector<std::string> told;
    std::uint64_t changes = 0;
    const auto done = reader->read(query, noon(100'000), [&](const Entry& entry) {
      const auto* event = std::get_if<Event>(&entry);
      if (!event || std::holds_alternative<trace::StartEvent>(*event)) return true;
      told.push_back(whole(*event));
      if (std::holds_alternative<trace::SetEvent>(*event)) ++changes;
      return true;
    });
    RC_ASSERT(done.has_value());
    RC_ASSERT(told == expected);
    const auto count = reader->count(query);
    RC_ASSERT(count.has_value());
    RC_ASSERT(*count == changes);
  }
}

}  // namespace
}  // namespace pinfold::history

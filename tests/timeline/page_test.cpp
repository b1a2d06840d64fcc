// The page in a browser, used as its readers use it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "timeline/opened_page.h"
#include "timeline/synthetic.h"

namespace pinfold::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr int alt = 1;

class Page : public testing::Test {
 protected:
  void SetUp() override {
    browser_ = Browser::find();
    if (!browser_) GTEST_SKIP() << "no Chromium here";
  }

  OpenedPage& open(const tool::Timeline& timeline) {
    page_ = std::make_unique<OpenedPage>(*browser_, timeline);
    return *page_;
  }
  OpenedPage& open_story() {
    tool::Timeline timeline;
    add_story(timeline);
    return open(timeline);
  }

 private:
  std::optional<std::string> browser_;
  std::unique_ptr<OpenedPage> page_;
};

TEST_F(Page, FetchesNothingAndSaysNothingOnTheConsole) {
  OpenedPage& page = open_story();
  EXPECT_EQ(page.state("shown"), "18");
  EXPECT_NE(page.state("drawn"), "");
  page.click(page.mark(6));
  page.press("?");
  EXPECT_THAT(page.complaints(), IsEmpty());
}

TEST_F(Page, HostileNamesAreTextAndRunNothing) {
  const std::string hostile =
      "</script><img src=x "
      "onerror=\"document.title='owned'\"><script>document.title='owned'</script>";
  tool::Timeline timeline;
  trace::SetEvent set = a_call(1, 0, a_task(5, 5, hostile), "0", "1");
  set.actor->comm = hostile;
  set.actor->exe = hostile;
  set.actor->container = hostile;
  set.target->cgroup = hostile;
  set.by = hostile;
  timeline.add(set);
  timeline.add(trace::SuppressedEvent{.time = at_ms(1), .seq = 2, .comm = hostile});
  OpenedPage& page = open(timeline);
  page.click(page.mark(1));
  EXPECT_THAT(page.text("#detail"), HasSubstr(hostile));
  EXPECT_THAT(page.text("#events"), HasSubstr("</script><img"));
  page.move({60, 280});
  EXPECT_EQ(page.ask("document.title"), "Pinfold timeline");
  EXPECT_EQ(page.ask("document.images.length"), 0);
  EXPECT_EQ(page.ask("document.scripts.length"), 2);
  EXPECT_THAT(page.complaints(), IsEmpty());
}

TEST_F(Page, AScriptThatGotInWouldNotRun) {
  OpenedPage& page = open_story();
  page.ask(
      "{ const script = document.createElement('script'); script.textContent = "
      "'document.title = \"owned\"'; document.body.append(script); }");
  EXPECT_EQ(page.ask("document.title"), "Pinfold timeline");
}

TEST_F(Page, AChipHidesItsCauseAndShowsItAgain) {
  OpenedPage& page = open_story();
  ASSERT_TRUE(page.has_mark(11));
  page.click("#chips [data-kind=cpuset_write]");
  EXPECT_FALSE(page.has_mark(11));
  EXPECT_TRUE(page.has_mark(12));
  EXPECT_EQ(page.state("shown"), "17");
  EXPECT_THAT(page.text("#events"), Not(HasSubstr("cpuset write")));
  page.click("#chips [data-kind=cpuset_write]");
  EXPECT_TRUE(page.has_mark(11));
  page.click("#chips [data-kind=hotplug]", alt);
  EXPECT_EQ(page.state("shown"), "1");
  page.click("#clear");
  EXPECT_EQ(page.state("shown"), "18");
}

TEST_F(Page, ASearchFindsNamesPidsMasksAndCgroups) {
  OpenedPage& page = open_story();
  const auto found = [&page](const std::string& text) {
    page.press("/");
    page.ask("document.querySelector('#search').value = ''");
    page.type(text);
    page.press("Escape");
    return page.state("shown");
  };
  EXPECT_EQ(found("stress-ng"), "4");
  EXPECT_FALSE(page.has_mark(3));
  EXPECT_EQ(found("1241"), "2");
  EXPECT_EQ(found("einval"), "1");
  EXPECT_EQ(found("batch.slice"), "1");
  EXPECT_EQ(found("nginx einval"), "1");
  EXPECT_EQ(found("nobody is called so"), "0");
  EXPECT_EQ(page.text("#empty"), "No event matches the filters.");
}

TEST_F(Page, OnlyFailedAndACpuNarrowItFurther) {
  OpenedPage& page = open_story();
  page.press("f");
  EXPECT_EQ(page.state("shown"), "2");
  EXPECT_TRUE(page.has_mark(5));
  page.click("#cpu");
  page.type("7");
  EXPECT_EQ(page.state("shown"), "1");
  EXPECT_TRUE(page.has_mark(5));
}

TEST_F(Page, AClickOnAMarkTellsAllOfTheEvent) {
  OpenedPage& page = open_story();
  page.click(page.mark(6));
  EXPECT_EQ(page.state("open"), "6");
  const std::string detail = page.text("#detail");
  for (const char* fact :
       {"sched_setaffinity", "narrowed", "numad", "/usr/bin/numad", "3f9ac41be07d",
        "bash (700) ← systemd (1)", "stress-ng", "/system.slice/web.service", "commit", "exact",
        "/usr/lib/libc.so.6 +0x11c3a2", "128 bytes at"})
    EXPECT_THAT(detail, HasSubstr(fact));
  EXPECT_THAT(page.text("#events .selected"), HasSubstr("narrowed"));
  page.press("Escape");
  EXPECT_EQ(page.state("open"), "");
  EXPECT_EQ(page.text("#detail"), "");
}

TEST_F(Page, AClickOnAnEventOfTheListShowsItInTheTimeline) {
  OpenedPage& page = open_story();
  page.click("#event-4");
  EXPECT_EQ(page.state("selected"), "5");
  EXPECT_THAT(page.text("#detail"), HasSubstr("failed: EINVAL"));
}

TEST_F(Page, KeysWalkThroughTheEvents) {
  OpenedPage& page = open_story();
  page.press("j");
  EXPECT_EQ(page.state("selected"), "1");
  page.press("ArrowDown");
  page.press("j");
  EXPECT_EQ(page.state("selected"), "3");
  page.press("k");
  EXPECT_EQ(page.state("selected"), "2");
  page.press("End");
  EXPECT_EQ(page.state("selected"), "18");
  EXPECT_THAT(page.text("#events .selected"), HasSubstr("seen 64"));
  page.press("Enter");
  EXPECT_EQ(page.state("open"), "18");
  page.press("k");
  EXPECT_EQ(page.state("open"), "17");
  page.press("Escape");
  page.press("Escape");
  EXPECT_EQ(page.state("selected"), "");
}

TEST_F(Page, AWalkBringsEventsIntoView) {
  tool::Timeline timeline;
  add_recording(timeline, {.cpus = 8, .processes = 10, .threads = 10, .events = 500});
  OpenedPage& page = open(timeline);
  page.press("j");
  page.press("j");
  for (int i = 0; i < 6; ++i)
    page.press("+");
  page.press("End");
  page.press("k");
  page.press("k");
  EXPECT_TRUE(page.has_mark(std::stoull(page.state("selected"))));
  page.press("Home");
  page.press("j");
  EXPECT_TRUE(page.has_mark(std::stoull(page.state("selected"))));
}

TEST_F(Page, KeysAndTheWheelZoomAndZeroFits) {
  OpenedPage& page = open_story();
  const double all = page.span();
  page.press("+");
  EXPECT_LT(page.span(), all * 0.7);
  page.press("-");
  EXPECT_NEAR(page.span(), all, all * 1e-6);
  const Point middle = page.middle_of("#plot");
  const Point mark = page.mark(7);
  page.wheel({mark.x, middle.y}, -400);
  EXPECT_LT(page.span(), all * 0.6);
  EXPECT_NEAR(page.mark(7).x, mark.x, 1) << "what is under the pointer stays there";
  page.press("0");
  EXPECT_NEAR(page.span(), all, all * 1e-6);
}

TEST_F(Page, ZoomedInTimesAreToldToTheNanosecond) {
  OpenedPage& page = open_story();
  page.click(page.mark(7));
  for (int i = 0; i < 60; ++i)
    page.press("+");
  EXPECT_LE(page.span(), 1000);
  EXPECT_TRUE(page.has_mark(7));
  EXPECT_THAT(page.text("#detail"), HasSubstr("23:30:00.330000000"));
}

TEST_F(Page, DraggingMovesAndOnTheAxisZooms) {
  OpenedPage& page = open_story();
  page.press("+");
  page.press("+");
  const double from = std::stod(page.state("from"));
  const double span = page.span();
  const Point middle = page.middle_of("#plot");
  page.drag(middle, {middle.x + 100, middle.y});
  EXPECT_LT(std::stod(page.state("from")), from);
  EXPECT_NEAR(page.span(), span, span * 1e-6);
  page.press("ArrowRight");
  page.press("0");
  const double top =
      middle.y - page.ask("document.querySelector('#plot').clientHeight / 2").get<double>();
  page.drag({500, top + 10}, {700, top + 10});
  EXPECT_LT(page.span(), span);
}

TEST_F(Page, TimesAreLocalOrUtc) {
  OpenedPage& page = open_story();
  EXPECT_THAT(page.text("#event-0"), StartsWith("23:30:00.000000"));
  page.press("u");
  EXPECT_THAT(page.text("#event-0"), StartsWith("18:00:00.000000"));
  EXPECT_EQ(page.text("#zone"), "UTC");
}

TEST_F(Page, WhatWasLostIsToldAndIsNoQuietTime) {
  OpenedPage& page = open_story();
  EXPECT_THAT(page.text("#notes"), HasSubstr("12 events were lost in 1 gap"));
  // Halfway between the marks before and behind the gap that are nearest to it.
  const Point before = page.mark(7);
  const Point behind = page.mark(11);
  const double x = before.x + (behind.x - before.x) * (425.0 - 330) / (560 - 330);
  page.move({x, before.y + 20});
  EXPECT_THAT(page.text("#tip"), StartsWith("12 events lost"));
  page.move({before.x + 20, before.y + 20});
  EXPECT_THAT(page.text("#tip"), Not(HasSubstr("lost")));
  EXPECT_THAT(page.text("#tip"), HasSubstr("allowed 0"));
}

TEST_F(Page, TimeBetweenTwoRecordingsIsNotQuiet) {
  tool::Timeline timeline;
  timeline.add(trace::StartEvent{.time = at_ms(0), .seq = 1, .cpu_ids = 2});
  timeline.add(a_call(2, 100, a_task(5, 5, "one"), "0", "1"));
  timeline.add(trace::EndEvent{.time = at_ms(200), .seq = 3});
  timeline.add(trace::StartEvent{.time = at_ms(800), .seq = 1, .cpu_ids = 2});
  timeline.add(a_call(5, 900, a_task(5, 5, "one"), "1", "0"));
  OpenedPage& page = open(timeline);
  const Point first = page.mark(2);
  page.move({(first.x + page.mark(5).x) / 2, first.y + 15});
  EXPECT_THAT(page.text("#tip"), StartsWith("not recorded"));
}

TEST_F(Page, WhatItHasNoRoomForIsSaid) {
  tool::Timeline timeline({.events = 3, .runs = 1, .threads = 1});
  add_story(timeline);
  OpenedPage& page = open(timeline);
  EXPECT_THAT(page.text("#notes"), HasSubstr("not on this page: it holds 3"));
  EXPECT_THAT(page.text("#notes"), HasSubstr("runs on CPUs are"));
  EXPECT_THAT(page.text("#notes"), HasSubstr("threads are not on this page: it holds 1"));
  EXPECT_THAT(page.complaints(), IsEmpty());
}

TEST_F(Page, MasksOf4096CpusAreShownAndFiltered) {
  tool::Timeline timeline;
  timeline.add(trace::StartEvent{.time = at_ms(0), .seq = 1, .cpu_ids = 4096});
  timeline.add(a_call(2, 10, a_task(5, 5, "wide"), "0-4095", "4000-4095"));
  timeline.add(a_call(3, 20, a_task(5, 5, "wide"), "4000-4095", "0-63,2048"));
  OpenedPage& page = open(timeline);
  EXPECT_THAT(page.text("#events"), HasSubstr("0-4095 → 4000-4095"));
  page.move({page.mark(2).x + 30, page.mark(2).y + 18});
  EXPECT_THAT(page.text("#tip"), HasSubstr("allowed 4000-4095"));
  page.click("#cpu");
  page.type("2048");
  EXPECT_EQ(page.state("shown"), "2");
  page.press("Escape");
  page.click("#event-2");
  EXPECT_THAT(page.text("#detail"), HasSubstr("0-63,2048"));
  EXPECT_THAT(page.complaints(), IsEmpty());
}

TEST_F(Page, AFoldedProcessHasTheMarksOfItsThreads) {
  OpenedPage& page = open_story();
  const Point first = page.mark(3);
  const Point other = page.mark(4);
  ASSERT_GT(other.y, first.y + 10);
  page.press("c");
  EXPECT_EQ(page.mark(3).y, page.mark(4).y);
  page.click(page.mark(3));
  EXPECT_EQ(page.state("open"), "3");
  page.press("c");
  EXPECT_EQ(page.mark(4).y, other.y);
}

TEST_F(Page, AnEmptyOneSaysWhatToDo) {
  OpenedPage& page = open(tool::Timeline());
  EXPECT_THAT(page.text("#nothing"), HasSubstr("pinfold trace --html page.html -- COMMAND"));
  EXPECT_THAT(page.complaints(), IsEmpty());
}

TEST_F(Page, WithoutAChangeItSaysHowLongItLooked) {
  tool::Timeline timeline;
  timeline.add(trace::Alive{.time = at_ms(0), .task = a_task(5, 5, "calm"), .allowed = {CpuId(0)}});
  timeline.add(trace::Ran{at_ms(0), at_ms(2000), CpuId(0), Pid(5), Tid(5)});
  OpenedPage& page = open(timeline);
  EXPECT_EQ(page.text("#empty"), "No mask was changed in 2 s, while 1 thread was watched.");
}

TEST_F(Page, IsDarkOrLightAsTheReaderWishes) {
  OpenedPage& page = open_story();
  const std::string background = "getComputedStyle(document.body).backgroundColor";
  const auto light = page.ask(background);
  page.scheme("dark");
  const auto dark = page.ask(background);
  EXPECT_NE(light, dark);
  page.press("t");
  EXPECT_EQ(page.ask(background), light);
}

TEST_F(Page, ReadersOfTheScreenHaveATable) {
  OpenedPage& page = open_story();
  EXPECT_EQ(page.ask("document.querySelector('#events').getAttribute('aria-rowcount')"), "19");
  page.press("j");
  EXPECT_EQ(page.ask("document.querySelector('#events').getAttribute('aria-activedescendant')"),
            "event-0");
  EXPECT_EQ(page.ask("document.querySelector('#event-0').getAttribute('role')"), "row");
  EXPECT_THAT(page.text("#said"), HasSubstr("kernel 6.18.5"));
}

TEST_F(Page, HelpOpensAndCloses) {
  OpenedPage& page = open_story();
  page.press("?");
  EXPECT_THAT(page.text("#help"), HasSubstr("next, previous event"));
  page.press("Escape");
  EXPECT_EQ(page.ask("document.querySelector('#help').open"), false);
}

}  // namespace
}  // namespace pinfold::test

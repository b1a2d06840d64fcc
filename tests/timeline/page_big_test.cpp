// How long a drawing takes where there is much to draw. Measured and printed: what is too slow is
// for people to say.
#include <gtest/gtest.h>

#include <cstdio>

#include "timeline/opened_page.h"
#include "timeline/synthetic.h"

namespace pinfold::test {
namespace {

TEST(BigPage, HasEveryEventAndTellsHowLongItTakes) {
  const auto browser = Browser::find();
  if (!browser) GTEST_SKIP() << "no Chromium here";
  tool::Timeline timeline;
  add_recording(timeline, {.processes = 20, .threads = 20, .events = 10'000, .runs = 500'000});
  OpenedPage page(*browser, timeline);
  EXPECT_EQ(page.state("shown"), "10003");
  page.ask("pinfold.drawingTime()");
  std::printf("first drawing after %s ms, the whole again in %s ms\n", page.state("drawn").c_str(),
              page.ask("pinfold.drawingTime()").dump().c_str());
  page.press("End");
  page.press("k");
  EXPECT_TRUE(page.has_mark(10'001)) << "the last change is found in all of them";
  EXPECT_TRUE(page.complaints().empty());
}

}  // namespace
}  // namespace pinfold::test

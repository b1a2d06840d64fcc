#include "measure/working_set.h"

#include <gtest/gtest.h>

namespace pinfold::measure {
namespace {

TEST(WorkingSet, AWalkGoesOverEveryLineOnce) {
  for (const std::size_t lines : {1U, 2U, 3U, 512U, 5000U}) {
    WorkingSet set = WorkingSet::make(lines * WorkingSet::line, 7).value();
    EXPECT_EQ(set.bytes(), lines * WorkingSet::line);
    EXPECT_EQ(set.walks(), 0U);
    set.walk();
    set.walk();
    EXPECT_EQ(set.walks(), 2U) << lines << " lines";
  }
}

TEST(WorkingSet, OfNothingCanBeWalkedToo) {
  WorkingSet set = WorkingSet::make(0, 7).value();
  set.walk();
  EXPECT_EQ(set.bytes(), 0U);
}

TEST(WorkingSet, OfMoreMemoryThanThereIsIsAnError) {
  EXPECT_FALSE(WorkingSet::make(std::size_t{1} << 60U, 7));
}

}  // namespace
}  // namespace pinfold::measure

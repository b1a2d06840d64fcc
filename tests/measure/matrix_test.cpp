// Which numbers a matrix has, and which it refuses: on a table tennis that does what a test says.
#include "measure/matrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "support/make_machine.h"
#include "support/program.h"

namespace pinfold::measure {
namespace {

using Outcome = Bounce::Outcome;
using testing::HasSubstr;
using Played = std::pair<unsigned, unsigned>;

class FakePingPong : public PingPong {
 public:
  using Answer = std::function<Result<Bounce>(unsigned a, unsigned b, unsigned time)>;
  explicit FakePingPong(Answer answer) : answer_(std::move(answer)) {}

  Result<Bounce> bounce(CpuId first, CpuId second, unsigned /*rounds*/) override {
    const Played pair{first.value(), second.value()};
    const auto before = static_cast<unsigned>(std::ranges::count(played, pair));
    played.push_back(pair);
    return answer_(pair.first, pair.second, before);
  }

  std::vector<Played> played;

 private:
  Answer answer_;
};

Bounce takes(double ns) { return {.outcome = Outcome::measured, .one_way_ns = ns, .where = {}}; }
Bounce spoilt(Outcome outcome, unsigned cpu) {
  return {.outcome = outcome, .one_way_ns = 0, .where = CpuId(cpu)};
}

std::vector<CpuId> first_cpus(unsigned count) {
  std::vector<CpuId> cpus;
  for (unsigned cpu = 0; cpu < count; ++cpu)
    cpus.emplace_back(cpu);
  return cpus;
}

Matrix measured(FakePingPong& instrument, unsigned cpus, unsigned samples = 5) {
  return measure_matrix(instrument, first_cpus(cpus), {.samples = samples},
                        [](std::size_t, std::size_t) {});
}

// Of the pair of CPUs 0 and 1, where there are no others.
MatrixCell only_cell(FakePingPong::Answer answer) {
  FakePingPong instrument(std::move(answer));
  return measured(instrument, 2).at(0, 1);
}

TEST(Matrix, EachPairHasTheMedianOfItsSamples) {
  FakePingPong instrument([](unsigned a, unsigned b, unsigned time) {
    const double one_is_slow = time == 2 ? 1000 : 0;
    return takes(10.0 * a + b + one_is_slow);
  });
  const Matrix matrix = measured(instrument, 4);
  EXPECT_EQ(matrix.pairs(), 6U);
  EXPECT_EQ(matrix.measured(), 6U);
  EXPECT_EQ(matrix.at(1, 3).one_way_ns->median, 13);
  EXPECT_EQ(matrix.at(3, 1).one_way_ns->median, 13);
  EXPECT_EQ(matrix.at(0, 2).one_way_ns->median, 2);
  EXPECT_EQ(matrix.at(0, 2).one_way_ns->count, 5U);
}

TEST(Matrix, NoPairIsSampledAgainBeforeAllOthersWere) {
  FakePingPong instrument([](unsigned, unsigned, unsigned) { return takes(50); });
  measured(instrument, 5, 3);
  ASSERT_EQ(instrument.played.size(), 30U);
  std::set<std::vector<Played>> orders;
  for (auto pass = instrument.played.begin(); pass != instrument.played.end(); pass += 10) {
    EXPECT_EQ(std::set<Played>(pass, pass + 10).size(), 10U);
    orders.emplace(pass, pass + 10);
  }
  EXPECT_EQ(orders.size(), 3U) << "each pass has an order of its own";
}

TEST(Matrix, APinThatDidNotTakeEffectLeavesNoNumber) {
  FakePingPong instrument([](unsigned a, unsigned b, unsigned time) {
    const bool astray = (a == 1 || b == 1) && time == 4;
    return astray ? spoilt(Outcome::astray, 1) : takes(50);
  });
  const Matrix matrix = measured(instrument, 3);
  EXPECT_FALSE(matrix.at(0, 1).one_way_ns.has_value());
  EXPECT_EQ(matrix.at(0, 1).reason, "the pin to CPU 1 did not take effect");
  EXPECT_FALSE(matrix.at(1, 2).one_way_ns.has_value());
  EXPECT_TRUE(matrix.at(0, 2).one_way_ns.has_value());
}

TEST(Matrix, AThreadThatCannotBeStartedThereIsTheReason) {
  const MatrixCell cell = only_cell([](unsigned, unsigned, unsigned) -> Result<Bounce> {
    return fail({.kind = ErrorKind::offline_cpu, .cpus = "1", .limit = "0"});
  });
  EXPECT_FALSE(cell.one_way_ns.has_value());
  EXPECT_THAT(cell.reason, HasSubstr("CPU 1 is offline"));
}

TEST(Matrix, WhoGetsNoAnswerIsNotAskedAgain) {
  FakePingPong instrument(
      [](unsigned, unsigned, unsigned) { return spoilt(Outcome::unanswered, 0); });
  const Matrix matrix = measured(instrument, 2);
  EXPECT_THAT(matrix.at(0, 1).reason, HasSubstr("got no answer"));
  EXPECT_EQ(instrument.played.size(), 1U);
}

TEST(Matrix, ASampleThatOthersDisturbedIsTakenAgain) {
  FakePingPong instrument([](unsigned, unsigned, unsigned time) {
    return time < 4 ? spoilt(Outcome::disturbed, 1) : takes(50);
  });
  const Matrix matrix = measured(instrument, 2);
  EXPECT_EQ(matrix.at(0, 1).one_way_ns->median, 50);
  EXPECT_EQ(matrix.at(0, 1).one_way_ns->count, 5U);
}

TEST(Matrix, APairThatIsDisturbedAllTheTimeHasNoNumber) {
  FakePingPong instrument([](unsigned, unsigned, unsigned time) {
    return time == 0 ? takes(50) : spoilt(Outcome::disturbed, 1);
  });
  const Matrix matrix = measured(instrument, 2);
  EXPECT_FALSE(matrix.at(0, 1).one_way_ns.has_value());
  EXPECT_EQ(matrix.at(0, 1).reason, "other tasks ran on CPU 1 or its partner in 9 of 10 samples");
  EXPECT_EQ(instrument.played.size(), 10U) << "it comes to an end";
}

TEST(Matrix, SamplesThatLieTooFarApartAreNoNumber) {
  const MatrixCell cell =
      only_cell([](unsigned, unsigned, unsigned time) { return takes(50 + 40.0 * time); });
  EXPECT_FALSE(cell.one_way_ns.has_value());
  EXPECT_EQ(cell.reason,
            "the samples lie too far apart: a quarter below 90 ns, a quarter above 170 ns");
}

TEST(Matrix, SaysHowFarItIsAndEndsThere) {
  FakePingPong instrument([](unsigned, unsigned, unsigned time) {
    return time == 0 ? spoilt(Outcome::disturbed, 1) : takes(50);
  });
  std::vector<std::pair<std::size_t, std::size_t>> told;
  measure_matrix(instrument, first_cpus(3), {.samples = 3},
                 [&](std::size_t done, std::size_t of) { told.emplace_back(done, of); });
  EXPECT_EQ(told.front(), std::pair(0UL, 9UL));
  EXPECT_EQ(told.back(), std::pair(11UL, 12UL)) << "three samples were taken again";
}

TEST(Matrix, ASmallMachineIsSampledOftenAndALargeOneInTime) {
  EXPECT_EQ(samples_for(1), 51U);
  EXPECT_EQ(samples_for(128 * 127 / 2), 7U);
}

TEST(Matrix, SiblingsStandTogetherHoweverTheyAreNumbered) {
  const Machine machine = test::make_machine().packages(2).cores(2).smt(2).numbered("core").build();
  std::vector<unsigned> order;
  for (const CpuId cpu : in_order(machine, test::cpus("0-3,5-7")))
    order.push_back(cpu.value());
  EXPECT_EQ(order, (std::vector<unsigned>{0, 1, 5, 2, 6, 3, 7}));
}

}  // namespace
}  // namespace pinfold::measure

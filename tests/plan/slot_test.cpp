#include "plan/slot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace pinfold {
namespace {

using testing::HasSubstr;

Environment environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

LocalRank rank_in(std::map<std::string, std::string> variables) {
  auto rank = local_rank(environment(std::move(variables)));
  if (!rank || !*rank) {
    ADD_FAILURE() << "no rank";
    return {};
  }
  return **rank;
}

TEST(Slot, IsANumberOfSoManyFromNought) {
  const auto wish = parse_slot("2/8");
  ASSERT_TRUE(wish);
  EXPECT_EQ(std::get<SlotWish::Number>(wish->which).value, 2U);
  EXPECT_EQ(wish->slots, 8U);
  EXPECT_TRUE(parse_slot("0/1"));
}

TEST(Slot, CanBeTheLaunchersOrTheFirstFreeOne) {
  EXPECT_TRUE(std::holds_alternative<SlotWish::Auto>(parse_slot("auto")->which));
  EXPECT_EQ(parse_slot("auto")->slots, std::nullopt);
  EXPECT_EQ(parse_slot("auto/8")->slots, 8U);
  EXPECT_TRUE(std::holds_alternative<SlotWish::Free>(parse_slot("free/8")->which));
}

TEST(Slot, MistakesPointAtTheColumn) {
  struct Case {
    const char* text;
    std::size_t column;
    const char* reason;
  };
  for (const auto& [text, column, reason] : {
           Case{"", 0, "a slot is"},
           Case{"3", 0, "a slot is"},
           Case{"free", 0, "a slot is"},
           Case{"8/8", 0, "count from 0: the last of 8 is 7"},
           Case{"0/0", 2, "no slot of 0"},
           Case{"0/", 2, "missing"},
           Case{"/3", 0, "missing"},
           Case{"x/3", 0, "not a number"},
           Case{"1/3x", 3, "after the number"},
           Case{"free/99999999", 5, "no sense"},
           Case{"auto/99999999999", 5, "too large"},
       }) {
    const auto wish = parse_slot(text);
    ASSERT_FALSE(wish) << text;
    EXPECT_EQ(wish.error().kind, ErrorKind::syntax) << text;
    EXPECT_EQ(wish.error().text, text);
    EXPECT_EQ(wish.error().column, column) << text;
    EXPECT_THAT(wish.error().reason, HasSubstr(reason)) << text;
  }
}

TEST(LocalRank, IsWhatTheLauncherSays) {
  const LocalRank open_mpi =
      rank_in({{"OMPI_COMM_WORLD_LOCAL_RANK", "3"}, {"OMPI_COMM_WORLD_LOCAL_SIZE", "4"}});
  EXPECT_EQ(open_mpi.rank, 3U);
  EXPECT_EQ(open_mpi.size, 4U);
  const LocalRank hydra = rank_in({{"MPI_LOCALRANKID", "1"}, {"MPI_LOCALNRANKS", "2"}});
  EXPECT_EQ(hydra.rank, 1U);
  EXPECT_EQ(hydra.size, 2U);
  const LocalRank torchrun = rank_in({{"LOCAL_RANK", "5"}, {"LOCAL_WORLD_SIZE", "8"}});
  EXPECT_EQ(torchrun.rank, 5U);
  EXPECT_EQ(torchrun.size, 8U);
}

TEST(LocalRank, OfMpiGoesBeforeSlurms) {
  // Inside salloc and mpirun every process has SLURM_LOCALID=0.
  const LocalRank rank = rank_in({{"SLURM_LOCALID", "0"},
                                  {"SLURM_STEP_TASKS_PER_NODE", "1"},
                                  {"MPI_LOCALRANKID", "6"},
                                  {"MPI_LOCALNRANKS", "8"}});
  EXPECT_EQ(rank.rank, 6U);
  EXPECT_EQ(rank.size, 8U);
}

TEST(LocalRank, OfSlurmHasTheSizeOfItsNode) {
  EXPECT_EQ(rank_in({{"SLURM_LOCALID", "1"}, {"SLURM_STEP_TASKS_PER_NODE", "4"}}).size, 4U);
  EXPECT_EQ(
      rank_in(
          {{"SLURM_LOCALID", "1"}, {"SLURM_NODEID", "2"}, {"SLURM_STEP_TASKS_PER_NODE", "4(x2),3"}})
          .size,
      3U);
}

TEST(LocalRank, IsNeverGuessedFromGlobalRanks) {
  const auto rank =
      local_rank(environment({{"PMIX_RANK", "3"}, {"PMI_RANK", "3"}, {"PMI_SIZE", "4"}}));
  ASSERT_TRUE(rank);
  EXPECT_FALSE(*rank);
}

TEST(LocalRank, SizeMayBeMissing) {
  EXPECT_EQ(rank_in({{"PALS_LOCAL_RANKID", "2"}}).size, std::nullopt);
}

TEST(LocalRank, ThatIsNoNumberIsAnError) {
  const auto rank = local_rank(environment({{"MPI_LOCALRANKID", "two"}}));
  ASSERT_FALSE(rank);
  EXPECT_EQ(rank.error().reason, "MPI_LOCALRANKID is \"two\": not a number");
}

TEST(SlurmTasks, AreListedByNode) {
  EXPECT_EQ(slurm_tasks("4", 0), 4U);
  EXPECT_EQ(slurm_tasks("4(x2),3,1(x3)", 1), 4U);
  EXPECT_EQ(slurm_tasks("4(x2),3,1(x3)", 2), 3U);
  EXPECT_EQ(slurm_tasks("4(x2),3,1(x3)", 5), 1U);
  for (const char* text : {"", "x", "4(x", "4(x2", "4(x)", "4(x2),"})
    EXPECT_EQ(slurm_tasks(text, 7), std::nullopt) << text;
}

}  // namespace
}  // namespace pinfold

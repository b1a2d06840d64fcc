#include "model/profile.h"

#include <gtest/gtest.h>

#include "model/model_system.h"

namespace pinfold::test {
namespace {

TEST(Profile, AreFoundByName) {
  for (const char* name : {"2.5", "2.6.9", "5.15", "6.1", "6.12", "6.18"}) {
    const model::Profile* profile = model::find_profile(name);
    ASSERT_TRUE(profile) << name;
    EXPECT_EQ(profile->name, name);
  }
  EXPECT_FALSE(model::find_profile("6.13"));
  EXPECT_EQ(model::newest_profile().name, "6.18");
}

// The sizes that kernels of these builds answered (facts/kernel.md).
TEST(Profile, TellHowLongTheKernelsMaskIs) {
  struct Row {
    const char* kernel;
    const char* machine;
    std::size_t bytes;
  };
  const Row rows[] = {
      {"6.18", "core:2 pu:1", 32},
      {"6.12", "core:8 pu:1", 8},
      {"6.12", "core:72 pu:1", 16},
      {"6.1", "core:8 pu:1", 8},
      {"6.1", "core:8 pu:1;possible=2048", 256},
      {"2.5", "core:8 pu:1", 8},
  };
  for (const Row& row : rows) {
    const auto system = model::System::open({.machine = *::pinfold::Machine::open(row.machine),
                                             .profile = model::find_profile(row.kernel)});
    ASSERT_TRUE(system);
    EXPECT_EQ((*system)->mask_bytes(), row.bytes) << row.kernel << ", " << row.machine;
  }
}

TEST(Profile, WhatAKernelNeverHadIsUnsupported) {
  const auto open = [](const char* kernel, const char* machine, model::Hierarchy hierarchy) {
    return model::System::open({.machine = *::pinfold::Machine::open(machine),
                                .profile = model::find_profile(kernel),
                                .hierarchy = hierarchy});
  };
  for (const auto& system : {open("2.5", "core:65 pu:1", model::Hierarchy::none),
                             open("2.5", "core:2 pu:1", model::Hierarchy::v1),
                             open("2.6.9", "core:2 pu:1", model::Hierarchy::v2)}) {
    ASSERT_FALSE(system);
    EXPECT_EQ(system.error().kind, ErrorKind::unsupported);
    EXPECT_FALSE(system.error().reason.empty());
  }
}

}  // namespace
}  // namespace pinfold::test

// Linked into every test program: none of them writes into the journal of the machine.
#include <gtest/gtest.h>

#include <cstdio>
#include <optional>

#include "support/own_state.h"

namespace pinfold::test {
namespace {

class OwnStateEnvironment : public testing::Environment {
 public:
  void SetUp() override {
    state_.emplace();
    if (state_->missing().empty()) return;
    std::fprintf(stderr, "tests use this machine's state folder, without %s\n",
                 state_->missing().c_str());
  }
  void TearDown() override { state_.reset(); }

 private:
  std::optional<OwnState> state_;
};

[[maybe_unused]] const testing::Environment* const registered =
    testing::AddGlobalTestEnvironment(new OwnStateEnvironment);

}  // namespace
}  // namespace pinfold::test

#include <gtest/gtest.h>

#include "support/program.h"

namespace pinfold {
namespace {

using test::Output;

TEST(Front, AloneItShowsItsCommandsAndFails) {
  const Output output = test::pinfold({});
  EXPECT_EQ(output.exit, 2);
  EXPECT_EQ(output.out, "");
  EXPECT_NE(output.err.find("Usage: pinfold COMMAND"), std::string::npos);
}

TEST(Front, HelpIsDataOnStdout) {
  const Output output = test::pinfold({"--help"});
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(output.err, "");
  for (const char* command : {"run", "get", "set", "reset", "dedicate", "undo", "plan", "topo",
                              "bench", "sim", "taskset"}) {
    EXPECT_NE(output.out.find(std::string("\n  ") + command), std::string::npos) << command;
  }
}

TEST(Front, SaysItsVersion) {
  EXPECT_TRUE(test::pinfold({"--version"}).out.starts_with("pinfold "));
}

TEST(Front, AnUnknownCommandIsMetWithAGuess) {
  const Output output = test::pinfold({"sett"});
  EXPECT_EQ(output.exit, 2);
  EXPECT_EQ(output.err, "pinfold: unknown command \"sett\"\n  did you mean set?\n");
  EXPECT_EQ(test::pinfold({"frobnicate"}).err,
            "pinfold: unknown command \"frobnicate\"\n  pinfold --help lists the commands\n");
}

TEST(Front, EveryCommandHasHelpWithAnExample) {
  for (const char* command :
       {"run", "get", "set", "reset", "dedicate", "undo", "plan", "topo", "bench", "sim"}) {
    const Output output = test::pinfold({command, "--help"});
    EXPECT_EQ(output.exit, 0) << command;
    EXPECT_EQ(output.err, "") << command;
    EXPECT_NE(output.out.find("Example"), std::string::npos) << command;
  }
}

TEST(Front, AnUnknownOptionIsAUsageError) {
  const Output output = test::pinfold({"get", "--jsn"});
  EXPECT_EQ(output.exit, 2);
  EXPECT_NE(output.err.find("--jsn"), std::string::npos);
  EXPECT_EQ(output.out, "");
}

}  // namespace
}  // namespace pinfold

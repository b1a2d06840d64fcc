// topo --svg: where the picture goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/program.h"
#include "xml.h"

namespace pinfold::test {
namespace {

using ::testing::HasSubstr;

class TopoSvg : public ::testing::Test {
 protected:
  TopoSvg() {
    std::string path = ::testing::TempDir() + "/pinfold-svg-test-XXXXXX";
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    folder_ = path;
  }
  ~TopoSvg() override { std::filesystem::remove_all(folder_); }

  static Output svg(const std::string& file) {
    return pinfold({"topo", "--machine", "core:2 pu:2", "--svg", file});
  }

  static std::string content(const std::filesystem::path& file) {
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }

  std::filesystem::path folder_;
};

TEST_F(TopoSvg, WritesAFileAndSaysNothing) {
  const Output output = svg(folder_ / "a.svg");
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(parse_xml(content(folder_ / "a.svg")).front().name, "svg");
  EXPECT_EQ(svg("-").out, content(folder_ / "a.svg"));
}

TEST_F(TopoSvg, DrawsTheMachineUnderUs) {
  const Output output = pinfold({"topo", "--svg", "-"});
  EXPECT_EQ(output.exit, 0);
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(parse_xml(output.out).front().attributes.at("role"), "img");
}

TEST_F(TopoSvg, AFolderThatIsNotThereIsNamed) {
  const Output output = svg(folder_ / "no" / "a.svg");
  EXPECT_EQ(output.exit, 1);
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(output.err,
            "pinfold: " + (folder_ / "no" / "a.svg").string() + ": there is no such folder\n");
}

TEST_F(TopoSvg, WhatCannotBeWrittenIsNamedWithItsReason) {
  // Nobody makes files there, not even root.
  const Output output = svg("/sys/kernel/a.svg");
  EXPECT_EQ(output.exit, 1);
  EXPECT_THAT(output.err, ::testing::MatchesRegex(
                              "pinfold: /sys/kernel/a.svg: (Permission denied|Operation not "
                              "permitted|Read-only file system)\n"));
  EXPECT_EQ(svg(folder_).err, "pinfold: " + folder_.string() + ": Is a directory\n");
}

TEST_F(TopoSvg, NeedsAFile) {
  const Output output = svg("");
  EXPECT_EQ(output.exit, 2);
  EXPECT_EQ(output.err,
            "pinfold: topo: --svg needs the name of a file\n"
            "  pinfold topo --help shows how it is used\n");
}

TEST_F(TopoSvg, DoesNotGoWithJson) {
  const Output output = pinfold({"topo", "--json", "--svg", folder_ / "a.svg"});
  EXPECT_EQ(output.exit, 2);
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(output.err,
            "pinfold: topo: --svg and --json exclude each other\n"
            "  pinfold topo --help shows how it is used\n");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a.svg"));
}

TEST_F(TopoSvg, AMachineThatCannotBeReadLeavesTheFileAsItWas) {
  std::ofstream(folder_ / "a.svg") << "before";
  const Output output =
      pinfold({"topo", "--machine", "/nonexistent/machine", "--svg", folder_ / "a.svg"});
  EXPECT_EQ(output.exit, 1);
  EXPECT_THAT(output.err, HasSubstr("no such folder"));
  EXPECT_EQ(content(folder_ / "a.svg"), "before");
}

}  // namespace
}  // namespace pinfold::test

#include "base/user.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace pinfold {
namespace {

TEST(UserName, IsTheOneInPasswd) {
  std::ifstream passwd("/etc/passwd");
  std::string line;
  while (std::getline(passwd, line)) {
    std::vector<std::string> fields;
    std::istringstream rest(line);
    for (std::string field; std::getline(rest, field, ':');) {
      fields.push_back(field);
    }
    if (fields.size() < 4 || fields[2] != "0") continue;
    EXPECT_EQ(user_name(0), fields[0]);
    return;
  }
  GTEST_SKIP() << "/etc/passwd has no user 0 here";
}

TEST(UserName, IsTheNumberOfOneWhoHasNone) { EXPECT_EQ(user_name(4294967294U), "uid 4294967294"); }

TEST(UserId, IsTheOneInPasswd) {
  if (user_name(0) == "uid 0") GTEST_SKIP() << "/etc/passwd has no user 0 here";
  EXPECT_EQ(user_id(user_name(0)), 0U);
}

TEST(UserId, OfAnUnknownNameIsNothing) {
  EXPECT_EQ(user_id("no such user"), std::nullopt);
  EXPECT_EQ(user_id(""), std::nullopt);
}

}  // namespace
}  // namespace pinfold

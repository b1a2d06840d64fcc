#include "pin/name_pattern.h"

#include <gtest/gtest.h>

#include <string>

namespace pinfold {
namespace {

TEST(NamePattern, WithoutWildcardsIsTheWholeName) {
  EXPECT_TRUE(matches_name("nginx", "nginx"));
  EXPECT_FALSE(matches_name("nginx", "nginx2"));
  EXPECT_FALSE(matches_name("nginx", "ngin"));
  EXPECT_FALSE(matches_name("nginx", "Nginx"));
  EXPECT_FALSE(matches_name("ginx", "nginx"));
  EXPECT_TRUE(matches_name("", ""));
  EXPECT_FALSE(matches_name("", "x"));
}

TEST(NamePattern, StarIsAnyText) {
  for (const char* pattern : {"*", "**", "n*", "*x", "n*x", "nginx*", "*nginx", "*gi*", "n*g*n*x"})
    EXPECT_TRUE(matches_name(pattern, "nginx")) << pattern;
  for (const char* pattern : {"n*g", "*y", "m*", "x*n", "nginx*x", "*nn*"})
    EXPECT_FALSE(matches_name(pattern, "nginx")) << pattern;
  EXPECT_TRUE(matches_name("*", ""));
}

TEST(NamePattern, StarGoesBackForWhatFollows) {
  EXPECT_TRUE(matches_name("*ab", "aab"));
  EXPECT_TRUE(matches_name("a*ab*b", "aaababb"));
  EXPECT_TRUE(matches_name("*a?c", "abcaxc"));
  EXPECT_FALSE(matches_name("*a?c", "abcaxd"));
}

TEST(NamePattern, QuestionMarkIsOneCharacter) {
  EXPECT_TRUE(matches_name("ngin?", "nginx"));
  EXPECT_TRUE(matches_name("?????", "nginx"));
  EXPECT_FALSE(matches_name("????", "nginx"));
  EXPECT_FALSE(matches_name("nginx?", "nginx"));
  EXPECT_TRUE(matches_name("na?ve", "na\xc3\xafve"));
  EXPECT_TRUE(matches_name("?", "\xe2\x82\xac"));
}

TEST(NamePattern, OtherCharactersAreThemselves) {
  EXPECT_TRUE(matches_name("[ab].\\", "[ab].\\"));
  EXPECT_FALSE(matches_name("[ab]", "a"));
  EXPECT_TRUE(matches_name("kworker/*", "kworker/0:1-events"));
}

TEST(NamePattern, ManyStarsDoNotTakeForever) {
  std::string pattern;
  for (int i = 0; i < 200; ++i)
    pattern += "*a";
  EXPECT_FALSE(matches_name(pattern + 'b', std::string(5000, 'a')));
}

}  // namespace
}  // namespace pinfold

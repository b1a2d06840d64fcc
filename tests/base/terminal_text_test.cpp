#include "base/terminal_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace pinfold {
namespace {

TEST(SafeText, LeavesNamesAsTheyAre) {
  for (const char* text : {"", "nginx", "kworker/u8:2-events", "a b\\c\"d", "~!@#$%^&*()"}) {
    EXPECT_EQ(safe_text(text), text);
  }
}

TEST(SafeText, LeavesOtherScriptsAsTheyAre) {
  for (const char* text :
       {"café", "Ω", "日本", "\U0001F411", "עברית", "\u00a0", "\uffff", "\U0010FFFF"}) {
    EXPECT_EQ(safe_text(text), text);
  }
}

TEST(SafeText, WritesOutControlCharacters) {
  EXPECT_EQ(safe_text("a\nb\tc\r"), "a\\x0ab\\x09c\\x0d");
  EXPECT_EQ(safe_text(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(safe_text("\x1f\x20\x7e\x7f"), "\\x1f ~\\x7f");
}

TEST(SafeText, WritesOutEscapeSequences) {
  EXPECT_EQ(safe_text("\x1b[31mred\x1b[0m"), "\\x1b[31mred\\x1b[0m");
  EXPECT_EQ(safe_text("\x1b]0;title\a"), "\\x1b]0;title\\x07");
  // C1: CSI as one character, in UTF-8 and as a bare byte.
  EXPECT_EQ(safe_text("\xc2\x9b"
                      "31m"),
            "\\xc2\\x9b31m");
  EXPECT_EQ(safe_text("\x9b"
                      "31m"),
            "\\x9b31m");
}

TEST(SafeText, WritesOutMarksThatReorderOrHideText) {
  EXPECT_EQ(safe_text("\u202egpj.exe"), "\\xe2\\x80\\xaegpj.exe");
  for (const char* mark :
       {"\u061c", "\u200b", "\u200e", "\u200f", "\u2028", "\u202a", "\u2066", "\u2069", "\ufeff"}) {
    EXPECT_TRUE(safe_text(mark).starts_with("\\x")) << mark;
  }
}

TEST(SafeText, WritesOutBytesThatAreNoCharacter) {
  EXPECT_EQ(safe_text("a\xff"), "a\\xff");
  EXPECT_EQ(safe_text("\x80"), "\\x80");
  EXPECT_EQ(safe_text("\xe6\x97"), "\\xe6\\x97");                // cut short
  EXPECT_EQ(safe_text("\xe6\x97z"), "\\xe6\\x97z");              // the third byte is another's
  EXPECT_EQ(safe_text("\xe6\x97\xe6\x97\xa5"), "\\xe6\\x97日");  // good again at once
}

TEST(SafeText, WritesOutOverlongForms) {
  EXPECT_EQ(safe_text("\xc0\xaf"), "\\xc0\\xaf");
  EXPECT_EQ(safe_text("\xc1\xbf"), "\\xc1\\xbf");
  EXPECT_EQ(safe_text("\xe0\x80\x9b"), "\\xe0\\x80\\x9b");
  EXPECT_EQ(safe_text("\xe0\x9f\xbf"), "\\xe0\\x9f\\xbf");
  EXPECT_EQ(safe_text("\xf0\x8f\xbf\xbf"), "\\xf0\\x8f\\xbf\\xbf");
}

TEST(SafeText, WritesOutSurrogatesAndWhatLiesBeyondUnicode) {
  EXPECT_EQ(safe_text("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(safe_text("\xed\xbf\xbf"), "\\xed\\xbf\\xbf");
  EXPECT_EQ(safe_text("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(safe_text("\xf5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80");
}

// The JSON library throws on text that is not UTF-8.
bool is_utf8(const std::string& text) {
  try {
    return !nlohmann::json(text).dump().empty();
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

// Bytes out of which broken and unwelcome characters are likely to come.
rc::Gen<std::string> any_bytes() {
  const auto byte = rc::gen::map(
      rc::gen::weightedOneOf<int>({{3, rc::gen::inRange(0, 256)},
                                   {2, rc::gen::inRange(0x80, 0xc0)},
                                   {2, rc::gen::inRange(0xc0, 0xf8)},
                                   {1, rc::gen::inRange(0, 0x20)},
                                   {1, rc::gen::element(0x1b, 0x7f, 0x9b, 0xe2, 0xed, 0xf4)}}),
      [](int value) { return static_cast<char>(value); });
  return rc::gen::container<std::string>(byte);
}

RC_GTEST_PROP(SafeTextProperty, IsUtf8WithoutControlCharacters, ()) {
  const std::string safe = safe_text(*any_bytes());
  RC_ASSERT(is_utf8(safe));
  for (const char c : safe) {
    const auto byte = static_cast<unsigned char>(c);
    RC_ASSERT(byte >= 0x20 && byte != 0x7f);
  }
  RC_ASSERT(safe_text(safe) == safe);
}

}  // namespace
}  // namespace pinfold

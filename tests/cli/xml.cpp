#include "xml.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/terminal_text.h"

namespace pinfold::test {
namespace {

constexpr std::string_view letters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-:0123456789";

class Parser {
 public:
  explicit Parser(std::string_view xml) : rest_(xml) {}

  std::vector<XmlElement> parse() {
    take(R"(<?xml version="1.0" encoding="UTF-8"?>)");
    take("\n");
    element("");
    take("\n");
    if (!rest_.empty()) fail("text behind the end");
    return std::move(elements_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(what + " before: " + std::string(rest_.substr(0, 60)));
  }

  void take(std::string_view text) {
    if (!rest_.starts_with(text)) fail("expected " + std::string(text));
    rest_.remove_prefix(text.size());
  }

  std::string name() {
    const std::size_t length = std::min(rest_.find_first_not_of(letters), rest_.size());
    if (length == 0) fail("expected a name");
    std::string name(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return name;
  }

  [[nodiscard]] std::string unescaped(std::string_view text) const {
    constexpr std::array<std::pair<std::string_view, char>, 4> entities = {
        {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}}};
    std::string result;
    while (!text.empty()) {
      const auto* const entity = std::ranges::find_if(
          entities, [&](const auto& one) { return text.starts_with(one.first); });
      if (entity == entities.end() && text.front() == '&') fail("a bare &");
      result += entity == entities.end() ? text.front() : entity->second;
      text.remove_prefix(entity == entities.end() ? 1 : entity->first.size());
    }
    std::string lines = result;
    std::erase(lines, '\n');
    if (safe_text(lines) != lines) fail("not for XML");
    return result;
  }

  void element(const std::string& parent) {
    take("<");
    const std::size_t index = elements_.size();
    elements_.push_back({.name = name(), .attributes = {}, .text = "", .parent = parent});
    while (rest_.starts_with(' ')) {
      take(" ");
      const std::string key = name();
      take("=\"");
      const std::string_view value = rest_.substr(0, rest_.find('"'));
      if (value.contains('<')) fail("< in an attribute");
      if (!elements_[index].attributes.emplace(key, unescaped(value)).second) fail("twice: " + key);
      rest_.remove_prefix(value.size());
      take("\"");
    }
    if (rest_.starts_with("/>")) return take("/>");
    take(">");
    const std::string own = elements_[index].name;
    while (!rest_.starts_with("</")) {
      if (rest_.starts_with('<')) {
        element(own);
        continue;
      }
      const std::string_view text = rest_.substr(0, rest_.find('<'));
      elements_[index].text += unescaped(text);
      rest_.remove_prefix(text.size());
      if (rest_.empty()) fail("no end of " + own);
    }
    take("</" + own + ">");
  }

  std::string_view rest_;
  std::vector<XmlElement> elements_;
};

}  // namespace

std::vector<XmlElement> parse_xml(std::string_view xml) { return Parser(xml).parse(); }

}  // namespace pinfold::test

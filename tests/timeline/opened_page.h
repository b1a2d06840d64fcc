// A page of a recording in a browser, and what a user does there.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "timeline/browser.h"
#include "timeline/timeline.h"

namespace pinfold::test {

struct Point {
  double x = 0;
  double y = 0;
};

class OpenedPage {
 public:
  /// As wide as a laptop's window, light, in the time zone of Kolkata (UTC+05:30).
  OpenedPage(const std::string& browser, const tool::Timeline& timeline);

  /// The value of an expression; promises are waited for.
  nlohmann::json ask(const std::string& script);
  /// What can be read there; empty where nothing is, or it is hidden.
  std::string text(const std::string& selector);
  /// Of the document's element: "shown", "selected", "open", "from", "to".
  std::string state(const std::string& name);
  [[nodiscard]] double span() { return std::stod(state("to")) - std::stod(state("from")); }

  void press(const std::string& key);
  void type(const std::string& text);
  void click(Point at, int modifiers = 0);
  void click(const std::string& selector, int modifiers = 0);
  void move(Point to);
  void drag(Point from, Point to);
  void wheel(Point at, double by);
  /// Where the mark of an event is; fails the test where it is not seen.
  Point mark(std::uint64_t seq);
  bool has_mark(std::uint64_t seq);
  Point middle_of(const std::string& selector);
  void scheme(const std::string& dark_or_light);

  /// What was fetched besides the page, and what was said on the console.
  std::vector<std::string> complaints();

 private:
  /// What was changed is drawn.
  void settle();
  void mouse(const char* type, Point at, int buttons, int modifiers = 0);

  OwnFolder folder_;
  Browser browser_;
};

}  // namespace pinfold::test

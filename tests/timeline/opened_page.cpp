#include "timeline/opened_page.h"

#include <gtest/gtest.h>

#include <map>
#include <stdexcept>

#include <pinfold/error.h>

namespace pinfold::test {

using nlohmann::json;

OpenedPage::OpenedPage(const std::string& browser, const tool::Timeline& timeline)
    : browser_(browser) {
  const std::string file = folder_.path() + "/page.html";
  if (const auto written = timeline.write(file); !written)
    throw std::runtime_error(message(written.error()));
  browser_.call("Emulation.setDeviceMetricsOverride",
                {{"width", 1400}, {"height", 900}, {"deviceScaleFactor", 1}, {"mobile", false}});
  browser_.call("Emulation.setTimezoneOverride", {{"timezoneId", "Asia/Kolkata"}});
  scheme("light");
  browser_.call("Page.navigate", {{"url", "file://" + file}});
  // The script runs before the page counts as loaded.
  while (ask("document.readyState + location.protocol") != "completefile:") {
  }
}

json OpenedPage::ask(const std::string& script) {
  const json answer =
      browser_.call("Runtime.evaluate",
                    {{"expression", script}, {"returnByValue", true}, {"awaitPromise", true}});
  if (answer.contains("exceptionDetails"))
    throw std::runtime_error(script + ": " + answer["exceptionDetails"].dump());
  return answer["result"].value("value", json());
}

std::string OpenedPage::text(const std::string& selector) {
  return ask(
      "(found => found && found.checkVisibility() ? found.innerText : '')(document.querySelector(" +
      json(selector).dump() + "))");
}

std::string OpenedPage::state(const std::string& name) {
  return ask("document.documentElement.dataset." + name + " || ''");
}

void OpenedPage::settle() {
  ask("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))");
}

void OpenedPage::press(const std::string& key) {
  json event = {{"type", "keyDown"}, {"key", key}};
  if (key.size() == 1) event["text"] = key;
  if (key == "Escape") event["windowsVirtualKeyCode"] = 27;  // a dialog looks at nothing else
  browser_.call("Input.dispatchKeyEvent", event);
  event["type"] = "keyUp";
  event.erase("text");
  browser_.call("Input.dispatchKeyEvent", event);
  settle();
}

void OpenedPage::type(const std::string& text) {
  browser_.call("Input.insertText", {{"text", text}});
  settle();
}

void OpenedPage::mouse(const char* type, Point at, int buttons, int modifiers) {
  browser_.call("Input.dispatchMouseEvent", {{"type", type},
                                             {"x", at.x},
                                             {"y", at.y},
                                             {"button", buttons != 0 ? "left" : "none"},
                                             {"buttons", buttons},
                                             {"modifiers", modifiers},
                                             {"clickCount", 1}});
}

void OpenedPage::click(Point at, int modifiers) {
  mouse("mouseMoved", at, 0);
  mouse("mousePressed", at, 1, modifiers);
  mouse("mouseReleased", at, 1, modifiers);
  settle();
}

void OpenedPage::click(const std::string& selector, int modifiers) {
  click(middle_of(selector), modifiers);
}

void OpenedPage::move(Point to) {
  mouse("mouseMoved", to, 0);
  settle();
}

void OpenedPage::drag(Point from, Point to) {
  mouse("mousePressed", from, 1);
  mouse("mouseMoved", {(from.x + to.x) / 2, (from.y + to.y) / 2}, 1);
  mouse("mouseMoved", to, 1);
  mouse("mouseReleased", to, 1);
  settle();
}

void OpenedPage::wheel(Point at, double by) {
  browser_.call("Input.dispatchMouseEvent",
                {{"type", "mouseWheel"}, {"x", at.x}, {"y", at.y}, {"deltaX", 0}, {"deltaY", by}});
  settle();
}

Point OpenedPage::mark(std::uint64_t seq) {
  const json place = ask("pinfold.placeOf(" + std::to_string(seq) + ")");
  if (place.is_null()) throw std::runtime_error("no mark of event " + std::to_string(seq));
  return {place["x"], place["y"]};
}

bool OpenedPage::has_mark(std::uint64_t seq) {
  return !ask("pinfold.placeOf(" + std::to_string(seq) + ")").is_null();
}

Point OpenedPage::middle_of(const std::string& selector) {
  const json box =
      ask("document.querySelector(" + json(selector).dump() + ").getBoundingClientRect().toJSON()");
  return {box["x"].get<double>() + box["width"].get<double>() / 2,
          box["y"].get<double>() + box["height"].get<double>() / 2};
}

void OpenedPage::scheme(const std::string& dark_or_light) {
  browser_.call("Emulation.setEmulatedMedia",
                {{"features", {{{"name", "prefers-color-scheme"}, {"value", dark_or_light}}}}});
}

std::vector<std::string> OpenedPage::complaints() {
  settle();
  std::vector<std::string> found;
  bool is_page = true;
  for (const json& told : browser_.told()) {
    const std::string method = told["method"];
    const bool is_said = method == "Runtime.consoleAPICalled" ||
                         method == "Runtime.exceptionThrown" || method == "Log.entryAdded";
    const bool is_fetched = method == "Network.requestWillBeSent";
    if (is_said || (is_fetched && !is_page)) found.push_back(told.dump());
    if (is_fetched) is_page = false;
  }
  return found;
}

}  // namespace pinfold::test

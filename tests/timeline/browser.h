// Chromium without a window, told what to do over a pipe (--remote-debugging-pipe).
#pragma once

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "support/own_folder.h"

namespace pinfold::test {

class Browser {
 public:
  /// Its path; nothing where there is none.
  static std::optional<std::string> find();

  explicit Browser(const std::string& path);
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;
  /// Ends it, and whatever it has started.
  ~Browser();

  /// A method of the protocol and its result. Throws where that fails or takes half a minute: it
  /// is the test that fails then.
  nlohmann::json call(const std::string& method,
                      nlohmann::json parameters = nlohmann::json::object());

  /// What it told on its own since the start: {"method", "params"}.
  [[nodiscard]] const std::vector<nlohmann::json>& told() const { return told_; }

 private:
  void send(const nlohmann::json& message);
  nlohmann::json receive();

  OwnFolder profile_;
  pid_t pid_ = -1;
  Fd to_;
  Fd from_;
  std::string session_;
  std::string received_;
  int last_id_ = 0;
  std::vector<nlohmann::json> told_;
};

}  // namespace pinfold::test

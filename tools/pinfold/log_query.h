// What `log` is asked for, from its options.
#pragma once

#include <optional>
#include <string>

#include "history/query.h"

namespace pinfold::tool {

struct LogWords {
  std::optional<std::string> task;
  std::optional<std::string> actor;
  std::optional<std::string> cpu;
  std::optional<std::string> cgroup;
  std::optional<std::string> since;
  std::optional<std::string> until;
  std::optional<std::string> at;
  std::optional<std::string> newest;
  std::optional<std::string> history;
  std::optional<std::string> html;
  std::optional<std::string> perfetto;
  bool failed = false;
  bool json = false;
};

/// Kind `syntax`, with the reason alone, for what makes no sense.
Result<history::Query> read_query(const LogWords& words, trace::Time now);

}  // namespace pinfold::tool

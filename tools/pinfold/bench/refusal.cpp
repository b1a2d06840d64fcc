#include "bench/refusal.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "console.h"
#include "report.h"

namespace pinfold::tool {

int refuse(const Error& error, const char* bench, const char* rows, bool json) {
  print_error(error);
  if (json) {
    const Json object = {{"schema_version", 1},
                         {"bench", bench},
                         {rows, Json::array()},
                         {"error", error_json(&error)}};
    std::puts(object.dump().c_str());
  }
  return error.kind == ErrorKind::syntax ? exit_usage : exit_failed;
}

}  // namespace pinfold::tool

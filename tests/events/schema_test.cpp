// docs/trace.schema.json beside what to_json writes: each is checked against the other.
#include "events/schema.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "events/json.h"
#include "events/samples.h"

namespace pinfold::trace {
namespace {

using nlohmann::json;
using test::Validator;

json schema() { return json::parse(std::ifstream(PINFOLD_SCHEMA)); }

// Lines of `pinfold log` alone: tests/cli/log_test.cpp.
bool is_of_log(const std::string& kind) { return kind == "unrecorded" || kind == "state"; }

TEST(Schema, EveryLineIsAsItSays) {
  const json root = schema();
  Validator validator(root);
  for (const Event& event : test::sample_events()) {
    const json line = json::parse(to_json(event));
    const std::string kind = line["event"];
    ASSERT_TRUE(root["$defs"].contains(kind)) << kind;
    validator.check(line, root["$defs"][kind], kind);
  }
}

TEST(Schema, EveryKeyThatItDescribesIsWritten) {
  const json root = schema();
  Validator validator(root);
  std::set<std::string> described;
  for (const json& kind : root["oneOf"]) {
    const std::string name = kind["$ref"].get<std::string>().substr(8);
    if (is_of_log(name)) continue;
    validator.described(root["$defs"][name], name, described);
  }
  for (const Event& event : test::sample_events()) {
    const json line = json::parse(to_json(event));
    const std::string kind = line["event"];
    validator.check(line, root["$defs"][kind], kind);
  }
  for (const std::string& key : described)
    EXPECT_TRUE(validator.used().contains(key)) << key << " is never written";
}

}  // namespace
}  // namespace pinfold::trace

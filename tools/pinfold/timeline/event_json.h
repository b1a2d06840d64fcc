// The parts of an event as a page keeps them: keys and words are those of docs/trace.schema.json,
// and what is not known is left out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/event.h"
#include "events/json_text.h"

namespace pinfold::tool {

template <class Value>
void put_known(trace::JsonText& json, std::string_view key, const std::optional<Value>& value) {
  if (value) json.add(key, *value);
}

std::string actor_json(const trace::Actor& actor);
/// `row`: of its thread, where it has one.
std::string target_json(const trace::TargetTask& target, std::optional<std::size_t> row);
void put_result(trace::JsonText& json, std::int64_t result);
void put_arguments(trace::JsonText& json, const trace::CallArguments& arguments);
void put_callers(trace::JsonText& json, const std::vector<trace::Frame>& callers);
void put_legs(trace::JsonText& json, const std::vector<trace::Leg>& legs);

/// JSON that no parser of HTML takes for an end of its element.
std::string script_safe(std::string_view json);

}  // namespace pinfold::tool

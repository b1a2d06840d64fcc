// The lines of sets and gets, the ones that one reads all day.
#pragma once

#include <string>

#include "events/event.h"
#include "events/text.h"

namespace pinfold::trace {

std::string line_of(const SetEvent& set, const TextStyle& style);
std::string line_of(const GetEvent& get, const TextStyle& style);

}  // namespace pinfold::trace

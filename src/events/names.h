// The words of the stream: in JSON, in filters, in the schema.
#pragma once

#include <cstdint>
#include <string>

#include "events/event.h"

namespace pinfold::trace {

const char* name_of(CallAbi abi);
const char* name_of(Relation relation);
const char* name_of(Cause cause);
const char* name_of(Attribution attribution);
const char* name_of(OldFrom from);

/// "EINVAL" for -EINVAL; the bare number where it has no name.
std::string errno_name(std::int64_t result);

}  // namespace pinfold::trace

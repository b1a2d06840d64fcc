// What a measurement says that cannot begin.
#pragma once

#include <pinfold/error.h>

namespace pinfold::tool {

/// Prints the error, and with `json` also {"schema_version","bench",ROWS:[],"error"} on stdout,
/// where `rows` is what that measurement calls its rows. Returns the exit code.
int refuse(const Error& error, const char* bench, const char* rows, bool json);

}  // namespace pinfold::tool

// What commands say of the journal.
#pragma once

#include <cstdint>
#include <string>

#include "pin/recorder.h"

namespace pinfold::tool {

/// The command line as it was typed, safe to print: "set 2-3 1234".
std::string command_text(char** argv);

/// Seconds since 1970 as local time: "2026-11-21 18:00:00".
std::string time_text(std::int64_t time);

/// A note where what was done cannot be undone.
void print_no_undo(const Recorder& recorder);

}  // namespace pinfold::tool

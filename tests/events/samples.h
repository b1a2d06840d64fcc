// Events for tests of what is written of them.
#pragma once

#include <vector>

#include "events/event.h"

namespace pinfold::test {

/// 2026-11-21T18:00:00.123456789Z.
trace::Time sample_time();

/// numad (812) gives a thread of nginx 2-5, of which its cpuset leaves 2-3.
trace::SetEvent sample_set();
/// The same, of which nothing is known but that it was.
trace::SetEvent bare_set();
/// A name that tries to reach the terminal, to end the string and to be broken UTF-8.
std::string hostile_name();

/// Each kind of event, with everything and with nothing.
std::vector<trace::Event> sample_events();

}  // namespace pinfold::test

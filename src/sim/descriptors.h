// Descriptors of a process that only stands beside another.
#pragma once

#include <vector>

namespace pinfold::sim {

/// Where stdin, stdout or stderr is closed, /dev/null stands there until the next execve(2): what
/// is opened later is none of the three.
void fill_standard_descriptors();

/// Closes all but stderr and `own`, so that whoever waits for the end of a pipe does not wait for
/// the caller; stdin and stdout are /dev/null afterwards. Negative numbers are none.
void leave_to_others(std::vector<int> own);

/// stderr is /dev/null from now on.
void fall_silent();

}  // namespace pinfold::sim

// A system in the small: a pid namespace, in which tests may do something to everybody.
#pragma once

#include <functional>
#include <string>

namespace pinfold::test {

/// Runs `body`, which makes assertions, in a process of a pid namespace of its own, with a /proc
/// that shows nobody else and an empty /run. Process 1 there does nothing but reap; when `body` is
/// done, all that is left in it is killed. What fails in it fails the test; it cannot skip.
void in_pid_namespace(const std::function<void()>& body);

/// Why there cannot be one here; empty where there can.
std::string no_pid_namespace();

}  // namespace pinfold::test

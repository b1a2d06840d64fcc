// Programs that end before they are done.
#pragma once

#include <string>
#include <vector>

namespace pinfold::test {

struct Crash {
  bool killed = false;  ///< false: it had ended by itself before it came so far
  int exit = -1;        ///< its exit code, where it had
  unsigned steps = 0;   ///< system calls that it and its threads had made
};

/// Runs a program and kills it when it is about to make its `step`-th system call (the first is
/// 1), counted over all its threads, without its output. Between two calls nothing happens that
/// others could see, so this is every moment at which it could have been killed.
Crash kill_at(unsigned step, const std::vector<std::string>& arguments);

/// The pinfold command under test.
Crash kill_pinfold_at(unsigned step, std::vector<std::string> arguments);

}  // namespace pinfold::test

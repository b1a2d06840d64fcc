#include "each_process.h"

#include "base/try.h"

namespace pinfold::tool {

Result<void> each_process(Kernel& kernel, const std::function<Result<void>(Pid)>& each) {
  TRY(const std::vector<Pid> pids, kernel.processes());
  for (const Pid pid : pids) {
    if (auto done = each(pid); !done && done.error().kind != ErrorKind::no_such_task) return done;
  }
  return {};
}

}  // namespace pinfold::tool

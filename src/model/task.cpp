#include "model/task.h"

#include <algorithm>

namespace pinfold::model {

std::string Task::name() const { return {comm.data(), std::ranges::find(comm, '\0')}; }

void Task::rename(std::string_view name) {
  comm = {};
  name = name.substr(0, std::min(name.find('\0'), comm.size() - 1));
  std::ranges::copy(name, comm.begin());
}

Pid Process::pid() const { return Pid(leader->number); }

}  // namespace pinfold::model

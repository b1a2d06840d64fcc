#include <string>

#include "linux/proc.h"
#include "require.h"

namespace pinfold::fuzz {
namespace {

// A file of /proc/PID/stat that says what `task` does.
std::string write_stat(const Task& task) {
  const unsigned flags =
      (task.kernel_thread ? 0x00200000U : 0U) | (task.bound_by_kernel ? 0x04000000U : 0U);
  std::string text = std::to_string(task.tid.value()) + " (" + task.name + ") " + task.state;
  for (int field = 1; field < 50; ++field) {
    text += ' ';
    switch (field) {
      case 6:
        text += std::to_string(flags);
        break;
      case 19:
        text += std::to_string(task.start_time);
        break;
      case 36:
        text += std::to_string(task.cpu.value());
        break;
      case 38:
        text += task.deadline ? '6' : '0';
        break;
      default:
        text += '0';
    }
  }
  return text + '\n';
}

}  // namespace
}  // namespace pinfold::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const std::string_view text = as_text(data, size);
  const auto task = parse_stat(text);
  if (!task) {
    require(task.error().kind == ErrorKind::syntax, "bad text is a syntax error");
    require(!task.error().reason.empty(), "the error has a reason");
    return 0;
  }
  require(text.find(" (" + task->name + ") " + task->state) != text.npos,
          "the name and the state stand in the text");
  const auto again = parse_stat(write_stat(*task));
  require(again.has_value(), "what was read can be written and read again");
  require(again->tid == task->tid && again->name == task->name && again->state == task->state &&
              again->start_time == task->start_time && again->cpu == task->cpu &&
              again->kernel_thread == task->kernel_thread &&
              again->bound_by_kernel == task->bound_by_kernel && again->deadline == task->deadline,
          "a task that is written is read back the same");
  return 0;
}

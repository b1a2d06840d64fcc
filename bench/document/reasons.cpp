// Why rows are short, as far as somebody has found out. A reason is printed where a row of that
// name is short in the run.

#include <array>

#include "document/sections.h"

namespace pinfold::bench {
namespace {

struct Reason {
  const char* rows;  // a pattern of their names
  const char* text;  // in Markdown, whole sentences
};

constexpr std::array reasons = {
    Reason{.rows = "pin(Pid): 10,000 quiet threads / *",
           .text = "Without the task iterator, the proof reads a file of `/proc` for each thread, "
                   "which takes longer than all that `taskset` does. Pinfold reads them on as many "
                   "CPUs as it may use: where a second one was free it took 0.80 to 0.86, where "
                   "there was none 1.75 to 1.84."},
    Reason{.rows = "pin: {0} *",
           .text =
               "No call is made that the other side does not make: under `strace`, where calls "
               "take 20 µs, the ratio is 0.97. What remains is some 200 ns in user space, which "
               "weigh more the cheaper system calls are."},
    Reason{.rows = "trace: sched_setaffinity on *",
           .text =
               "Most of what is added is the ring buffer of BPF, which each record goes through. "
               "An array for each CPU that user space maps took 1.24 and 1.39 in a trial; it is "
               "not built."}};

}  // namespace

std::string_view reason_for(const std::string& name) {
  for (const Reason& reason : reasons) {
    if (is_named(name, reason.rows)) return reason.text;
  }
  return {};
}

}  // namespace pinfold::bench

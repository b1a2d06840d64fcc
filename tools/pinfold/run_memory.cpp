#include "run_memory.h"

#include "base/terminal_text.h"
#include "base/try.h"
#include "console.h"
#include "host/host.h"
#include "pin/memory.h"

namespace pinfold::tool {

Result<MemoryPolicy> find_memory(const std::string& text, Clip clip, const std::string& who) {
  TRY(const MemoryWish wish, parse_memory_wish(text));
  TRY(MemoryChoice choice, choose_memory(host_kernel(), wish, clip, who));
  if (!choice.note.empty()) print_note(safe_text(choice.note));
  for (const Error& reason : choice.dropped)
    print_dropped(reason);
  return std::move(choice.policy);
}

}  // namespace pinfold::tool

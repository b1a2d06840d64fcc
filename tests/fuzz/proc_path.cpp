// Input: a folder, a line feed, a path that is opened in it.
#include "sim/proc_path.h"

#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold::sim;
  using namespace pinfold::fuzz;
  const std::string_view text = as_text(data, size);
  const std::string_view base = text.substr(0, text.find('\n'));
  const std::string_view path = text.substr(std::min(base.size() + 1, text.size()));
  const std::string whole = absolute_path(base, path);
  require(whole.starts_with('/'), "a path is absolute afterwards");
  require(absolute_path("/", whole) == whole, "an absolute path stays what it is");
  const auto parsed = parse_proc_path(whole);
  if (!parsed) return 0;
  require(may_be_proc_file(whole), "what is a file of /proc could have been one by its name");
  require(whole.starts_with("/proc/"), "it is in /proc");
  const bool numbered = parsed->whose == ProcPath::Whose::number;
  require(numbered == (parsed->process > 0), "a process is named by its number or not at all");
  require(parsed->thread >= 0, "a thread has a number");
  return 0;
}

#include "pin/target.h"

#include <string>

#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const std::string_view text = as_text(data, size);
  const auto selector = parse_selector(text);
  if (!selector) {
    require_good_error(selector.error(), text);
    return 0;
  }
  require(selector->text == text, "a selector keeps its text");
  const auto* pid = std::get_if<Pid>(&selector->what);
  const auto* tid = std::get_if<Tid>(&selector->what);
  const auto* name = std::get_if<ByName>(&selector->what);
  const auto* path = std::get_if<ByExecutable>(&selector->what);
  const auto* user = std::get_if<ByUser>(&selector->what);
  const auto* cgroup = std::get_if<ByCgroup>(&selector->what);
  require((tid != nullptr) == text.starts_with("tid:"), "only tid: names a thread");
  require(selector->is_selection() == (name || path || user || cgroup), "a selection has a kind");

  std::string again = "self";
  if (pid) {
    require(pid->value() > 0, "a process's number is positive");
    again = std::to_string(pid->value());
  } else if (tid) {
    require(tid->value() > 0, "a thread's number is positive");
    again = "tid:" + std::to_string(tid->value());
  } else if (name) {
    require(!name->pattern.empty(), "a name is not empty");
    again = "comm:" + name->pattern;
  } else if (path) {
    require(!path->path.empty(), "a path is not empty");
    again = "exe:" + path->path;
  } else if (user) {
    const auto* id = std::get_if<uid_t>(&user->user);
    again = "user:" + (id ? std::to_string(*id) : std::get<std::string>(user->user));
  } else if (cgroup) {
    require(!cgroup->path.ends_with('/'), "a cgroup's path does not end with a slash");
    again = "cgroup:" + (cgroup->path.empty() ? "/" : cgroup->path);
  }
  const auto read_back = parse_selector(again);
  require(read_back && read_back->what == selector->what, "what was read is read back the same");
  return 0;
}

// Input: the path of a cgroup.
#include "trace/container.h"

#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const std::string_view cgroup = as_text(data, size);
  const auto container = trace::container_of(cgroup);
  if (!container) return 0;
  require(!container->empty(), "a container has a name");
  require(container->size() <= cgroup.size(), "the name is a part of the path");
  require(cgroup.contains('\\') || cgroup.contains(*container), "only nspawn's names are escaped");
  return 0;
}

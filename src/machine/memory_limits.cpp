#include "machine/memory_limits.h"

#include "machine/folder.h"

namespace pinfold {

Result<MemoryLimits> read_memory_nodes(const Root& root) {
  constexpr const char* node_folder = "sys/devices/system/node";
  Folder folder(root, node_folder);
  const auto present = folder.list("online");
  if (!present || present->empty()) {
    return fail({.kind = ErrorKind::unsupported,
                 .text = root.name_of(node_folder),
                 .reason = "it tells of no NUMA node"});
  }
  const auto with_memory = folder.list("has_memory");
  MemoryLimits limits;
  limits.present = NodeSet::from_words(present->words());
  limits.with_memory = NodeSet::from_words((with_memory ? with_memory : present)->words());
  return limits;
}

}  // namespace pinfold

// /sys/devices/system/node.
#pragma once

#include "sim/files/content_store.h"
#include "sim/files/machine_view.h"

namespace pinfold::sim {

/// Fills that folder, and sys/bus/node/devices with links to what is in it.
void add_nodes(FileTree& tree, FileTree::FolderId folder, FileTree::FolderId bus,
               const MachineView& view, ContentStore& contents);

}  // namespace pinfold::sim

#include "pin/memory_wish.h"

#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const std::string_view text = as_text(data, size);
  const auto wish = parse_memory_wish(text);
  if (!wish) {
    require_good_error(wish.error(), text);
    return 0;
  }
  require(!wish->nodes || !wish->nodes->empty(), "no nodes at all cannot be asked for");
  require(wish->mode != MemoryMode::preferred || (wish->nodes && wish->nodes->count() == 1),
          "preferred is one node");
  require(wish->mode != MemoryMode::bind || text.starts_with("bind:"), "bind has nodes");
  if (wish->nodes) {
    const auto again = parse_node_list(to_node_list(*wish->nodes));
    require(again && *again == *wish->nodes, "to_node_list is read back as the same nodes");
  }
  return 0;
}

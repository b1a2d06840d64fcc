// Input: a device event of the kernel.
#include "require.h"
#include "trace/hotplug_watch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pinfold;
  using namespace pinfold::fuzz;
  const std::string_view text = as_text(data, size);
  const auto change = trace::parse_uevent(text);
  if (!change) return 0;
  const std::string_view header = text.substr(0, text.find('\0'));
  require(header.starts_with(change->online ? "online@" : "offline@"), "the event is what it says");
  require(header.find("@/devices/system/cpu/cpu") != header.npos, "the device is a CPU");
  std::string written = change->online ? "online" : "offline";
  written += "@/devices/system/cpu/cpu" + std::to_string(change->cpu.value());
  require(trace::parse_uevent(written) == change, "what is written is read back the same");
  return 0;
}

#include "trace/container.h"

#include <algorithm>
#include <charconv>
#include <ranges>
#include <vector>

namespace pinfold::trace {
namespace {

// What is left of `text` without `prefix`, where it begins with it.
std::optional<std::string_view> after(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  return text.substr(prefix.size());
}

std::string_view without_end(std::string_view text, std::string_view end) {
  return text.ends_with(end) ? text.substr(0, text.size() - end.size()) : text;
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// "ID", "docker-ID.scope", "libpod-ID", and "kubepods-….slice:cri-containerd:ID", which containerd
// makes where it takes systemd's cgroups for its own.
std::optional<std::string> id_in(std::string_view part) {
  constexpr std::size_t digits = 64;
  const std::string_view whole = without_end(part, ".scope");
  if (whole.size() < digits) return std::nullopt;
  const std::string_view id = whole.substr(whole.size() - digits);
  const std::string_view before = whole.substr(0, whole.size() - digits);
  if (!std::ranges::all_of(id, is_hex)) return std::nullopt;
  if (before.empty() || before.ends_with(':')) return std::string(id);
  if (before.ends_with('-') && !before.ends_with("conmon-")) return std::string(id);
  return std::nullopt;
}

// systemd writes what a unit's name may not hold as "\x2d" (systemd.unit(5)).
std::string unescape_unit(std::string_view name) {
  std::string text;
  while (!name.empty()) {
    unsigned value = 0;
    if (name.size() >= 4 && name.starts_with("\\x")) {
      const auto [end, error] = std::from_chars(name.data() + 2, name.data() + 4, value, 16);
      if (error == std::errc() && end == name.data() + 4) {
        text += static_cast<char>(value);
        name.remove_prefix(4);
        continue;
      }
    }
    text += name.front();
    name.remove_prefix(1);
  }
  return text;
}

std::optional<std::string> nspawn_name(std::string_view part) {
  if (part.ends_with(".service")) {
    const auto name = after(without_end(part, ".service"), "systemd-nspawn@");
    return name ? std::optional(unescape_unit(*name)) : std::nullopt;
  }
  if (!part.ends_with(".scope")) return std::nullopt;
  const auto name = after(without_end(part, ".scope"), "machine-");
  if (!name) return std::nullopt;
  std::string machine = unescape_unit(*name);
  // libvirt registers virtual machines as well.
  return machine.starts_with("qemu-") ? std::nullopt : std::optional(std::move(machine));
}

// /lxc/NAME before LXC 4, /lxc.payload.NAME or /lxc.payload/NAME since.
std::optional<std::string> lxc_name(std::string_view part, std::string_view above) {
  if (above == "lxc" || above == "lxc.payload") return std::string(part);
  const auto name = after(part, "lxc.payload.");
  return name ? std::optional(std::string(*name)) : std::nullopt;
}

}  // namespace

std::optional<std::string> container_of(std::string_view cgroup) {
  std::vector<std::string_view> parts;
  for (const auto part : std::views::split(cgroup, '/'))
    if (!part.empty()) parts.emplace_back(part.begin(), part.end());
  for (std::size_t i = parts.size(); i-- > 0;) {
    const std::string_view below = i + 1 < parts.size() ? parts[i + 1] : "";
    auto container = id_in(parts[i]);
    if (!container) container = lxc_name(parts[i], i > 0 ? parts[i - 1] : "");
    if (!container && below != "supervisor") container = nspawn_name(parts[i]);
    if (container && !container->empty()) return container;
  }
  return std::nullopt;
}

}  // namespace pinfold::trace

#include "base/user.h"

#include <ranges>
#include <string_view>

#include "base/file.h"
#include "base/number.h"

namespace pinfold {

std::string user_name(uid_t uid) {
  const auto passwd = read_file("/etc/passwd");
  for (const auto line : std::views::split(passwd ? std::string_view(*passwd) : "", '\n')) {
    // name:password:uid:…
    const std::string_view text(line.begin(), line.end());
    const auto name_end = text.find(':');
    if (name_end == std::string_view::npos) continue;
    const auto uid_start = text.find(':', name_end + 1);
    if (uid_start == std::string_view::npos) continue;
    const auto uid_end = text.find(':', uid_start + 1);
    const auto number = parse_number<uid_t>(text.substr(uid_start + 1, uid_end - uid_start - 1));
    if (number && *number == uid) return std::string(text.substr(0, name_end));
  }
  return "uid " + std::to_string(uid);
}

}  // namespace pinfold

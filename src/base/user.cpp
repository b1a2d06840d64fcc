#include "base/user.h"

#include <functional>
#include <ranges>

#include "base/file.h"
#include "base/number.h"

namespace pinfold {
namespace {

struct User {
  std::string_view name;
  uid_t id;
};

// Goes through /etc/passwd until `wanted` says yes to one.
bool find_user(const std::function<bool(const User&)>& wanted) {
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
    if (number && wanted({.name = text.substr(0, name_end), .id = *number})) return true;
  }
  return false;
}

}  // namespace

std::string user_name(uid_t uid) {
  std::string name = "uid " + std::to_string(uid);
  find_user([&](const User& user) {
    if (user.id != uid) return false;
    name = user.name;
    return true;
  });
  return name;
}

std::optional<uid_t> user_id(std::string_view name) {
  std::optional<uid_t> id;
  find_user([&](const User& user) {
    if (user.name == name) id = user.id;
    return id.has_value();
  });
  return id;
}

std::vector<gid_t> groups_of(std::string_view name) {
  std::vector<gid_t> groups;
  const auto file = read_file("/etc/group");
  for (const auto line : std::views::split(file ? std::string_view(*file) : "", '\n')) {
    // name:password:gid:member,member
    std::vector<std::string_view> fields;
    for (const auto field : std::views::split(line, ':'))
      fields.emplace_back(field.begin(), field.end());
    if (fields.size() != 4) continue;
    const auto gid = parse_number<gid_t>(fields[2]);
    for (const auto member : std::views::split(fields[3], ',')) {
      if (gid && std::string_view(member.begin(), member.end()) == name) groups.push_back(*gid);
    }
  }
  return groups;
}

}  // namespace pinfold

// sim --profiles: the facts of the model, and how each is known.

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "commands.h"
#include "console.h"
#include "report.h"
#include "sim_script.h"

namespace pinfold::tool {
namespace {

using model::FactText;
using model::Profile;

std::string padded(std::string_view text, std::size_t width) {
  return std::string(text) + std::string(width - std::min(width, text.size()) + 2, ' ');
}

template <class Text>
std::size_t widest(const std::vector<FactText>& facts, Text text) {
  std::size_t width = 0;
  for (const FactText& fact : facts)
    width = std::max(width, text(fact).size());
  return width;
}

std::string table(const Profile& profile) {
  const auto facts = model::facts_of(profile);
  const std::size_t names = widest(facts, [](const FactText& fact) { return fact.about; });
  const std::size_t values =
      widest(facts, [](const FactText& fact) { return std::string_view(fact.value); });
  constexpr std::size_t marks = std::string_view("emulated").size();
  std::string text = emphasized("Linux " + std::string(profile.name), stdout) + '\n';
  for (const FactText& fact : facts) {
    std::string line = "  " + padded(fact.about, names) + padded(fact.value, values) +
                       padded(model::name(fact.known), marks) + std::string(fact.where);
    line.resize(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

Json json_of(const Profile& profile) {
  Json facts = Json::object();
  for (const FactText& fact : model::facts_of(profile)) {
    facts[std::string(fact.name)] = {
        {"value", fact.value},
        {"known", model::name(fact.known)},
        {"where", fact.where.empty() ? Json(nullptr) : Json(std::string(fact.where))}};
  }
  return {{"kernel", std::string(profile.name)}, {"facts", std::move(facts)}};
}

}  // namespace

int print_profiles(const std::vector<const Profile*>& profiles, bool json) {
  if (json) {
    Json all = Json::array();
    for (const Profile* profile : profiles)
      all.push_back(json_of(*profile));
    std::puts(Json{{"schema_version", 1}, {"profiles", std::move(all)}}.dump().c_str());
    return exit_done;
  }
  for (const Profile* profile : profiles) {
    if (profile != profiles.front()) std::puts("");
    std::fputs(table(*profile).c_str(), stdout);
  }
  return exit_done;
}

}  // namespace pinfold::tool

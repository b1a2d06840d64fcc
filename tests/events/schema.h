// docs/trace.schema.json, as tests hold lines against it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

namespace pinfold::test {

using nlohmann::json;

inline bool has_type(const json& value, const json& type) {
  if (type.is_array()) {
    return std::ranges::any_of(type, [&](const json& one) { return has_type(value, one); });
  }
  if (type == "null") return value.is_null();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "boolean") return value.is_boolean();
  if (type == "array") return value.is_array();
  return type == "object" && value.is_object();
}

/// What a rule of the schema says of a line. Of JSON Schema this knows what the file uses.
class Validator {
 public:
  explicit Validator(const json& root) : root_(root) {}

  // `path` is that of the rule; those that were used are remembered.
  void check(const json& value, const json& rule, const std::string& path) {
    if (!value.is_null()) used_.insert(path);
    if (rule.contains("$ref")) {
      const std::string name = rule["$ref"].get<std::string>().substr(8);  // "#/$defs/"
      check(value, root_["$defs"][name], path);
    }
    if (rule.contains("const")) expect(value == rule["const"], value, path);
    if (rule.contains("type")) expect(has_type(value, rule["type"]), value, path);
    if (rule.contains("enum")) {
      expect(std::ranges::find(rule["enum"], value) != rule["enum"].end(), value, path);
    }
    if (rule.contains("pattern") && value.is_string()) {
      const std::regex pattern(rule["pattern"].get<std::string>());
      expect(std::regex_match(value.get<std::string>(), pattern), value, path);
    }
    if (value.is_number() && rule.contains("minimum"))
      expect(value >= rule["minimum"], value, path);
    if (value.is_number() && rule.contains("maximum"))
      expect(value <= rule["maximum"], value, path);
    if (value.is_array() && rule.contains("items")) {
      for (const json& item : value)
        check(item, rule["items"], path + "[]");
    }
    if (value.is_object()) members(value, rule, path);
  }

  // Whatever the schema describes, all keys below `rule`.
  void described(const json& rule, const std::string& path, std::set<std::string>& all) {
    if (rule.contains("$ref")) {
      described(root_["$defs"][rule["$ref"].get<std::string>().substr(8)], path, all);
    }
    if (rule.contains("items")) described(rule["items"], path + "[]", all);
    if (!rule.contains("properties")) return;
    for (const auto& [key, property] : rule["properties"].items()) {
      const std::string below = path + '.' + key;
      all.insert(below);
      EXPECT_TRUE(property.contains("description")) << below;
      EXPECT_TRUE(property.contains("x-origin")) << below;
      for (const json& origin : property.value("x-origin", json::array()))
        EXPECT_TRUE((std::set<json>{"K", "U", "TOCTOU", "OPT", "P"}.contains(origin))) << below;
      described(property, below, all);
    }
  }

  [[nodiscard]] const std::set<std::string>& used() const { return used_; }

 private:
  static void expect(bool holds, const json& value, const std::string& path) {
    EXPECT_TRUE(holds) << path << ": " << value;
  }

  void members(const json& value, const json& rule, const std::string& path) {
    if (!rule.contains("properties")) return;
    EXPECT_EQ(rule["additionalProperties"], false) << path;
    for (const json& key : rule["required"])
      EXPECT_TRUE(value.contains(key)) << path << " lacks " << key;
    EXPECT_EQ(rule["required"].size(), rule["properties"].size()) << path;
    for (const auto& [key, member] : value.items()) {
      ASSERT_TRUE(rule["properties"].contains(key)) << path << " does not describe " << key;
      check(member, rule["properties"][key], path + '.' + key);
    }
  }

  const json& root_;
  std::set<std::string> used_;
};

}  // namespace pinfold::test

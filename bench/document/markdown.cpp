#include "document/markdown.h"

#include "base/terminal_text.h"

namespace pinfold::bench {
namespace {

std::string table_line(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells)
    line += ' ' + cell + " |";
  return line + '\n';
}

}  // namespace

std::string markdown_text(std::string_view text) {
  std::string escaped;
  for (const char c : safe_text(text)) {
    if (std::string_view(R"(\`*_[]<>|~&#)").contains(c)) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string markdown_table(const std::vector<std::string>& head,
                           const std::vector<std::vector<std::string>>& rows) {
  std::string table;
  std::vector<std::string> names;
  std::vector<std::string> lines;
  for (const std::string& name : head) {
    const bool is_right = name.starts_with(' ');
    names.push_back(is_right ? name.substr(1) : name);
    lines.emplace_back(is_right ? "---:" : "---");
  }
  table += table_line(names) + table_line(lines);
  for (const auto& row : rows)
    table += table_line(row);
  return table;
}

}  // namespace pinfold::bench

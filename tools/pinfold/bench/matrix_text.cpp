#include "bench/matrix_text.h"

#include <algorithm>
#include <array>

#include "base/terminal_text.h"
#include "bench/heat_groups.h"
#include "paragraph.h"

namespace pinfold::tool {
namespace {

constexpr std::size_t widest_matrix = 16;  // more do not fit into 80 columns
constexpr std::size_t head_width = 6;

std::string right(std::string_view text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + std::string(text);
}

std::string left(std::string_view text, std::size_t width) {
  return std::string(text) + std::string(width - std::min(width, text.size()), ' ');
}

// A square of numbers with its heads.
struct Square {
  std::vector<std::string> heads = {};
  std::vector<std::vector<std::string>> cells = {};
  std::vector<bool> begins =
      {};  // whether a row begins something new: a line is left out before it
};

std::string draw(const Square& square) {
  std::size_t head = head_width;
  std::size_t column = 5;
  for (const std::string& name : square.heads) {
    head = std::max(head, name.size());
    column = std::max(column, name.size() + 1);
  }
  constexpr std::size_t all = 80;
  column = std::min(column, std::max<std::size_t>((all - head) / square.heads.size(), 4));
  std::string text(head, ' ');
  for (const std::string& name : square.heads)
    text += right(name, column);
  text += '\n';
  for (std::size_t row = 0; row < square.cells.size(); ++row) {
    if (square.begins[row]) text += '\n';
    text += right(square.heads[row], head);
    for (const std::string& cell : square.cells[row])
      text += right(cell, column);
    text += '\n';
  }
  return text;
}

std::string cell_text(const std::optional<double>& ns, std::size_t columns) {
  if (!ns) return "-";
  constexpr std::size_t wide = 12;
  return columns > wide ? short_ns_text(*ns) : ns_text(*ns);
}

Square pairs_square(const MatrixReport& report) {
  const measure::Matrix& matrix = report.matrix;
  const auto levels = heat_levels(report.machine, matrix);
  Square square;
  for (std::size_t a = 0; a < matrix.size(); ++a) {
    square.heads.push_back(std::to_string(matrix.cpus()[a].value()));
    square.begins.push_back(a > 0 && !levels.empty() && levels.front().begins(a));
    std::vector<std::string>& row = square.cells.emplace_back();
    for (std::size_t b = 0; b < matrix.size(); ++b) {
      if (a == b) {
        row.emplace_back(".");
        continue;
      }
      const auto& latency = matrix.at(a, b).one_way_ns;
      row.push_back(
          cell_text(latency ? std::optional(latency->median) : std::nullopt, matrix.size()));
    }
  }
  return square;
}

Square blocks_square(const measure::BlockLatencies& blocks) {
  Square square;
  const std::size_t count = blocks.objects.size();
  for (std::size_t a = 0; a < count; ++a) {
    const std::string number = std::to_string(blocks.objects[a]);
    square.heads.push_back(count > widest_matrix / 2 ? number
                                                     : name(blocks.level) + (':' + number));
    square.begins.push_back(false);
    std::vector<std::string>& row = square.cells.emplace_back();
    for (std::size_t b = 0; b < count; ++b)
      row.push_back(cell_text(blocks.median_ns[a][b], count));
  }
  return square;
}

std::string count_of_pairs(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " pair" : " pairs");
}

std::string kinds_text(const std::vector<measure::SharingLatency>& kinds) {
  std::string text;
  for (const measure::SharingLatency& kind : kinds) {
    const measure::Spread& ns = kind.one_way_ns;
    text += left(name_of(kind.sharing), 14);
    if (ns.count == 0) {
      text += right("-", 6) + "     no number for any of " + count_of_pairs(kind.unknown) + '\n';
      continue;
    }
    text += right(ns_text(ns.median), 6) + " ns";
    text += "  " + ns_text(ns.least) + " to " + ns_text(ns.most) + ", " + count_of_pairs(ns.count);
    if (kind.unknown > 0) text += ", " + std::to_string(kind.unknown) + " without a number";
    text += '\n';
  }
  return text;
}

std::string refusals_text(const measure::Matrix& matrix) {
  constexpr std::size_t most = 8;
  const auto refused = refused_pairs(matrix);
  std::string text;
  for (std::size_t i = 0; i < std::min(most, refused.size()); ++i) {
    text +=
        paragraph("no number for " + pairs_text(refused[i]) + ": " + safe_text(refused[i].reason));
  }
  if (refused.size() > most)
    text += "and " + std::to_string(refused.size() - most) + " more reasons: --json has them\n";
  return text;
}

// RFC 4180
std::string quoted(std::string_view text) {
  std::string csv = "\"";
  for (const char c : text) {
    if (c == '"') csv += '"';
    csv += c;
  }
  return csv + '"';
}

}  // namespace

std::string matrix_text(const MatrixReport& report) {
  const measure::Matrix& matrix = report.matrix;
  std::string text = paragraph(
      "Latency from core to core in nanoseconds, one way: half of what a cache line takes there "
      "and back when two CPUs write it in turn. Medians of " +
      std::to_string(report.samples) + " samples of " + std::to_string(report.rounds) +
      " round trips.");
  text += '\n';
  if (matrix.size() <= widest_matrix) {
    text += draw(pairs_square(report)) + '\n';
  } else if (const auto blocks = measure::by_block(report.machine, matrix, widest_matrix)) {
    text += paragraph("Between CPUs of each " + std::string(name(blocks->level)) +
                      " (median of all pairs; --svg and --csv have each pair):");
    text += draw(blocks_square(*blocks)) + '\n';
  }
  const auto kinds = measure::by_sharing(report.machine, matrix);
  text += kinds_text(kinds);
  if (const std::string words = conclusion(kinds); !words.empty()) text += '\n' + paragraph(words);
  const std::string refusals = refusals_text(matrix);
  if (!refusals.empty()) text += '\n' + refusals;
  if (!report.doubts.empty()) text += '\n';
  for (const measure::Doubt& doubt : report.doubts)
    text += paragraph(safe_text(doubt.text), "note: ");
  return text;
}

std::string matrix_csv(const MatrixReport& report) {
  const measure::Matrix& matrix = report.matrix;
  const measure::Sharings sharings(report.machine);
  std::string csv = "cpu_a,cpu_b,sharing,one_way_ns,low_ns,high_ns,samples,reason\n";
  for (std::size_t a = 0; a < matrix.size(); ++a) {
    for (std::size_t b = a + 1; b < matrix.size(); ++b) {
      const CpuId first = matrix.cpus()[a];
      const CpuId second = matrix.cpus()[b];
      csv += std::to_string(first.value()) + ',' + std::to_string(second.value()) + ',' +
             name_of(sharings.of(first, second)) + ',';
      const measure::MatrixCell& cell = matrix.at(a, b);
      if (cell.one_way_ns) {
        csv += ns_text(cell.one_way_ns->median) + ',' + ns_text(cell.one_way_ns->low) + ',' +
               ns_text(cell.one_way_ns->high) + ',' + std::to_string(cell.one_way_ns->count) + ',';
      } else {
        csv += ",,,," + quoted(safe_text(cell.reason));
      }
      csv += '\n';
    }
  }
  return csv;
}

}  // namespace pinfold::tool

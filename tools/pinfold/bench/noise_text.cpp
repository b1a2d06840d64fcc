#include "bench/noise_text.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/terminal_text.h"
#include "paragraph.h"

namespace pinfold::tool {
namespace {

using measure::Gaps;
using measure::Noise;

constexpr std::size_t columns = 11;
using Line = std::array<std::string, columns>;

constexpr std::array<const char*, Gaps::decades> decade_heads = {
    "<1us", "<10us", "<100us", "<1ms", "<10ms", "<100ms", "longer"};

std::string fixed(double number, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, number);
  return text.data();
}

std::string percent(double share) {
  const double hundred = share * 100;
  return fixed(hundred, hundred < 0.095 ? 3 : hundred < 9.95 ? 2 : 1) + " %";
}

Line line_of(const Noise& noise) {
  Line line;
  line[0] = std::to_string(noise.cpu.value());
  if (!noise.heard) {
    std::fill(line.begin() + 1, line.end(), "-");
    return line;
  }
  const Gaps& gaps = noise.heard->gaps;
  line[1] = percent(gaps.lost());
  line[2] = gaps.count == 0 ? "-" : duration_text(static_cast<double>(gaps.largest_ns));
  line[3] = std::to_string(gaps.count);
  for (std::size_t decade = 0; decade < Gaps::decades; ++decade) {
    const std::uint64_t count = gaps.by_decade.at(decade);
    line.at(4 + decade) = count == 0 ? "." : std::to_string(count);
  }
  return line;
}

// Columns of which every line has something to say.
std::string table(const NoiseReport& report) {
  std::vector<Line> lines = {{"CPU", "LOST", "LARGEST", "GAPS"}};
  std::ranges::copy(decade_heads, lines.front().begin() + 4);
  for (const Noise& noise : report.cpus)
    lines.push_back(line_of(noise));
  std::string text;
  std::array<std::size_t, columns> widths{};
  for (std::size_t column = 0; column < columns; ++column) {
    bool is_told = column < 4;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string& cell = lines[i].at(column);
      widths.at(column) = std::max(widths.at(column), cell.size());
      is_told = is_told || (i > 0 && cell != "." && cell != "-");
    }
    if (!is_told) widths.at(column) = 0;
  }
  for (const Line& line : lines) {
    for (std::size_t column = 0; column < columns; ++column) {
      if (widths.at(column) == 0) continue;
      if (column > 0) text += "  ";
      text.append(widths.at(column) - line.at(column).size(), ' ').append(line.at(column));
    }
    text += '\n';
  }
  return text;
}

std::string interrupts_text(const Noise& noise) {
  constexpr std::size_t most = 4;
  const auto& interrupts = noise.heard->interrupts;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, interrupts.size()); ++i) {
    const auto& [line, name, count] = interrupts[i];
    text += (i > 0 ? ", " : "") + std::to_string(count) + ' ' + safe_text(name) + " (" +
            safe_text(line) + ')';
  }
  if (interrupts.size() > most) text += " and others";
  return text.empty() ? "none" : text;
}

std::string cpu_name(const Noise& noise, const NoiseReport& report) {
  std::string text = "CPU " + std::to_string(noise.cpu.value());
  const bool isolated = report.isolated.contains(noise.cpu);
  const bool nohz = report.nohz_full.contains(noise.cpu);
  if (isolated || nohz)
    text += std::string(" (") + (isolated ? "isolated" : "") + (isolated && nohz ? ", " : "") +
            (nohz ? "nohz_full" : "") + ')';
  return text;
}

std::string sentence(const Noise& noise, const NoiseReport& report) {
  const Gaps& gaps = noise.heard->gaps;
  std::string text = cpu_name(noise, report) + " lost " + percent(gaps.lost()) + " of its time";
  if (gaps.count == 0) return text + ": there was no gap.";
  text += ", the largest gap was " + duration_text(static_cast<double>(gaps.largest_ns)) +
          (gaps.largest_is_task ? " (another task ran)"
                                : " (no other task: an interrupt, or what is below the kernel)");
  if (noise.heard->preempted > 0) {
    text += "; other tasks came in between " + std::to_string(noise.heard->preempted) +
            (noise.heard->preempted == 1 ? " time" : " times") + " and had " +
            percent(gaps.lost_to_tasks()) + " of the time";
  }
  if (noise.heard->stolen_ns > 0)
    text += "; the host took " + duration_text(static_cast<double>(noise.heard->stolen_ns));
  return text + '.';
}

// All of a few CPUs; of many the quietest and the noisiest.
std::string conclusion(const NoiseReport& report) {
  std::vector<const Noise*> known;
  for (const Noise& noise : report.cpus) {
    if (noise.heard) known.push_back(&noise);
  }
  constexpr std::size_t few = 4;
  if (known.size() > few) {
    std::ranges::stable_sort(known, {}, [](const Noise* one) { return one->heard->gaps.lost(); });
    return paragraph("The quietest: " + sentence(*known.front(), report)) +
           paragraph("The noisiest: " + sentence(*known.back(), report));
  }
  std::string text;
  for (const Noise* noise : known)
    text += paragraph(sentence(*noise, report));
  return text;
}

}  // namespace

std::string duration_text(double ns) {
  if (ns < 1e3) return fixed(ns, 0) + " ns";
  if (ns < 9.95e3) return fixed(ns / 1e3, 1) + " us";
  if (ns < 999.5e3) return fixed(ns / 1e3, 0) + " us";
  if (ns < 9.95e6) return fixed(ns / 1e6, 1) + " ms";
  if (ns < 999.5e6) return fixed(ns / 1e6, 0) + " ms";
  return fixed(ns / 1e9, 2) + " s";
}

std::string noise_text(const NoiseReport& report) {
  std::string text =
      paragraph("A thread pinned to each CPU in turn read the clock for " +
                duration_text(static_cast<double>(report.options.duration_ns)) +
                " and did nothing else. A gap is a time between two readings that is longer than " +
                duration_text(static_cast<double>(report.options.threshold_ns)) +
                ": the CPU was not the thread's.");
  text += '\n' + table(report) + '\n';
  for (const Noise& noise : report.cpus) {
    const std::string cpu = "CPU " + std::to_string(noise.cpu.value());
    text += noise.heard ? paragraph(interrupts_text(noise), cpu + " interrupts: ")
                        : paragraph(safe_text(noise.reason), cpu + ": no number: ");
  }
  if (const std::string words = conclusion(report); !words.empty()) text += '\n' + words;
  if (!report.doubts.empty()) text += '\n';
  for (const measure::Doubt& doubt : report.doubts)
    text += paragraph(doubt.text, "note: ");
  return text;
}

}  // namespace pinfold::tool

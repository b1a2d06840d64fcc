#include "sample.h"

namespace pinfold::test {

bench::Line ratio_line(const std::string& name, double ratio, std::optional<double> reach) {
  return {.name = name,
          .measured = {.ours = 100 * ratio,
                       .theirs = 100,
                       .ratio = ratio,
                       .quarter = ratio * 0.9,
                       .three_quarters = ratio * 1.1},
          .reach = reach,
          .unit = "ns"};
}

bench::Line alone_line(const std::string& name, double amount, const std::string& unit,
                       std::optional<double> reach) {
  return {
      .name = name,
      .stands = bench::Stands::alone,
      .measured = {.ours = amount, .ratio = amount, .quarter = amount, .three_quarters = amount},
      .reach = reach,
      .unit = unit};
}

bench::Run sample_run(std::vector<bench::Line> lines, std::vector<bench::Skipped> skipped) {
  return {.conditions = {.date = "2026-11-28",
                         .commit = "23487cf",
                         .machine = "Abacus, 2 CPUs, 24 GiB",
                         .kernel = "Linux 6.18.5 x86_64",
                         .compiler = "GCC 14.2.0",
                         .peers = "hwloc 2.12.0",
                         .load = 0.5,
                         .stolen = 0.1},
          .lines = std::move(lines),
          .skipped = std::move(skipped)};
}

bench::Results sample(std::vector<bench::Line> lines, std::vector<bench::Skipped> skipped) {
  const bench::Run run = sample_run(std::move(lines), std::move(skipped));
  return bench::merge({&run, 1});
}

}  // namespace pinfold::test

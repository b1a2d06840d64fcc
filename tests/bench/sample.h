// Results that nobody has measured.
#pragma once

#include <optional>
#include <string>

#include "document/results.h"

namespace pinfold::test {

/// A ratio of that size, between times of which theirs is 100 ns.
bench::Line ratio_line(const std::string& name, double ratio, std::optional<double> reach = {});

/// A time or a count without a peer.
bench::Line alone_line(const std::string& name, double amount, const std::string& unit,
                       std::optional<double> reach = {});

/// A run of these rows on a machine that does not exist.
bench::Run sample_run(std::vector<bench::Line> lines, std::vector<bench::Skipped> skipped = {});

/// The same as results.
bench::Results sample(std::vector<bench::Line> lines, std::vector<bench::Skipped> skipped = {});

}  // namespace pinfold::test

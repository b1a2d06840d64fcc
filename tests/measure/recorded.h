// What bench matrix --json has written on machines of 2, 16 and 128 CPUs.
#pragma once

#include <string>

#include "bench/matrix_report.h"

namespace pinfold::test {

/// The file's text.
std::string recorded_json(unsigned cpus);
tool::MatrixReport recorded(unsigned cpus);

}  // namespace pinfold::test

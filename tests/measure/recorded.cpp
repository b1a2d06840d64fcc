#include "recorded.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "bench/matrix_json.h"
#include "support/program.h"

namespace pinfold::test {

std::string recorded_json(unsigned cpus) {
  const std::string path = RECORDED "/" + std::to_string(cpus) + ".json";
  if (const std::ifstream file(path); file) {
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  return run({"bzip2", "-dc", path + ".bz2"}).out;
}

tool::MatrixReport recorded(unsigned cpus) {
  auto report = tool::parse_matrix(recorded_json(cpus));
  if (!report) throw std::runtime_error(message(report.error()));
  return std::move(*report);
}

}  // namespace pinfold::test

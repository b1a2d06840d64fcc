#include "trace/trace_fixture.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <sstream>

#include <pinfold/cpu_list.h>

#include "support/program.h"

namespace pinfold::test {
namespace {

std::vector<std::string> of_case(const std::string& name, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), case_path(name));
  return arguments;
}

}  // namespace

std::string case_path(const std::string& name) {
  return std::string(PINFOLD_TRACE_CASES) + '/' + name;
}

Calls::Calls(std::vector<std::string> arguments)
    : child_(of_case("calls", std::move(arguments)), {.keep_input = true}) {
  std::istringstream(child_.line("call ")) >> actor >> target >> result >> address;
  std::istringstream(child_.out().starts_with("site ") ? child_.line("site ") : "") >> site;
  made = actor != 0;
}

std::string hex(std::uint64_t number) {
  std::ostringstream text;
  text << "0x" << std::hex << number;
  return text.str();
}

std::vector<std::vector<std::string>> said(const Output& output, const std::string& name) {
  std::vector<std::vector<std::string>> found;
  std::istringstream lines(output.out);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first;
    if (!(words >> first) || first != name) continue;
    auto& values = found.emplace_back();
    for (std::string word; words >> word;)
      values.push_back(word);
  }
  return found;
}

Output run_case(const std::string& name, std::vector<std::string> arguments,
                std::chrono::seconds patience) {
  return run_child(of_case(name, std::move(arguments)), {.patience = patience});
}

TraceTest::TraceTest() : own(mask_of(0)) {
  if (own.count() < 2) return;
  only_a = {*own.first()};
  only_b = {*(own - only_a).first()};
  a = to_cpu_list(only_a);
  b = to_cpu_list(only_b);
  ab = to_cpu_list(only_a | only_b);
}

void TraceTest::SetUp() {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  if (own.count() < 2) GTEST_SKIP() << "needs two CPUs";
  static const Json start = Tracer().start();
  if (start.value("sampled", false)) GTEST_SKIP() << "no BPF here: " << start["legs"];
}

TraceTest::Told TraceTest::tell(const std::vector<std::string>& arguments,
                                const std::vector<std::string>& options) {
  Tracer tracer(options);
  const Calls calls(arguments);
  Told told{.actor = calls.actor,
            .target = calls.target,
            .result = calls.result,
            .address = calls.address};
  told.trace = tracer.stop();
  told.sets = told.trace.sets_by(told.actor);
  for (const Json& event : told.trace.events("get"))
    if (event["actor"]["tid"] == told.actor) told.gets.push_back(event);
  return told;
}

}  // namespace pinfold::test

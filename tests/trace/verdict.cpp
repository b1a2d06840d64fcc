#include "trace/verdict.h"

#include "trace/trace_fixture.h"

namespace pinfold::test {
namespace {

// As in tests/trace/cases/case.h.
constexpr std::uint64_t first_length = 4096;

bool is_of(const Json& event, pid_t caller, pid_t target) {
  return event["event"] == "set" && event["actor"].is_object() && event["target"].is_object() &&
         event["actor"]["tid"] == caller && event["target"]["tid"] == target &&
         event["arguments"].is_object();
}

}  // namespace

Verdict judge(const Trace& trace, pid_t caller, pid_t target,
              const std::function<std::string(std::uint64_t)>& truth) {
  Verdict verdict;
  const auto see = [&](const Json& event) {
    if (!is_of(event, caller, target)) return;
    const auto length = event["arguments"]["cpusetsize"].get<std::uint64_t>();
    if (length < first_length) return;  // it had only placed itself
    const std::string asked = truth(length - first_length);
    const Json& kernel = event["kernel_request"];
    verdict.untrue += kernel.is_string() && kernel != asked ? 1U : 0U;
    const std::uint64_t count = event["count"];
    if (event["trusted"] != true) {
      verdict.untrusted += count;
      return;
    }
    verdict.trusted += 1;
    verdict.untrusted += count - 1;  // of those before the last one nothing is said
    if (event["request"] == asked) return;
    ++verdict.wrong;
    verdict.example = event.dump() + "\nwhile it had asked for " + asked;
  };
  trace.each(see, "\"tid\":" + std::to_string(caller));
  return verdict;
}

std::optional<Verdict> judge_overtaken(Tracer& tracer, const char* milliseconds) {
  const Output output = run_case("overtaken", {milliseconds});
  const auto number = [&](const char* name) { return std::stoi(said(output, name).at(0).at(0)); };
  const Trace trace = tracer.stop();
  if (number("overtaken") == 0) return std::nullopt;
  const auto cpus = said(output, "cpus").at(0);
  return judge(trace, number("caller"), number("target"),
               [&](std::uint64_t call) { return cpus.at(call % 2); });
}

}  // namespace pinfold::test

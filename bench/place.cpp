// Places and plans on machines that are read already.

#include <string>

#include <pinfold/machine.h>
#include <pinfold/place.h>
#include <pinfold/plan.h>

#include "command.h"
#include "document/numbers.h"
#include "groups.h"
#include "shape.h"

namespace pinfold::bench {
namespace {

constexpr Method method = {.rounds = 51, .warm_up = 3};

void places(Report& report, const Machine& machine, const std::string& size) {
  for (const char* text : {"0-3", "all,~smt", "node:0,~smt", "package:all.core:0-3.pu:0"}) {
    // A machine of two CPUs has neither 0-3 nor core:3.
    if (const auto there = resolve(text, machine); !there) continue;
    report.time({"place: " + size + ", " + text,
                 {},
                 [&machine, text](std::size_t times) {
                   while (times-- > 0) {
                     auto cpus = resolve(text, machine);
                     touch(cpus);
                     if (!cpus) return false;
                   }
                   return true;
                 },
                 method});
  }
}

void plans(Report& report, const Machine& machine, unsigned workers, const std::string& size) {
  for (const Policy policy : {Policy::compact, Policy::spread, Policy::core, Policy::l3,
                              Policy::node, Policy::package, Policy::pu}) {
    const PlanOptions options{.workers = workers, .policy = policy};
    // There are not as many cores as CPUs.
    if (const auto slots = plan(machine, options); !slots) continue;
    report.time({"plan: " + with_commas(workers) + " on " + size + ", " + name(policy),
                 {},
                 [&machine, options](std::size_t times) {
                   while (times-- > 0) {
                     auto slots = plan(machine, options);
                     touch(slots);
                     if (!slots) return false;
                   }
                   return true;
                 },
                 method});
  }
}

}  // namespace

void measure_place(Report& report) {
  for (const Shape& shape : shapes) {
    const auto machine = Machine::open(description(shape));
    if (!machine) continue;
    const std::string size = with_commas(shape.cpus()) + " CPUs";
    places(report, *machine, size);
    if (shape.cpus() == 512) plans(report, *machine, 64, size);
    if (shape.cpus() == 4'096) plans(report, *machine, 4'096, size);
  }
}

}  // namespace pinfold::bench

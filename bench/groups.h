// What is measured, by what is measured.
#pragma once

#include "report.h"

namespace pinfold::bench {

void measure_launch(Report& report);   ///< `pinfold run` and other launchers
void measure_pin(Report& report);      ///< the calling thread, through the library
void measure_process(Report& report);  ///< all threads of a process, all threads of the system
void measure_cpuset(Report& report);   ///< algebra and text of CpuSet
void measure_history(Report& report);  ///< what changed, kept and asked
void measure_machine(Report& report);  ///< reading a machine
void measure_model(Report& report);    ///< the modelled kernel
void measure_place(Report& report);    ///< places and plans on a machine
void measure_sim(Report& report);      ///< programs in a simulated machine
void measure_trace(Report& report);    ///< calls that are traced

}  // namespace pinfold::bench

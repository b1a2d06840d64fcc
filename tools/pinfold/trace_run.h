// Tracing, once it is clear what.
#pragma once

#include "pinfold/ids.h"
#include "trace/tracer.h"
#include "trace_child.h"
#include "trace_files.h"

namespace pinfold::tool {

enum class TraceFormat {
  text,
  json,
  tracee,
  none  ///< what is written to files only
};

struct TraceRun {
  trace::TracerOptions options;
  TraceFormat format = TraceFormat::text;
  TraceFileNames files;
  bool strict = false;       ///< exit 1 where anything was lost
  bool only_probe = false;   ///< say what would be chosen
  char** command = nullptr;  ///< to run and watch; nothing: until a signal ends it
  AsRoot as_root = AsRoot::no;
};

/// Returns the exit code: the command's, where there is one.
int run_trace(TraceRun run);

}  // namespace pinfold::tool

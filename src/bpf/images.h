// The objects of bpf/ that this build has.
#pragma once

#include "bpf/image.h"

namespace pinfold::bpf {

/// bpf/tasks.bpf.c, and where its parts are.
struct TasksImage {
  Image image;
  std::size_t question = 0;  ///< the map
  std::size_t tasks = 0;     ///< the program
};

/// bpf/calls.bpf.c in one of the ways to attach it.
struct CallsImage {
  Image image;
  std::size_t constants = 0;  ///< maps
  std::size_t ring = 0;
  std::size_t counts = 0;
  std::size_t wanted = 0;
  std::size_t touched = 0;
  std::size_t rates = 0;
  std::size_t calls = 0;  ///< programs
  std::size_t forks = 0;
  std::size_t execs = 0;
  std::size_t renames = 0;
  std::size_t exits = 0;
  std::size_t moves = 0;
  std::size_t hotplugs = 0;
};
enum class CallsWay {
  vpid,        ///< tp_btf; the kernel finds tasks by the caller's numbers (Linux 6.14)
  btf,         ///< tp_btf
  raw,         ///< raw_tp
  tracepoint,  ///< the tracepoint of the call alone, the rest raw_tp
};

/// bpf/commits.bpf.c in one of its two ways.
struct CommitsImage {
  Image image;
  std::size_t constants = 0;
  std::size_t ring = 0;
  std::size_t counts = 0;
};
enum class CommitsWay {
  context,  ///< since Linux 6.2
  flags,
};

/// bpf/runs.bpf.c.
struct RunsImage {
  Image image;
  std::size_t constants = 0;
  std::size_t ring = 0;
  std::size_t counts = 0;
  std::size_t wanted = 0;
  std::size_t switches = 0;
  std::size_t cuts = 0;
  std::size_t forks = 0;
  std::size_t frees = 0;
};

/// Kind `unsupported` where programs were left out of the build.
Result<TasksImage> tasks_image();
Result<CallsImage> calls_image(CallsWay way);
Result<CommitsImage> commits_image(CommitsWay way);
Result<RunsImage> runs_image();

}  // namespace pinfold::bpf

// Where threads run: bpf/runs.bpf.c, and what it has told.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <pinfold/ids.h>
#include <pinfold/result.h>

#include "base/fd.h"
#include "bpf/images.h"
#include "bpf/ring.h"
#include "events/life.h"
#include "trace/memory.h"
#include "trace/probes.h"
#include "trace_record.h"

namespace pinfold::trace {

class Runs {
 public:
  /// Puts the programs in place. Of the filter only its targets count: where there are none, all
  /// threads but the kernel's. `possible`: the CPUs that there can be, ascending. Needs what Probes
  /// need.
  static Result<Runs> open(const ProbeOptions& options, std::vector<CpuId> possible);

  /// From here on everything is told, of what runs at this moment what is left of it.
  Result<void> begin(Moment now);

  /// To this moment; what has been told can still be taken.
  void stop();

  /// Tells what has ended since, and what was lost of it.
  Result<void> drain(Moment now, const std::function<Time(Moment)>& time, const LifeSink& tell);

  [[nodiscard]] std::size_t backlog() const { return ring_.backlog(); }
  /// Readable when much is to be taken; what is little waits.
  [[nodiscard]] int descriptor() const { return loaded_.maps[image_.ring].get(); }

 private:
  struct Cpu {
    std::uint64_t lost = 0;
    Moment last{};  // that one was told of
  };
  Runs(bpf::Loaded loaded, const bpf::RunsImage& image, bpf::Ring ring,
       std::vector<CpuId> possible);

  Result<void> attach(bool follow);
  void cut();
  [[nodiscard]] Result<std::vector<trace_counts>> counts() const;
  std::optional<RunsLost> lose(CpuId cpu, std::uint64_t count, Moment until,
                               const std::function<Time(Moment)>& time);

  bpf::Loaded loaded_;
  bpf::RunsImage image_;
  bpf::Ring ring_;
  std::vector<Fd> attached_;
  std::vector<CpuId> possible_;
  std::vector<Cpu> cpus_;  // by number
  Moment began_{};
};

}  // namespace pinfold::trace

// The tracer with programs in the kernel.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "trace/losses.h"
#include "trace/merger.h"
#include "trace/runs.h"
#include "trace/tracer.h"
#include "trace/watches.h"

namespace pinfold::trace {

class ProbeTracer final : public Tracer {
 public:
  static Result<std::unique_ptr<Tracer>> open(Kernel& kernel, const TracerOptions& options,
                                              const SystemCpus& cpus, Sink sink);

  [[nodiscard]] StartEvent about() const override;
  Result<void> start() override;
  [[nodiscard]] int descriptor() const override { return queue_.get(); }
  [[nodiscard]] Clock::Duration pause() const override;
  Result<void> turn() override;
  Result<EndEvent> stop() override;

 private:
  ProbeTracer(Kernel& kernel, const StreamOptions& options, Wanted wanted, Sink sink);

  Result<void> open_runs(const TracerOptions& options, unsigned cpu_ids);
  Result<void> wait_on(int descriptor, std::uint32_t events);
  void read_clock();
  enum class Upto {
    settled,  ///< what came after a record is known, for a while
    now
  };
  Result<void> drain(Upto upto = Upto::settled);
  void read_rings();
  void take_records(Upto upto);
  void take(const Record& record);
  Result<void> drain_runs();
  void include_followed(const std::vector<TaskMasks>& everybody);
  void look_at_triggers();
  void look_at_moved();
  Result<void> snapshot(const std::string& reason);
  Result<void> confirm(Moment before);
  void take(const LostEvent& lost);
  void tell_suppressed();
  [[nodiscard]] Time time(Moment moment) const;

  Kernel& kernel_;
  RecordShape shape_;
  std::vector<CpuId> possible_;
  Stream stream_;
  std::optional<Probes> probes_;
  std::optional<Runs> runs_;
  std::optional<Leg> runs_leg_;
  LifeSink lives_;
  bool follows_ = false;  // children of the filter's tasks pass it as well
  std::optional<Watches> watches_;
  Fd queue_;  // epoll
  Losses call_losses_;
  Losses commit_losses_;
  Merger merger_;
  // Records of both rings, in the order of their times, until they are taken.
  struct Place {
    std::uint64_t time = 0;
    std::size_t from = 0;
    std::size_t length = 0;
  };
  std::vector<unsigned char> kept_;
  std::vector<Place> places_;
  Moment started_{};
  Moment last_record_{};
  Moment last_second_{};
  Moment snapshot_ended_{};
  Clock::Duration snapshot_took_{};
  // What snapshots have found: an event of it may still be on its way.
  struct Found {
    Moment began{};
    std::vector<Change> changes;
  };
  std::deque<Found> found_;
  std::optional<Error> no_snapshots_;
  std::optional<Moment> due_;  // a snapshot, not before
  std::string due_reason_;
  std::optional<Moment> due_again_;  // CPUs that go change cpusets a while later
};

}  // namespace pinfold::trace

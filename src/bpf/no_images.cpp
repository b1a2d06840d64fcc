// In place of images.cpp, where there was nothing to make programs with.
#include "bpf/images.h"

namespace pinfold::bpf {

namespace {

std::unexpected<Error> left_out() {
  return fail({.kind = ErrorKind::unsupported,
               .text = "BPF",
               .reason = "this pinfold was built without it"});
}

}  // namespace

Result<TasksImage> tasks_image() { return left_out(); }
Result<CallsImage> calls_image(CallsWay /*way*/) { return left_out(); }
Result<CommitsImage> commits_image(CommitsWay /*way*/) { return left_out(); }
Result<RunsImage> runs_image() { return left_out(); }

}  // namespace pinfold::bpf

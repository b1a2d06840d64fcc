// The tracer without programs in the kernel.
#pragma once

#include <memory>
#include <string>

#include "trace/tracer.h"

namespace pinfold::trace {

/// `reason`: why it is this one.
Result<std::unique_ptr<Tracer>> open_sampled_tracer(Kernel& kernel, const TracerOptions& options,
                                                    const std::string& reason, Sink sink);

}  // namespace pinfold::trace

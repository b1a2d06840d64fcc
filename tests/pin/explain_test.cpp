#include "pin/explain.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "support/fake_kernel.h"
#include "support/program.h"

namespace pinfold {
namespace {

using test::cpus;
using test::FakeKernel;

class ExplainTest : public testing::Test {
 protected:
  FakeKernel kernel_{cpus("0-3")};
  test::FakeTask& task_ = kernel_.add(50, 50, cpus("0-3"));

  Error refusal(int number, const char* asked = "1") {
    return explain_refusal(kernel_, Tid(50), cpus(asked), number);
  }
};

TEST_F(ExplainTest, AnotherUsersTask) {
  kernel_.own = {.real = 1000, .effective = 1000};
  kernel_.others = {.real = 0, .effective = 0};
  const Error error = refusal(EPERM);
  EXPECT_EQ(error.kind, ErrorKind::permission);
  EXPECT_EQ(error.owner, "root");
  EXPECT_EQ(error.number, EPERM);
}

TEST_F(ExplainTest, OneThatHoldsMoreCapabilities) {
  kernel_.own = {.real = 1000, .effective = 1000, .permitted = 1U << 0};
  kernel_.others = {.real = 1000, .effective = 1000, .permitted = 1U << 13 | 1U << 0};
  const Error error = refusal(EPERM);
  EXPECT_EQ(error.kind, ErrorKind::capabilities);
  EXPECT_EQ(error.text, "cap_net_raw");
}

TEST_F(ExplainTest, PerCpuKernelThread) {
  task_.bound_by_kernel = true;
  task_.mask = cpus("2");
  const Error error = refusal(EINVAL);
  EXPECT_EQ(error.kind, ErrorKind::kernel_thread);
  EXPECT_EQ(error.cpus, "2");
}

TEST_F(ExplainTest, DeadlineTask) {
  task_.deadline = true;
  const Error error = refusal(EBUSY);
  EXPECT_EQ(error.kind, ErrorKind::deadline);
  EXPECT_EQ(error.limit, "0-3");
}

TEST_F(ExplainTest, NothingUsableIsToldByItsLimit) {
  kernel_.system.online = cpus("0");
  EXPECT_EQ(refusal(EINVAL, "1").kind, ErrorKind::offline_cpu);
  EXPECT_EQ(refusal(EINVAL, "9").kind, ErrorKind::no_such_cpu);
  kernel_.limit = CpusetLimit{.cgroup = "/x", .file = "/f", .cpus = cpus("0")};
  kernel_.system.online = cpus("0-3");
  EXPECT_EQ(refusal(EINVAL, "1").kind, ErrorKind::cpuset);
}

TEST_F(ExplainTest, AnUnknownRefusalIsCalledOne) {
  EXPECT_EQ(refusal(EINVAL, "1").kind, ErrorKind::refused);
  EXPECT_EQ(refusal(ENOSYS, "1").kind, ErrorKind::system);
}

TEST_F(ExplainTest, AVanishedTask) {
  kernel_.tasks.clear();
  EXPECT_EQ(refusal(ESRCH).kind, ErrorKind::no_such_task);
}

TEST_F(ExplainTest, NarrowingSaysWhatTheTaskHasNow) {
  kernel_.limit = CpusetLimit{.cgroup = "/x", .file = "/f", .cpus = cpus("0")};
  const Error error = explain_narrowing(kernel_, Tid(50), cpus("0-1"), cpus("0"));
  EXPECT_EQ(error.kind, ErrorKind::cpuset);
  EXPECT_EQ(error.cpus, "1");
  EXPECT_EQ(error.now, "0");
}

TEST_F(ExplainTest, NarrowingWithoutAKnownReasonIsStillTold) {
  const Error error = explain_narrowing(kernel_, Tid(50), cpus("0-1"), cpus("0"));
  EXPECT_EQ(error.kind, ErrorKind::narrowed);
  EXPECT_EQ(error.cpus, "1");
}

}  // namespace
}  // namespace pinfold

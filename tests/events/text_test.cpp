#include "events/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <ctime>

#include "events/samples.h"
#include "support/program.h"

namespace pinfold::trace {
namespace {

using test::bare_set;
using test::cpus;
using test::hostile_name;
using test::sample_events;
using test::sample_set;
using test::sample_time;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class TraceText : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }

  // numad sets a thread of nginx, without what the notes would say of it.
  static SetEvent plain_set() {
    SetEvent set = sample_set();
    set.request = set.kernel_request = set.effective = cpus("2-3");
    set.actor->parents = {{Pid(1), "systemd"}};
    set.actor->container.reset();
    set.by.reset();
    set.callers.clear();
    set.count = 1;
    return set;
  }
  static SetEvent refused(int error) {
    SetEvent set = plain_set();
    set.request = cpus("64-70");
    set.result = -error;
    return set;
  }
};

TEST_F(TraceText, ALineSaysWhoWhomFromAndTo) {
  EXPECT_EQ(to_text(plain_set()),
            "18:00:00.123  numad (812)           → nginx (1240 of 1234)        0-7 → 2-3");
}

TEST_F(TraceText, WhatWasAskedIsToldWhereItDiffers) {
  SetEvent set = plain_set();
  set.request = set.kernel_request = cpus("2-5");
  EXPECT_THAT(to_text(set), EndsWith("0-7 → 2-3    asked 2-5, denied 4-5"));
}

TEST_F(TraceText, CpusThatCannotBeAreNotDenied) {
  SetEvent set = plain_set();
  set.request = CpuSet::range(CpuId(0), CpuId(1023));
  set.kernel_request = set.effective = cpus("0-7");
  EXPECT_THAT(to_text(set, {.cpu_ids = 8}), EndsWith("stays 0-7"));
  set.effective = cpus("0-3");
  EXPECT_THAT(to_text(set, {.cpu_ids = 8}), EndsWith("asked 0-1023, denied 4-7"));
}

TEST_F(TraceText, WhatIsNotCertainIsCalledSo) {
  SetEvent set = plain_set();
  set.request = cpus("2-5");
  set.trusted = false;
  EXPECT_THAT(to_text(set), EndsWith("asked 2-5 or 2-3, not certain which"));
  set.kernel_request.reset();
  EXPECT_THAT(to_text(set), EndsWith("asked 2-5, denied 4-5 (not certain)"));
  // What was asked is what is: nothing to doubt is shown.
  set.request = set.effective;
  EXPECT_THAT(to_text(set), EndsWith("0-7 → 2-3"));
}

TEST_F(TraceText, OwnChangesAreToldFromOthers) {
  SetEvent set = plain_set();
  set.relation = Relation::self;
  EXPECT_THAT(to_text(set), HasSubstr("→ itself  "));
  set.relation = Relation::thread;
  EXPECT_THAT(to_text(set), HasSubstr("→ its thread nginx (1240)  "));
  set.relation = Relation::child;
  EXPECT_THAT(to_text(set), HasSubstr("→ its child nginx (1240 of 1234)  "));
}

TEST_F(TraceText, WhoIsBehindAnothersChangeIsNamed) {
  SetEvent set = plain_set();
  set.actor->parents = {{Pid(801), "pin.sh"}, {Pid(700), "cron"}, {Pid(1), "systemd"}};
  set.actor->container = std::string(64, 'a');
  EXPECT_THAT(to_text(set), EndsWith("from pin.sh (801) < cron (700); container aaaaaaaaaaaa"));
  set.relation = Relation::self;
  EXPECT_THAT(to_text(set), Not(HasSubstr("cron")));
}

TEST_F(TraceText, ErrorsHaveTheirReason) {
  EXPECT_THAT(to_text(refused(EINVAL)),
              EndsWith("stays 0-7    EINVAL: no CPU of 64-70 can be used"));
  EXPECT_THAT(to_text(refused(EPERM)), EndsWith("EPERM: not permitted; asked 64-70"));
  EXPECT_THAT(to_text(refused(EFAULT)),
              EndsWith("EFAULT: the mask cannot be read at 0x7ffd51d2a3c0"));
  SetEvent nobody = refused(ESRCH);
  nobody.target.reset();
  nobody.relation.reset();
  nobody.old.reset();
  EXPECT_THAT(to_text(nobody), HasSubstr("→ nobody (1240)  "));
  EXPECT_THAT(to_text(nobody), EndsWith("unchanged    ESRCH: no such thread"));
}

TEST_F(TraceText, OtherCausesAreNamed) {
  SetEvent set = plain_set();
  set.cause = Cause::cpuset_write;
  set.by = "/sys/fs/cgroup/web/cpuset.cpus";
  set.attribution = Attribution::inferred;
  EXPECT_THAT(to_text(set), EndsWith("cpuset write /sys/fs/cgroup/web/cpuset.cpus (inferred)"));
  set.cause = Cause::cgroup_move;
  set.attribution = Attribution::exact;
  set.by = "/batch";
  EXPECT_THAT(to_text(set), EndsWith("cgroup move to /batch"));
  set.cause = Cause::inheritance;
  EXPECT_THAT(to_text(set), HasSubstr("born on 2-3"));
  set.cause = Cause::fallback;
  set.actor.reset();
  set.relation.reset();
  EXPECT_THAT(to_text(set), HasSubstr("kernel                → nginx (1240 of 1234)"));
  EXPECT_THAT(to_text(set), EndsWith("fallback: none of its CPUs was left"));
}

TEST_F(TraceText, WhatIsNotKnownIsNotMadeUp) {
  EXPECT_EQ(to_text(bare_set()),
            "18:00:00.123  unknown               → unknown                     ? → ?        cause "
            "unknown");
}

TEST_F(TraceText, ColumnsLineUpBehindALongName) {
  SetEvent set = plain_set();
  set.actor->comm = "fifteen-letters";
  set.actor->tid = Tid(4194304);
  EXPECT_EQ(to_text(set),
            "18:00:00.123  fifteen-letters (4194304 of 812)  → nginx (1240 of 1234)  0-7 → 2-3");
  set.actor->pid = Pid(4194304);
  EXPECT_EQ(to_text(set).find("0-7"), to_text(plain_set()).find("0-7"));
}

TEST_F(TraceText, MergedCallsAreCounted) {
  SetEvent set = plain_set();
  set.count = 1000;
  EXPECT_THAT(to_text(set), EndsWith("1000 times"));
}

TEST_F(TraceText, CallersStandBelow) {
  SetEvent set = plain_set();
  set.callers = sample_set().callers;
  EXPECT_THAT(to_text(set), EndsWith("0-7 → 2-3\n"
                                     "                at /usr/lib/libc.so.6+0x11c3a2\n"
                                     "                at 0x7f0000001000"));
}

TEST_F(TraceText, MasksOf4096CpusAreCut) {
  SetEvent set = plain_set();
  set.request = set.kernel_request = set.effective = CpuSet::range(CpuId(0), CpuId(4095), 2);
  EXPECT_THAT(to_text(set), EndsWith("0-7 → 0,2,4,6,8,10,12,14,16,18,… (2048 CPUs)"));
}

TEST_F(TraceText, GetsHaveTheirAnswer) {
  GetEvent get = std::get<GetEvent>(sample_events()[5]);
  get.relation = Relation::self;
  EXPECT_EQ(to_text(get),
            "18:00:00.123  numad (812)           ← itself                      reads 0-7");
  get.result = -EINVAL;
  get.arguments.length = 4;
  EXPECT_THAT(to_text(get), EndsWith("EINVAL: 4 bytes are too few, or not whole words"));
}

TEST_F(TraceText, TheStartSaysWhatIsSeenAndWhatNot) {
  EXPECT_EQ(to_text(sample_events()[0]),
            "18:00:00.123  start: Linux 6.18.5, CPUs 0-7\n"
            "  calls    tp_btf/sys_exit\n"
            "  commits  none: fentry is refused here (EPERM)\n"
            "           does not see masks between");
  EXPECT_THAT(to_text(StartEvent{.sampled = true}), HasSubstr("from time to time"));
}

TEST_F(TraceText, LossAndWhatIsLeftOutAreTold) {
  EXPECT_EQ(to_text(sample_events()[7]),
            "18:00:01.123  lost 12 events since 18:00:00.123 on CPU 1; a snapshot follows");
  EXPECT_EQ(to_text(sample_events()[9]),
            "18:00:00.123  numad (812): 40 more calls not shown (--rate)");
  EXPECT_EQ(to_text(sample_events()[10]),
            "18:00:00.123  snapshot (lost): 312 threads, 3 changed unseen");
  EXPECT_EQ(to_text(sample_events()[11]),
            "18:00:00.123  end: 100 events, 48 told, 40 not shown (--rate), 12 lost");
  EXPECT_EQ(to_text(EndEvent{.time = sample_time(), .seen = 1, .sent = 1}),
            "18:00:00.123  end: 1 event, none lost");
}

TEST_F(TraceText, ColorChangesNothingButColor) {
  for (const Event& event : sample_events()) {
    const std::string plain = to_text(event);
    std::string colored = to_text(event, {.color = true});
    for (std::size_t at = 0; (at = colored.find('\x1b', at)) != std::string::npos;)
      colored.erase(at, colored.find('m', at) - at + 1);
    EXPECT_EQ(colored, plain);
    EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  }
}

TEST_F(TraceText, NamesReachNoTerminal) {
  SetEvent set = sample_set();
  set.cause = Cause::cpuset_write;
  for (std::string* name : {&set.actor->comm, &*set.actor->container, &set.actor->parents[0].comm,
                            &set.target->comm, &*set.by, &set.callers[0].module}) {
    *name = hostile_name();
  }
  StartEvent start{.kernel = hostile_name(),
                   .legs = {{hostile_name(), hostile_name(), hostile_name(), hostile_name()}}};
  for (const Event& event :
       std::initializer_list<Event>{set, start, SuppressedEvent{.comm = hostile_name()},
                                    SnapshotEvent{.reason = hostile_name()}}) {
    const std::string text = to_text(event);
    EXPECT_EQ(text.find_first_of("\x1b\xff"), std::string::npos) << text;
    EXPECT_EQ(text.find("\u202e"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace pinfold::trace

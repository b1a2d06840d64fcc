// M09, who may set whose mask: users and capabilities (needs root).
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>

#include <pinfold/pin.h>

#include "claims/claims.h"

namespace pinfold::test {
namespace {

// Numbers of users that no system gives out by itself.
constexpr uid_t alice = 61001;
constexpr uid_t bob = 61002;
constexpr uid_t carol = 61003;

constexpr std::uint64_t bit(int capability) { return std::uint64_t{1} << capability; }

struct Ids {
  uid_t real;
  uid_t effective;
  uid_t saved;
};

constexpr Ids all_of(uid_t uid) { return {uid, uid, uid}; }

bool set_capabilities(std::uint64_t permitted, std::uint64_t effective) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const auto low = [](std::uint64_t set) { return static_cast<std::uint32_t>(set); };
  const auto high = [](std::uint64_t set) { return static_cast<std::uint32_t>(set >> 32); };
  const __user_cap_data_struct data[2] = {{low(effective), low(permitted), 0},
                                          {high(effective), high(permitted), 0}};
  return ::syscall(SYS_capset, &header, data) == 0;
}

// Becomes this user with these capabilities, of which `effective` are in force.
bool become(Ids ids, std::uint64_t permitted = 0, std::uint64_t effective = 0) {
  return ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 &&
         ::setresuid(ids.real, ids.effective, ids.saved) == 0 &&
         set_capabilities(permitted, effective);
}

// A process that became somebody, and then waits.
class Somebody {
 public:
  explicit Somebody(const std::function<bool()>& prepare) {
    int ready[2];
    if (::pipe(ready) != 0) throw std::runtime_error("pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      const char ok = prepare() ? 1 : 0;
      if (::write(ready[1], &ok, 1) != 1) ::_exit(1);
      for (;;)
        ::pause();
    }
    ::close(ready[1]);
    char ok = 0;
    const bool told = ::read(ready[0], &ok, 1) == 1;
    ::close(ready[0]);
    if (!told || ok == 0) {
      end();
      throw std::runtime_error("could not become that user");
    }
  }
  explicit Somebody(Ids ids, std::uint64_t permitted = 0)
      : Somebody([&] { return become(ids, permitted); }) {}
  Somebody(const Somebody&) = delete;
  Somebody& operator=(const Somebody&) = delete;
  ~Somebody() { end(); }

  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  void end() const {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  pid_t pid_ = -1;
};

// The errno of a set by a caller with these ids and capabilities.
int set_by(Ids caller, const Somebody& target, std::uint64_t permitted = 0,
           std::uint64_t effective = 0) {
  return in_child([&] {
    if (!become(caller, permitted, effective)) return 255;
    return static_cast<int>(-raw_set(target.pid(), mask_of(target.pid())));
  });
}

bool is_root() { return ::geteuid() == 0; }
constexpr const char* needs_root = "needs root";

TEST_F(Claims, M09_TheCallersEffectiveUidMustBeTheTargetsEffectiveOrRealOne) {
  if (!is_root()) GTEST_SKIP() << needs_root;
  EXPECT_EQ(set_by(all_of(alice), Somebody(all_of(alice))), 0);
  EXPECT_EQ(set_by(all_of(alice), Somebody(Ids{alice, bob, carol})), 0);      // its real one
  EXPECT_EQ(set_by(all_of(bob), Somebody(Ids{alice, bob, carol})), 0);        // its effective one
  EXPECT_EQ(set_by(all_of(carol), Somebody(Ids{alice, bob, carol})), EPERM);  // its saved one
  EXPECT_EQ(set_by(all_of(alice), Somebody(all_of(bob))), EPERM);
  // Of the caller's ids only the effective one counts.
  EXPECT_EQ(set_by({alice, bob, carol}, Somebody(all_of(bob))), 0);
  EXPECT_EQ(set_by({alice, bob, carol}, Somebody(all_of(alice))), EPERM);
}

TEST_F(Claims, M09_CapSysNiceMaySetAnybodysMask) {
  if (!is_root()) GTEST_SKIP() << needs_root;
  const Somebody target(all_of(bob));
  const std::uint64_t nice = bit(CAP_SYS_NICE);
  EXPECT_EQ(set_by(all_of(alice), target, nice, nice), 0);
  // Held but not in force does not count, nor does being root without it.
  EXPECT_EQ(set_by(all_of(alice), target, nice, 0), EPERM);
  const std::uint64_t others = bit(CAP_KILL) | bit(CAP_NET_RAW);
  EXPECT_EQ(set_by(all_of(0), target, others, others), EPERM);
}

// User namespaces: alice makes one, in which bob is a user too, and is its owner: outside of it
// she has no capability, inside of it all.
TEST_F(Claims, M09_TheCapabilityCountsInTheUserNamespaceOfTheTarget) {
  if (!is_root()) GTEST_SKIP() << needs_root;
  int made[2];
  int mapped[2];
  ASSERT_EQ(::pipe(made), 0);
  ASSERT_EQ(::pipe(mapped), 0);
  const pid_t helper = ::fork();
  if (helper == 0) {  // root writes the map: "0 and 1 there are alice and bob here"
    ::close(made[1]);
    pid_t inside = 0;
    if (::read(made[0], &inside, sizeof inside) != sizeof inside) ::_exit(1);
    std::ofstream map("/proc/" + std::to_string(inside) + "/uid_map");
    map << "0 " << alice << " 1\n1 " << bob << " 1\n" << std::flush;
    const char ok = map ? 1 : 0;
    ::_exit(::write(mapped[1], &ok, 1) == 1 ? 0 : 1);
  }
  bool refused = false;
  try {
    const Somebody inside([&] {
      if (!become(all_of(alice))) return false;
      ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
      if (::unshare(CLONE_NEWUSER) != 0) return false;
      const pid_t self = ::getpid();
      char ok = 0;
      return ::write(made[1], &self, sizeof self) == sizeof self &&
             ::read(mapped[0], &ok, 1) == 1 && ok == 1 && ::setresuid(1, 1, 1) == 0;
    });
    EXPECT_EQ(set_by(all_of(alice), inside), 0);
    EXPECT_EQ(set_by(all_of(carol), inside), EPERM);
    EXPECT_EQ(set_by(all_of(alice), Somebody(all_of(bob))), EPERM);
  } catch (const std::runtime_error&) {
    refused = true;
  }
  for (const int end : {made[0], made[1], mapped[0], mapped[1]})
    ::close(end);
  ::waitpid(helper, nullptr, 0);
  if (refused) GTEST_SKIP() << "users cannot make user namespaces here";
}

// No manual page says it (security/commoncap.c, cap_safe_nice): a target that holds capabilities
// which the caller has not is refused, even one's own.
TEST_F(Claims, M09_ATargetWithMoreCapabilitiesIsRefusedToo) {
  if (!is_root()) GTEST_SKIP() << needs_root;
  const std::uint64_t raw = bit(CAP_NET_RAW);
  const Somebody target(all_of(alice), raw);
  EXPECT_EQ(set_by(all_of(alice), target), EPERM);
  EXPECT_EQ(set_by(all_of(alice), target, raw, 0), 0);
  const Somebody root(all_of(0), raw);
  EXPECT_EQ(set_by(all_of(0), root), EPERM);
}

TEST_F(Claims, M09_PinfoldTellsTheTwoReasonsApart) {
  if (!is_root()) GTEST_SKIP() << needs_root;
  const auto kind_for_alice = [](const Somebody& target) {
    return in_child([&] {
      if (!become(all_of(alice))) return 255;
      const auto placed = pin(Tid(target.pid()), mask_of(target.pid()));
      return placed ? 254 : static_cast<int>(placed.error().kind);
    });
  };
  EXPECT_EQ(kind_for_alice(Somebody(all_of(bob))), static_cast<int>(ErrorKind::permission));
  EXPECT_EQ(kind_for_alice(Somebody(all_of(alice), bit(CAP_NET_RAW))),
            static_cast<int>(ErrorKind::capabilities));
}

}  // namespace
}  // namespace pinfold::test

// C programs of our own: with the C library and with raw calls, with glibc and musl, static and
// not, 32-bit, with threads, with OpenMP.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include <pinfold/cpu_list.h>

#include "model/system.h"
#include "programs/simulated.h"

namespace pinfold::test {
namespace {

// What probes/sees.c says.
class Seen {
 public:
  explicit Seen(const std::string& text) {
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
      values_[line.substr(0, line.find(' '))] = line.substr(line.find(' ') + 1);
  }
  const std::string& operator[](const std::string& name) { return values_[name]; }

 private:
  std::map<std::string, std::string> values_;
};

enum class Library {
  glibc,
  musl
};

class CPrograms : public Simulated {
 protected:
  void SetUp() override {
    Simulated::SetUp();
    if (IsSkipped()) return;
    auto system = model::System::open({.machine = machine()});
    ASSERT_TRUE(system) << message(system.error());
    mask_bytes_ = (*system)->mask_bytes();
    cpu_ids_ = (*system)->cpu_ids();
  }

  // The number of the node whose CPU it is.
  [[nodiscard]] unsigned node_of(CpuId cpu) const {
    for (const Object& node : machine().objects(Level::node)) {
      if (node.cpus.contains(cpu)) return node.id.value_or(0);
    }
    return 0;
  }

  [[nodiscard]] std::string result_of_get(unsigned long length) const {
    if (length * 8 < cpu_ids_) return std::to_string(-EINVAL);
    return std::to_string(std::min<std::size_t>(length, mask_bytes_));
  }

  void expect_place(Seen& seen, const std::string& when, const CpuSet& mask) const {
    std::istringstream raw(seen[when + "_raw"]);
    long result = -1;
    unsigned cpu = 0;
    unsigned node = 0;
    raw >> result >> cpu >> node;
    EXPECT_EQ(result, 0);
    EXPECT_TRUE(mask.contains(CpuId(cpu))) << when << " on " << cpu;
    EXPECT_EQ(node, node_of(CpuId(cpu)));
    EXPECT_EQ(seen[when + "_libc"], std::to_string(cpu)) << when << ", and nobody moved it";
  }

  void expect_sees_the_machine(const std::string& program, Library library) const {
    Seen seen(answer({program}));
    const bool fits = cpu_ids_ <= CPU_SETSIZE;
    const std::string list = to_cpu_list(own_mask());
    if (library == Library::glibc) {
      EXPECT_EQ(seen["conf"], std::to_string(machine().possible().count()));
      EXPECT_EQ(seen["onln"], std::to_string(machine().online().count()));
    } else {
      // musl counts its own mask, in 128 bytes; where these are too few, it says one.
      const std::string count = fits ? std::to_string(own_mask().count()) : "1";
      EXPECT_EQ(seen["conf"], count);
      EXPECT_EQ(seen["onln"], count);
    }
    EXPECT_EQ(seen["get_cpu_set_t"], fits ? "0" : std::to_string(-EINVAL))
        << "as on a real machine";
    EXPECT_EQ(seen["raw_get_128"], result_of_get(128));
    EXPECT_EQ(seen["raw_get"], result_of_get(65536));
    EXPECT_EQ(seen["mask"], list);
    EXPECT_EQ(seen["libc_get"], "0");
    EXPECT_EQ(seen["libc_mask"], list);
    expect_place(seen, "at_start", own_mask());
    const CpuId last = highest(own_mask());
    EXPECT_EQ(seen["set_highest"], "0");
    EXPECT_EQ(seen["mask_then"], std::to_string(last.value()));
    expect_place(seen, "then", {last});
    EXPECT_EQ(seen["set_none"], std::to_string(-EINVAL));
    EXPECT_EQ(seen["set_absent"], std::to_string(-EINVAL));
    EXPECT_EQ(seen["raw_set_nobody"], std::to_string(-ESRCH));
  }

  // What probes/pins.c says: each thread has the CPU that it was pinned to, and is there.
  void expect_pins_its_threads(const std::string& program) const {
    std::istringstream lines(answer({program}));
    unsigned pinned = 0;
    for (std::string how, line; lines >> how && std::getline(lines, line);) {
      if (how == "main") {
        EXPECT_EQ(line, " unchanged");
        continue;
      }
      const std::string wanted = line.substr(1, line.find(':') - 1);
      EXPECT_EQ(line, ' ' + wanted + ": mask " + wanted + " cpu " + wanted) << how;
      EXPECT_TRUE(own_mask().contains(cpus(wanted.c_str()))) << wanted;
      ++pinned;
    }
    EXPECT_EQ(pinned, 2 * std::min<std::size_t>(own_mask().count(), 16));
  }

 private:
  std::size_t mask_bytes_ = 0;
  unsigned cpu_ids_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Machines, CPrograms, testing::ValuesIn(machines::all), machine_name);

TEST_P(CPrograms, WithGlibc) { expect_sees_the_machine(PINFOLD_PROBES "/sees", Library::glibc); }

TEST_P(CPrograms, StaticWithGlibc) {
#ifdef PINFOLD_HAS_STATIC_GLIBC
  expect_sees_the_machine(PINFOLD_PROBES "/sees-static", Library::glibc);
#else
  GTEST_SKIP() << "no static glibc here when this was built";
#endif
}

TEST_P(CPrograms, StaticWithMusl) {
#ifdef PINFOLD_HAS_MUSL
  expect_sees_the_machine(PINFOLD_PROBES "/sees-musl", Library::musl);
#else
  GTEST_SKIP() << "no musl-gcc here when this was built";
#endif
}

TEST_P(CPrograms, With32Bits) {
#ifdef PINFOLD_HAS_32_BIT_GLIBC
  if (run_child({PINFOLD_PROBES "/sees-32"}).exit != 0)
    GTEST_SKIP() << "this kernel runs no 32-bit programs";
  expect_sees_the_machine(PINFOLD_PROBES "/sees-32", Library::glibc);
#else
  GTEST_SKIP() << "no 32-bit libraries here when this was built";
#endif
}

TEST_P(CPrograms, ThreadsThatArePinnedReadItBackAndAreThere) {
  expect_pins_its_threads(PINFOLD_PROBES "/pins");
}

TEST_P(CPrograms, ThreadsOfAStaticProgramToo) {
#ifdef PINFOLD_HAS_STATIC_GLIBC
  expect_pins_its_threads(PINFOLD_PROBES "/pins-static");
#else
  GTEST_SKIP() << "no static glibc here when this was built";
#endif
}

class OpenMp : public CPrograms {
 protected:
  void SetUp() override {
#ifdef PINFOLD_HAS_OPENMP
    CPrograms::SetUp();
#else
    GTEST_SKIP() << "no OpenMP here when this was built";
#endif
  }

  struct Said {
    std::string procs;
    std::map<int, CpuSet> places;
    unsigned threads = 0;
  };

  // Each thread must be inside of its place.
  [[nodiscard]] Said start(const std::string& places) const {
    std::istringstream lines(
        answer({PINFOLD_PROBES "/places"}, {"OMP_PLACES=" + places, "OMP_PROC_BIND=spread",
                                            "OMP_NUM_THREADS=" + std::to_string(threads())}));
    Said said;
    for (std::string line; std::getline(lines, line);) {
      int place = -1;
      int thread = -1;
      unsigned cpu = 0;
      if (line.starts_with("procs ")) {
        said.procs = line.substr(6);
      } else if (std::sscanf(line.c_str(), "place %d", &place) == 1) {
        said.places[place] = cpus_in(line.substr(line.find(' ', 6)));
      } else if (std::sscanf(line.c_str(), "thread %d place %d cpu %u", &thread, &place, &cpu) ==
                 3) {
        EXPECT_TRUE(said.places[place].contains(CpuId(cpu))) << line;
        ++said.threads;
      } else {
        ADD_FAILURE() << line;
      }
    }
    EXPECT_EQ(said.threads, threads());
    return said;
  }

  [[nodiscard]] unsigned threads() const {
    return static_cast<unsigned>(std::min<std::size_t>(own_mask().count(), 16));
  }

  static Sets sets(const std::map<int, CpuSet>& places) {
    Sets sets;
    for (const auto& [number, cpus] : places)
      sets.insert(to_cpu_list(cpus));
    return sets;
  }
};

INSTANTIATE_TEST_SUITE_P(Machines, OpenMp, testing::ValuesIn(machines::all), machine_name);

TEST_P(OpenMp, PlacesAreTheCores) {
  const Said said = start("cores");
  EXPECT_EQ(said.procs, std::to_string(own_mask().count()));
  Sets cores;
  for (const Object& core : machine().objects(Level::core)) {
    if (core.cpus.intersects(own_mask())) cores.insert(to_cpu_list(core.cpus & own_mask()));
  }
  EXPECT_EQ(sets(said.places), cores);
}

TEST_P(OpenMp, PlacesAreTheHardwareThreads) {
  const Said said = start("threads");
  Sets threads;
  for (const CpuId cpu : own_mask())
    threads.insert(std::to_string(cpu.value()));
  EXPECT_EQ(sets(said.places), threads);
}

TEST_P(OpenMp, ShowsItsPlaces) {
  const Output output =
      inside({PINFOLD_PROBES "/places"},
             {"OMP_PLACES=threads(1)", "OMP_NUM_THREADS=2", "OMP_DISPLAY_ENV=true"});
  EXPECT_EQ(output.exit, 0) << output.err;
  const std::string first = std::to_string(own_mask().first()->value());
  EXPECT_NE(output.err.find("OMP_PLACES = '{" + first + "}'"), std::string::npos) << output.err;
}

}  // namespace
}  // namespace pinfold::test

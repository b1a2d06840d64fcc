#include "any_machine.h"

#include <rapidcheck.h>

#include <cstdlib>
#include <numeric>

#include "support/program.h"

namespace pinfold::test {
namespace {

// An order in which neighbours are far from each other, and gaps between numbers.
std::string numbers(unsigned cpus) {
  const unsigned step = *rc::gen::inRange(1U, cpus + 1);
  const unsigned gap = *rc::gen::element(1U, 1U, 7U, 1000U);
  std::string text = "(indexes=";
  for (unsigned i = 0; i < cpus; ++i) {
    const unsigned number = std::gcd(step, cpus) == 1 ? i * step % cpus : i;
    text += (i > 0 ? "," : "") + std::to_string(number * gap);
  }
  return text + ')';
}

}  // namespace

std::string any_machine() {
  std::string levels;
  unsigned cpus = 1;
  for (const char* level : {"pack", "numa", "die", "l3", "cluster", "l2", "core", "pu"}) {
    const bool there = *rc::gen::arbitrary<bool>() || level == std::string("pu");
    if (!there) continue;
    const unsigned count = *rc::gen::inRange(1U, cpus > 500 ? 3U : 9U);
    cpus *= count;
    levels += std::string(levels.empty() ? "" : " ") + level + ':' + std::to_string(count);
    if (level == std::string("l3") && *rc::gen::arbitrary<bool>()) levels += "(size=32MiB)";
    if (level == std::string("numa") && *rc::gen::arbitrary<bool>()) levels += "(memory=1500GiB)";
  }
  if (cpus < 300 && *rc::gen::arbitrary<bool>()) levels += numbers(cpus);
  std::string limits;
  for (const char* limit : {"offline", "isolated", "nohz_full", "cpuset"}) {
    if (!*rc::gen::arbitrary<bool>() || cpus < 4) continue;
    const bool must_leave = limit == std::string("offline");
    const unsigned first = must_leave ? *rc::gen::inRange(1U, cpus) : 0;
    const unsigned last = *rc::gen::inRange(first, cpus);
    limits += std::string(";") + limit + '=' + std::to_string(first) + '-' + std::to_string(last) +
              ':' + std::to_string(*rc::gen::inRange(1U, 5U));
  }
  return levels + limits;
}

void Snapshots::SetUp() {
  if (!std::filesystem::is_directory(MACHINES)) GTEST_SKIP() << "no " << MACHINES;
  std::string name = std::filesystem::temp_directory_path() / "pinfold-topo-XXXXXX";
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  folder_ = name;
  for (const auto& entry : std::filesystem::directory_iterator(MACHINES)) {
    if (!entry.path().string().ends_with(".tar.bz2")) continue;
    const std::filesystem::path into = folder_ / entry.path().filename();
    std::filesystem::create_directory(into);
    const Output tar = run({"tar", "xjf", entry.path(), "-C", into});
    if (tar.exit != 0) GTEST_SKIP() << "tar cannot unpack: " << tar.err;
    for (const auto& machine : std::filesystem::directory_iterator(into))
      machines_.push_back(machine.path());
  }
}

void Snapshots::TearDown() {
  if (folder_.empty()) return;
  // Files of /sys are read-only, and so may be the folders of a copy.
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
    if (entry.is_directory() && !entry.is_symlink())
      std::filesystem::permissions(entry, std::filesystem::perms::owner_all,
                                   std::filesystem::perm_options::add);
  }
  std::filesystem::remove_all(folder_);
}

}  // namespace pinfold::test

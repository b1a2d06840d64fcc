// The same descriptions, read by hwloc and by us: every level has the same objects in the same
// order, with the same numbers.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <ostream>

#include "machine/description.h"
#include "support/hwloc.h"
#include "support/make_machine.h"
#include "support/program.h"

namespace pinfold::test {
namespace {

const struct {
  Level level;
  const char* hwloc;
} levels[] = {
    {Level::package, "Package"}, {Level::die, "Die"},     {Level::l3, "L3Cache"},
    {Level::l2, "L2Cache"},      {Level::l1d, "L1Cache"}, {Level::core, "Core"},
};

// In Linux a CPU has one node. hwloc gives it to all those that stand around it: here those remain
// that come first in logical order.
std::vector<HwlocObject> as_linux_has_them(std::vector<HwlocObject> nodes) {
  CpuSet taken;
  for (HwlocObject& node : nodes) {
    if (taken.intersects(node.cpus)) node.cpus.clear();
    taken |= node.cpus;
  }
  std::ranges::stable_partition(nodes, [](const HwlocObject& node) { return !node.cpus.empty(); });
  const auto without =
      std::ranges::find_if(nodes, [](const HwlocObject& node) { return node.cpus.empty(); });
  std::sort(without, nodes.end(),
            [](const HwlocObject& a, const HwlocObject& b) { return a.os_index < b.os_index; });
  return nodes;
}

std::string show(const std::vector<HwlocObject>& objects) {
  std::string text;
  for (const HwlocObject& object : objects) {
    text += '{' + to_cpu_list(object.cpus) + '}';
    if (object.os_index >= 0) text += '#' + std::to_string(object.os_index);
    text += ' ';
  }
  return text;
}

// Ours as hwloc's, with numbers where we keep them.
std::vector<HwlocObject> as_hwloc(std::span<const Object> objects) {
  std::vector<HwlocObject> result;
  for (const Object& object : objects)
    result.push_back({object.cpus, object.id ? static_cast<long>(*object.id) : -1});
  return result;
}

// What is different, level by level; empty if nothing is.
std::string difference(const Machine& machine, HwlocTopology hwloc) {
  std::string text;
  const auto compare = [&](const char* name, const std::vector<HwlocObject>& ours,
                           const std::vector<HwlocObject>& theirs) {
    if (ours == theirs) return;
    text += std::string(name) + ": ours " + show(ours) + "\n  hwloc's " + show(theirs) + '\n';
  };
  std::vector<HwlocObject> pus;
  for (const CpuId cpu : machine.cpus())
    pus.push_back({{cpu}, static_cast<long>(cpu.value())});
  compare("PU", pus, hwloc["PU"]);
  compare("NUMANode", as_hwloc(machine.objects(Level::node)), as_linux_has_them(hwloc["NUMANode"]));
  for (const auto& [level, name] : levels) {
    std::vector<HwlocObject>& theirs = hwloc[name];
    if (level == Level::core && theirs.empty()) theirs = hwloc["PU"];  // with us, a PU is a core
    if (level != Level::package && level != Level::die) {
      for (HwlocObject& object : theirs)
        object.os_index = -1;
    }
    compare(name, as_hwloc(machine.objects(level)), theirs);
  }
  return text;
}

// What is different between hwloc's reading and ours.
std::string difference(const std::string& text) {
  auto facts = read_description(text);
  if (!facts) return "we refuse it: " + message(facts.error());
  return difference(Machine(std::move(*facts)), read_hwloc({"-i", text}));
}

bool hwloc_reads(const std::string& text) {
  try {
    return !read_hwloc({"-i", text}).empty();
  } catch (const std::runtime_error&) {
    return false;
  }
}

#define SKIP_WITHOUT_HWLOC() \
  if (!has_hwloc()) GTEST_SKIP() << "lstopo-no-graphics is not here: install hwloc-nox or hwloc"

TEST(DescriptionBesideHwloc, IsTheSameMachine) {
  SKIP_WITHOUT_HWLOC();
  for (const char* text : {
           // counts alone
           "8",
           "2 4",
           "2 3 4",
           "2 3 2 2",
           "2 2 2 2 2",
           "2 2 2 2 2 2",
           "2 2 2 2 2 2 2",
           "2 2 2 2 2 2 2 2",
           "2 1 2 2 2 2 2 2 2",
           "2 1 2 2 1 2 2 2 1 2",
           "2 [numa] 3 4",
           "2 [numa] 3 2 4",
           "2 2 2 [numa] 2 2 2 2",
           "pack:2 core:2 3",
           // types, and how they may be written
           "pu:1",
           "pack:2 numa:2 l3:2 core:8 pu:2",
           "Package:2 Die:2 L3Cache:2 L2Cache:2 L1dCache:1 L1iCache:1 Core:1 PU:2",
           "SOCKET:2 NUMANode:2 L3u:2 l2ucache:1 l1:2 CORE:1 Pu:2",
           "so:2 nu:2 di:1 co:2 pu:2",
           "no:2 sock:2 l1d:2 pu:2",
           "l5:2 l4:2 l3i:1 l2i:2 l1i:1 pu:2",
           "group:2 group:2 gr:2 pu:1",
           "  pack:2   core:2 pu:2 ",
           "core:2 pack:2 pu:2",
           "l1d:2 l2:2 l3:2 pu:2",
           // nodes
           "numa:2 pack:2 core:2 pu:1",
           "[numa] pu:4",
           "[numa]pu:4",
           "[numa][numa] core:2 pu:2",
           "pack:2[numa] core:2 pu:2",
           "pack:2 [numa][node] core:2 pu:2",
           "pack:2 [numa] core:2 [numa] pu:2",
           "[numa] pack:2 [numa] core:2 [numa] [numa] pu:2 [numa]",
           "pack:2 [numa(memory=16GB)] core:2 pu:2",
           "(memory=8GiB) pack:2 pu:2",
           // numbers
           "pack:2 core:2 pu:2(indexes=0,4,1,5,2,6,3,7)",
           "pack:2 core:2 pu:2(indexes=2,100,1,5,20,6,3,7)",
           "pack:2 core:2 pu:2(indexes=0,1030,1,5000,2,6,3,7)",
           "pack:2 core:2 pu:2(indexes=2*2:4*2:1*2)",
           "pack:2 core:2 pu:2(indexes=2*4:1*2)",
           "pack:2 core:2 pu:2(indexes=4*2)",
           "pack:2 core:2 pu:2(indexes=1*8)",
           "pack:2 core:2 pu:2(indexes=pack)",
           "pack:2 core:2 pu:2(indexes=core)",
           "pack:2 core:2 pu:2(indexes=pack:core)",
           "pack:2 core:2 pu:2(indexes=core:pack)",
           "pack:2 core:2 pu:2(indexes=machine:core)",
           "pack:2 numa:2 core:2 pu:2(indexes=numa:core)",
           "pack:2 numa:2 core:2 pu:2(indexes=core:numa)",
           "pack:2 numa:2(indexes=pack) core:2 pu:2",
           "pack:2(indexes=7,3) numa:2(indexes=2,3,1,0) die:2(indexes=0,1,2,3,4,5,6,9) pu:2",
           "pack:2 [numa(indexes=pack)] core:2 [numa] pu:2",
           "pack:2 core:2 [numa(indexes=pack)] pu:2",
           "pack:2 core:2 [numa(indexes=core:pack)] pu:2",
           "pack:2 [numa] [numa(indexes=pack)] core:2 pu:2",
           "pack:2 [numa(indexes=5,4,3,2,1,0)] core:2 [numa] pu:2",
           "l2:2 core:2(indexes=3,2,1,0) pu:2(indexes=l2:co)",
           "group:2 pu:2(indexes=group)",
           "l4:2 l3:2 core:2 pu:2(indexes=0,8,1,9,2,10,3,11,4,12,5,13,6,14,7,15)",
           "l3:2(size=5MB indexes=1,0 ) l2:2(size=100) pu:2(indexes=3,2,1,0,7,6,5,4)",
           // large
           "pack:8 numa:4 l3:2 core:8 pu:2(indexes=core)",
       }) {
    EXPECT_EQ(difference(text), "") << text;
  }
}

TEST(DescriptionBesideHwloc, IsRefusedByBoth) {
  SKIP_WITHOUT_HWLOC();
  for (const char* text : {
           "pack:2 core:2",
           "pack:2 pu:2 core:2",
           "pu:2 pu:2",
           "pack:2 pack:2 pu:1",
           "numa:2 numa:2 pu:1",
           "core:2 core:2 pu:1",
           "die:2 die:2 pu:1",
           "machine:2 pu:2",
           "misc:2 pu:2",
           "cache:2 pu:2",
           "p:2 pu:2",
           "packs:2 pu:2",
           "l6:1 pu:1",
           "pack:0 pu:2",
           "pack:2 2 pu:2",
           "numa:2 [numa] pu:2",
           "pack:2 [pack] pu:2",
           "pack:2 (indexes=1,0) pu:2",
           "pack:2,pu:2",
           "pu:2x",
           "pu:2(size=5MB)",
           "l3:2(memory=5MB) pu:2",
           "pu:2(foo=1)",
           "pu:2(indexes=0,1",
           "[numa(memory=2K)] pu:2",
       }) {
    EXPECT_FALSE(read_description(text)) << text;
    EXPECT_FALSE(hwloc_reads(text)) << text;
  }
}

// Where we are stricter, it is because a mistake would pass unseen.
TEST(DescriptionBesideHwloc, IsRefusedByUsAlone) {
  SKIP_WITHOUT_HWLOC();
  const struct {
    const char* text;
    const char* why;
  } refused[] = {
      {"pu:010", "to hwloc these are 8"},
      {"pu:0x10", "and these 16: nothing else here takes hexadecimal counts"},
      {"pu : 2", "a space separates"},
      {"pack:2pu:2", "and has to"},
      {"l3:2 l3:2 pu:1", "a CPU has one L3"},
      {"[numa:2] pu:2", "hwloc passes over the number, and makes one"},
      {"pack:2(memory=4GB) pu:2", "hwloc passes over it"},
      {"pu:4(indexes=1,0)", "hwloc passes over indexes that are wrong: too few"},
      {"pu:2(indexes=1,0,5)", "too many"},
      {"pu:2(indexes=1,0,)", "a comma too many"},
      {"pu:2(indexes=1,1)", "one twice: a PU of hwloc's is gone"},
      {"pu:8(indexes=2*2:1*2)", "half of them"},
      {"pu:2(indexes=)", "none"},
      {"core:2 [numa] pu:2(indexes=numa:core)", "no level"},
      {"pack:2 [numa(indexes=1,0)] [numa(indexes=1,0)] pu:2", "hwloc takes the last one"},
      {"memcache:2 pu:2", "hwloc aborts"},
  };
  for (const auto& [text, why] : refused)
    EXPECT_FALSE(read_description(text)) << text << ": " << why;
}

struct RandomDescription {
  std::string text;
};
std::ostream& operator<<(std::ostream& out, const RandomDescription& d) { return out << d.text; }

std::string joined(const std::vector<std::string>& parts, char between) {
  std::string text;
  for (const std::string& part : parts)
    text += (text.empty() ? "" : std::string(1, between)) + part;
  return text;
}

template <class T>
std::vector<T> shuffled(std::vector<T> items) {
  for (std::size_t i = items.size(); i > 1; --i)
    std::swap(items[i - 1], items[*rc::gen::inRange<std::size_t>(0, i)]);
  return items;
}

// Nothing, all the numbers in disorder, some with holes, or the levels in any order.
std::string random_indexes(unsigned total, const std::vector<std::string>& above) {
  const int form = *rc::gen::inRange(0, 4);
  if (form == 0) return "";
  if (form == 3) {
    std::vector<std::string> named;
    for (const std::string& type : shuffled(above)) {
      // Which of two groups is meant nobody could tell.
      const bool again = std::ranges::find(named, type) != named.end();
      if (!again && *rc::gen::arbitrary<bool>()) named.push_back(type);
    }
    return named.empty() ? "" : "(indexes=" + joined(named, ':') + ')';
  }
  std::vector<std::string> numbers;
  for (unsigned i = 0; i < total; ++i)
    numbers.push_back(std::to_string(form == 1 ? i : i * 3 + *rc::gen::inRange(0U, 3U)));
  return "(indexes=" + joined(shuffled(numbers), ',') + ')';
}

// Levels in any order, also in those that nobody builds.
RandomDescription random_description() {
  const std::vector<std::string> types = {"pack", "die",   "numa",  "l3",  "l2", "l1d",
                                          "core", "group", "group", "l1i", "l4"};
  const bool in_brackets = *rc::gen::arbitrary<bool>();
  std::vector<std::string> above;
  std::string text;
  unsigned total = 1;
  for (const std::string& type : shuffled(types)) {
    if (*rc::gen::arbitrary<bool>()) continue;
    if (type == "numa" && in_brackets) continue;
    const unsigned count = *rc::gen::inRange(1U, 4U);
    if (total * count > 256) break;
    total *= count;
    text += type + ':' + std::to_string(count) + ' ';
    if (in_brackets && *rc::gen::inRange(0, 4) == 0) text += "[numa] ";
    above.push_back(type);
  }
  const unsigned count = *rc::gen::inRange(1U, 4U);
  text += "pu:" + std::to_string(count);
  return {text + random_indexes(total * count, above)};
}

TEST(DescriptionBesideHwloc, IsTheSameMachineWhateverIsDescribed) {
  SKIP_WITHOUT_HWLOC();
  EXPECT_TRUE(rc::check([] {
    const RandomDescription description = random_description();
    RC_LOG() << description << '\n';
    if (!read_description(description.text)) {
      // Not every order of levels numbers all PUs. hwloc says so, too, and numbers without it.
      const Output hwloc = run({"lstopo-no-graphics", "-i", description.text, "--of", "console"});
      RC_ASSERT(hwloc.err.find("Invalid index interleaving") != std::string::npos);
      return;
    }
    RC_ASSERT(difference(description.text) == "");
  }));
}

}  // namespace
}  // namespace pinfold::test

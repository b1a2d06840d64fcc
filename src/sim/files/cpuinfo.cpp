// What arch/x86/kernel/cpu/proc.c and arch/arm64/kernel/cpuinfo.c write.
#include <string>

#include "sim/files/machine_view.h"
#include "sim/files/sysfs.h"

namespace pinfold::sim {
namespace {

// What programs of any distribution may count on, so that none uses what the CPU under us may lack.
constexpr const char* x86_flags =
    "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse "
    "sse2 ht syscall nx rdtscp lm constant_tsc rep_good nopl xtopology nonstop_tsc cpuid pni ssse3 "
    "cx16 sse4_1 sse4_2 popcnt lahf_lm";

std::uint64_t cache_kilobytes(const Machine& machine) {
  for (const Level level : {Level::l3, Level::l2, Level::l1d}) {
    const auto caches = machine.objects(level);
    if (!caches.empty()) return caches.front().size >> 10U;
  }
  return 0;
}

std::string x86_cpuinfo(const Machine& machine) {
  const MachineView view(machine);
  const std::string before =
      "\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 143\n"
      "model name\t: Pinfold simulated CPU\nstepping\t: 0\n"
      "microcode\t: 0x1\ncpu MHz\t\t: 2000.000\ncache size\t: " +
      std::to_string(cache_kilobytes(machine)) + " KB\nphysical id\t: ";
  const std::string after =
      std::string(
          "\nfpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: 32\nwp\t\t: yes\nflags\t\t: ") +
      x86_flags +
      "\nbugs\t\t:\nbogomips\t: 4000.00\nclflush size\t: 64\ncache_alignment\t: 64\n"
      "address sizes\t: 46 bits physical, 48 bits virtual\npower management:\n\n";
  std::string text;
  text.reserve(machine.online().count() * (before.size() + after.size() + 128));
  for (const CpuId cpu : machine.online()) {
    const std::size_t index = view.package_of(cpu);
    const Object& package = view.packages()[index];
    const std::string number = std::to_string(cpu.value());
    text.append("processor\t: ").append(number).append(before);
    text.append(std::to_string(package.id.value_or(0)));
    text.append("\nsiblings\t: ").append(std::to_string(package.cpus.count()));
    text.append("\ncore id\t\t: ").append(std::to_string(view.core_id(cpu)));
    text.append("\ncpu cores\t: ").append(std::to_string(view.cores_in(index)));
    text.append("\napicid\t\t: ").append(number);
    text.append("\ninitial apicid\t: ").append(number).append(after);
  }
  return text;
}

std::string arm64_cpuinfo(const Machine& machine) {
  const auto kinds = machine.kinds();
  const CpuSet slow = kinds.size() > 1 ? kinds.front().cpus : CpuSet();
  std::string text;
  for (const CpuId cpu : machine.online()) {
    text.append("processor\t: ").append(std::to_string(cpu.value()));
    text.append(
        "\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd evtstrm cpuid\n"
        "CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x1\nCPU part\t: ");
    text.append(slow.contains(cpu) ? "0xd05" : "0xd0b").append("\nCPU revision\t: 0\n\n");
  }
  return text;
}

std::string plain_cpuinfo(const Machine& machine) {
  std::string text;
  for (const CpuId cpu : machine.online())
    text.append("processor\t: ").append(std::to_string(cpu.value())).append("\n\n");
  return text;
}

}  // namespace

std::string cpuinfo_of(const Machine& machine, Architecture architecture) {
  switch (architecture) {
    case Architecture::x86:
      return x86_cpuinfo(machine);
    case Architecture::arm64:
      return arm64_cpuinfo(machine);
    case Architecture::other:
      return plain_cpuinfo(machine);
  }
  return {};
}

}  // namespace pinfold::sim

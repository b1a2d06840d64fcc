// scoped_pin [PLACE]: the thread stays on some CPUs while it measures, and is as it was afterwards.
#include <cstdio>

#include <pinfold/pinfold.h>

namespace {

void show(const char* when) {
  if (const auto now = pinfold::affinity(pinfold::this_thread())) {
    std::printf("%s: %s\n", when, pinfold::to_cpu_list(now->effective).c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto cpus = pinfold::parse_cpu_list(argc > 1 ? argv[1] : "0");
  if (!cpus) {
    std::fprintf(stderr, "%s\n", pinfold::message(cpus.error()).c_str());
    return 2;
  }
  show("before");
  {
    const pinfold::ScopedPin pinned(*cpus);
    if (!pinned.placement()) {
      std::fprintf(stderr, "%s\n", pinfold::message(pinned.placement().error()).c_str());
      return 1;
    }
    show("inside");
  }
  show("after");
}

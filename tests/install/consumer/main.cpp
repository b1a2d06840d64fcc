#include <cstdio>

#include <pinfold/pinfold.h>

int main() {
  const auto own = pinfold::affinity(pinfold::this_thread());
  if (!own) return 1;
  const auto placed = pinfold::pin(pinfold::this_thread(), {*own->effective.first()});
  if (!placed || placed->effective.count() != 1) return 1;
  std::printf("%s on %s\n", PINFOLD_VERSION, pinfold::to_cpu_list(placed->effective).c_str());
}

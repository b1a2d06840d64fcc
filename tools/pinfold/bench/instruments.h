// The measurements of `pinfold bench`. argv[0] is the measurement's own name.
#pragma once

namespace pinfold::tool {

int bench_migrate(int argc, char** argv);
int bench_pair(int argc, char** argv);
int bench_matrix(int argc, char** argv);
int bench_noise(int argc, char** argv);

}  // namespace pinfold::tool

// The commands that CLI11 sets up, and what `pinfold` alone shows.
#pragma once

namespace pinfold::tool {

int front(int argc, char** argv);

}  // namespace pinfold::tool

// Numbering pieces so that neighbours in number are not neighbours in the machine.
#pragma once

#include "plan/pieces.h"

namespace pinfold {

/// Puts pieces in such an order that two that follow each other stand in different packages, if
/// there are several with pieces left; and so on within each package: nodes, dies, caches, cores.
/// A piece stands where its first CPU stands.
void spread_out(const Machine& machine, std::vector<Piece>& pieces);

}  // namespace pinfold

// What a reader must know before the numbers: how, where and when they were measured.
#pragma once

#include <string>

#include "document/results.h"

namespace pinfold::bench {

std::string introduction(const Results& results);

}  // namespace pinfold::bench

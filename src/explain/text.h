// A diagnosis in words.
#pragma once

#include <string>

#include "explain/diagnosis.h"

namespace pinfold {

/// "nginx (1234)", "nginx (1234), threads 1240-1243". A command has its name alone.
std::string label(const Diagnosis& diagnosis);

/// "nginx (1234) cannot run on 4-5; it may run on 2-3."
std::string verdict(const Diagnosis& diagnosis);

/// What a constraint is, in a sentence or two: "CPU 7 does not exist: this machine has 0-1."
std::string sentence(const Constraint& constraint);

}  // namespace pinfold

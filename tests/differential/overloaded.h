// A visitor of several lambdas.
#pragma once

namespace pinfold::test {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

}  // namespace pinfold::test

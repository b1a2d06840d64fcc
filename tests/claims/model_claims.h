// The claims on the model.
#pragma once

#include "model/model_system.h"

namespace pinfold::test {

class ModelClaims : public ModelSystem {};

}  // namespace pinfold::test

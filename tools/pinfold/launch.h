// Becoming another command.
#pragma once

namespace pinfold::tool {

/// execvp(3). Where that fails it says why, and returns the exit code.
int launch(char** command);

}  // namespace pinfold::tool

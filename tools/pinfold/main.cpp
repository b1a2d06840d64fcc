// pinfold: which command, and off it goes.

#include <cstring>
#include <string_view>

#include "commands.h"
#include "front.h"

int main(int argc, char** argv) {
  using namespace pinfold::tool;
  if (argc > 0) {
    const char* slash = std::strrchr(argv[0], '/');
    const std::string_view called = slash ? slash + 1 : argv[0];
    if (called == "taskset") return taskset_command(argc, argv);
  }
  if (argc > 1) {
    const std::string_view command = argv[1];
    if (command == "run") return run_command(argc - 1, argv + 1);
    if (command == "taskset") return taskset_command(argc - 1, argv + 1);
  }
  return front(argc, argv);
}

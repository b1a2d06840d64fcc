#include "explain/environment.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <pinfold/cpu_list.h>

namespace pinfold {
namespace {

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

bool has_argument(const Command& command, std::initializer_list<std::string_view> words) {
  const auto& all = command.arguments;
  const auto last = all.end() - static_cast<std::ptrdiff_t>(std::min(all.size(), words.size()));
  for (auto at = all.begin(); at <= last; ++at) {
    if (static_cast<std::size_t>(all.end() - at) >= words.size() &&
        std::equal(words.begin(), words.end(), at)) {
      return true;
    }
  }
  return false;
}

class Search {
 public:
  Search(const Command& command, const std::string& file, const CpuSet& asked)
      : command_(command), asked_(asked), file_(base_name(file)) {}

  std::vector<Constraint> run() {
    launchers();
    gnu_openmp();
    llvm_openmp();
    standard_openmp();
    return std::move(found_);
  }

 private:
  void add(ConstraintKind kind, std::string by, std::string where, std::string lifts) {
    found_.push_back({.kind = kind,
                      .takes = {},
                      .cpus = asked_,
                      .by = std::move(by),
                      .where = std::move(where),
                      .lifts = std::move(lifts)});
  }

  [[nodiscard]] std::string value(const char* name) const {
    const auto found = command_.environment.find(name);
    return found == command_.environment.end() ? std::string() : found->second;
  }

  void launchers() {
    std::string called = base_name(command_.arguments.front());
    constexpr std::string_view suffix = ".openmpi";  // Debian has each MPI's under its name too
    if (called.ends_with(suffix)) called.resize(called.size() - suffix.size());
    if (called == "srun") {
      const std::string bind = value("SLURM_CPU_BIND");
      add(ConstraintKind::escaper,
          "srun has its tasks started by Slurm's daemon on each node: they do not inherit this "
          "mask, and have what --cpu-bind" +
              (bind.empty() ? std::string() : " (SLURM_CPU_BIND=" + bind + ")") + " says",
          "srun(1), --cpu-bind", "srun --cpu-bind=none pinfold run --on PLACE -- CMD");
      return;
    }
    if (!is_one_of(called, {"mpirun", "mpiexec", "orterun", "prterun"})) return;
    if (file_.find("hydra") != std::string::npos || file_.find("mpich") != std::string::npos)
      return;
    if (has_argument(command_, {"--bind-to", "none"}) ||
        has_argument(command_, {"-bind-to", "none"})) {
      return;
    }
    const bool certain = is_one_of(file_, {"orterun", "prterun", "prte"}) ||
                         file_.find("openmpi") != std::string::npos;
    add(ConstraintKind::escaper,
        (certain ? "Open MPI's " + called : called + ", if it is Open MPI's,") +
            " binds its ranks itself, and not within the mask that it inherits",
        "mpirun(1), --bind-to", called + " --bind-to none");
  }

  // Ignored with OMP_PROC_BIND=false.
  void gnu_openmp() {
    const std::string cpus = value("GOMP_CPU_AFFINITY");
    if (cpus.empty() || proc_bind() == "false") return;
    add(ConstraintKind::escaper,
        "GOMP_CPU_AFFINITY=" + cpus +
            " has GCC's OpenMP put its threads on these CPUs, whatever mask it inherits",
        "the environment", "unset GOMP_CPU_AFFINITY");
  }

  void llvm_openmp() {
    const std::string affinity = value("KMP_AFFINITY");
    if (affinity.empty() || affinity.find("disabled") != std::string::npos ||
        affinity.find("none") != std::string::npos) {
      return;
    }
    if (affinity.find("norespect") == std::string::npos) {
      bound("KMP_AFFINITY", affinity, "LLVM's OpenMP bind");
      return;
    }
    add(ConstraintKind::escaper,
        "KMP_AFFINITY=" + affinity +
            " has LLVM's OpenMP bind its threads to any CPUs: norespect means the mask that it "
            "inherits",
        "the environment", "leave norespect out of KMP_AFFINITY");
  }

  void standard_openmp() {
    const std::string bind = proc_bind();
    if (bind == "false") return;
    if (const std::string places = value("OMP_PLACES"); !places.empty()) {
      bound("OMP_PLACES", places, "OpenMP bind");
    } else if (!bind.empty()) {
      bound("OMP_PROC_BIND", value("OMP_PROC_BIND"), "OpenMP bind");
    }
  }

  void bound(const std::string& variable, const std::string& value, const std::string& who) {
    add(ConstraintKind::binder,
        variable + '=' + value + " has " + who +
            " each thread to a part of the mask that the process inherits: a thread then has fewer "
            "CPUs than these",
        "the environment", "unset " + variable);
  }

  [[nodiscard]] std::string proc_bind() const {
    std::string bind = value("OMP_PROC_BIND");
    std::ranges::transform(bind, bind.begin(), [](unsigned char c) { return std::tolower(c); });
    return bind;
  }

  const Command& command_;
  const CpuSet& asked_;
  std::string file_;
  std::vector<Constraint> found_;
};

}  // namespace

std::vector<Constraint> known_escapers(const Command& command, const std::string& file,
                                       const CpuSet& asked) {
  return Search(command, file, asked).run();
}

}  // namespace pinfold

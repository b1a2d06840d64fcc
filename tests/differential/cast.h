// Who and what is there in a scenario: as much as it takes to say whether an operation makes sense.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/scenario/scenario.h"

namespace pinfold::test {

class Cast {
 public:
  struct Member {
    unsigned process = 0;
    bool zombie = false;
    bool spins = false;
    bool deadline = false;
  };
  struct Process {
    unsigned parent = 0;  ///< init's is its own
    std::string leader;
    std::vector<std::string> alive;  ///< threads, in the order in which they came to be
  };

  Cast();

  [[nodiscard]] bool is_there(std::string_view name) const { return members_.contains(name); }
  /// It can act.
  [[nodiscard]] bool is_alive(std::string_view name) const;
  [[nodiscard]] const Member& member(std::string_view name) const {
    return members_.find(name)->second;
  }
  [[nodiscard]] const Process& process_of(std::string_view name) const {
    return processes_.at(member(name).process);
  }
  /// Without init.
  [[nodiscard]] const std::map<std::string, Member, std::less<>>& members() const {
    return members_;
  }
  /// "/a/b"; the root is not among them.
  [[nodiscard]] const std::set<std::string, std::less<>>& cgroups() const { return cgroups_; }
  /// Whether there is that cgroup, or it is the root.
  [[nodiscard]] bool has_cgroup(std::string_view path) const {
    return path == "/" || cgroups_.contains(path);
  }
  /// Whose process could be reaped, and who of its parent's would do that: empty for nobody.
  [[nodiscard]] std::string reaper_of(std::string_view zombie) const;

  /// Whether it can be played: whoever it names is there, and nobody's name is taken.
  [[nodiscard]] bool allows(const model::Operation& operation) const;
  /// Who does it: "init", or a task. Empty: it happens to them.
  [[nodiscard]] std::string actor_of(const model::Operation& operation) const;
  /// It was done.
  void follow(const model::Operation& operation);

  static constexpr unsigned init = 0;

 private:
  void end(const std::string& name);
  void end_process(unsigned process);

  std::map<std::string, Member, std::less<>> members_;
  std::map<unsigned, Process> processes_;
  std::set<std::string, std::less<>> cgroups_;
  std::set<std::string, std::less<>> names_;  // that were ever used
  unsigned last_process_ = init;
};

}  // namespace pinfold::test

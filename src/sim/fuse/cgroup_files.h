// The cgroups of a modelled system as files: cgroup v2, or the cpuset hierarchy of v1.
#pragma once

#include <functional>
#include <mutex>

#include "model/system.h"
#include "sim/fuse/file_system.h"

namespace pinfold::sim {

class CgroupFiles : public FileSystem {
 public:
  /// Which of the system's tasks a thread is, as FileSystem calls it `who`; null: none, and it gets
  /// EPERM. It may make one.
  using FindTask = std::function<model::Task*(pid_t who)>;

  /// `mutex` is held while the system is used, and while `find_task` is called.
  CgroupFiles(model::System& system, std::mutex& mutex, FindTask find_task)
      : system_(system), mutex_(mutex), find_task_(std::move(find_task)) {}

  [[nodiscard]] Contents contents() const override { return Contents::live; }
  int find(Node folder, std::string_view name, Node& found) override;
  int status(Node node, Status& status) override;
  int entries(Node folder, std::vector<Entry>& entries) override;
  /// What is there no more is -ENODEV here and below, as fs/kernfs has it.
  int open(Node node, Access access, pid_t who) override;
  int read(Node node, std::uint64_t offset, std::size_t length, pid_t who,
           std::string& text) override;
  int write(Node node, std::uint64_t offset, std::string_view text, pid_t who) override;
  int truncate(Node node, pid_t who) override;
  int make_folder(Node folder, std::string_view name, pid_t who, Node& made) override;
  int remove_folder(Node folder, std::string_view name, pid_t who) override;

 private:
  /// Where a number leads; cgroup null: it is gone.
  struct Place {
    model::Cgroup* cgroup = nullptr;
    const model::CgroupFile* file = nullptr;  ///< null: the folder itself
  };

  [[nodiscard]] Place place_of(Node node) const;
  /// Where there is such a file. -ENODEV, -EISDIR.
  int find_file(Node node, Place& place) const;
  int find_changer(pid_t who, model::Task*& changer) const;

  model::System& system_;
  std::mutex& mutex_;
  FindTask find_task_;
};

}  // namespace pinfold::sim

// Serves a file system to the kernel: the protocol of linux/fuse.h on /dev/fuse.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include <pinfold/result.h>

#include "base/fd.h"
#include "sim/fuse/file_system.h"

struct fuse_attr;
struct fuse_entry_out;

namespace pinfold::sim {

class Message;

/// Kernels from 5.10 on: FUSE 7.31. A thread that serves must never use what it serves.
class FuseServer {
 public:
  /// `device`: what open_fuse_device() opened, mounted or about to be.
  FuseServer(Fd device, FileSystem& files);
  FuseServer(const FuseServer&) = delete;
  FuseServer& operator=(const FuseServer&) = delete;
  ~FuseServer();

  /// Answers until it is unmounted. Several threads may do that at once. An error of kind `system`:
  /// the device can be read no more, with errno.
  Result<void> run();

  /// What is answered to one message, header and all; empty where no answer is due.
  void answer(std::span<const char> received, std::string& answer);

 private:
  struct Opened;
  using Listing = std::vector<Entry>;
  enum class Plus {
    no,
    yes,  ///< with the status of each
  };

  // Each appends to the answer; 0 or a negative errno.
  int dispatch(Message& message, std::string& answer);
  int begin(Message& message, std::string& answer);
  int look_up(Message& message, std::string& answer);
  int get_status(const Message& message, std::string& answer);
  int set_status(Message& message, std::string& answer);
  int read_link(const Message& message, std::string& answer);
  int make_folder(Message& message, std::string& answer);
  int remove_folder(Message& message);
  int open(Message& message, std::string& answer);
  int read(Message& message, std::string& answer);
  int write(Message& message, std::string& answer);
  int open_folder(std::string& answer);
  int list(Message& message, std::string& answer, Plus plus);
  int close(Message& message);

  int add_status(Node node, std::string& answer);
  int add_entry(Node node, std::string& answer);
  int fill(Node node, fuse_attr& attributes);
  int fill(Node node, fuse_entry_out& entry);
  bool add_to_listing(const Entry& entry, std::uint64_t next, Plus plus, std::size_t room,
                      std::string& answer);

  std::uint64_t add_opened();
  std::shared_ptr<Opened> opened(std::uint64_t handle);
  int make_listing(Node folder, std::shared_ptr<const Listing>& listing);
  int find_listing(Node folder, std::uint64_t handle, std::uint64_t from,
                   std::shared_ptr<const Listing>& listing);
  [[nodiscard]] bool is_constant() const { return contents_ == Contents::constant; }

  Fd device_;
  FileSystem& files_;
  Contents contents_;
  std::uint64_t began_ = 0;  ///< seconds: the time that all files have
  std::atomic<bool> opens_by_itself_ = false;
  std::atomic<bool> opens_folders_by_itself_ = false;

  std::mutex mutex_;  // of what follows
  std::unordered_map<std::uint64_t, std::shared_ptr<Opened>> opened_;
  std::uint64_t last_handle_ = 0;
  // Of constant contents, what was listed last: a long one is asked for in many pieces.
  Node listed_ = 0;
  std::shared_ptr<const Listing> listing_;
};

}  // namespace pinfold::sim

#include "sim/files/folder_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/fd.h"
#include "base/try.h"

namespace pinfold::sim {
namespace {

class Writer {
 public:
  Writer(const ErofsImage& image, int top) : image_(image), top_(top) {}

  Result<void> write_folder(ErofsImage::NodeNumber folder, int at) {
    if (depth_ > deepest) return failed(ELOOP);  // of a damaged image
    Result<void> written;
    image_.for_each_entry(folder, [&](const ErofsImage::Entry& entry) {
      if (entry.name == "." || entry.name == "..") return true;
      const std::size_t length = path_.size();
      if (!path_.empty()) path_ += '/';
      path_ += entry.name;
      written = write(entry, at);
      path_.resize(length);
      return written.has_value();
    });
    return written;
  }

 private:
  static constexpr unsigned deepest = 64;

  [[nodiscard]] std::unexpected<Error> failed(int number) const {
    return fail({.kind = ErrorKind::system, .number = number, .text = path_});
  }

  Result<void> write(const ErofsImage::Entry& entry, int at) {
    const std::string name(entry.name);
    switch (entry.type) {
      case ErofsImage::Type::folder:
        return write_subfolder(entry.node, at, name.c_str());
      case ErofsImage::Type::file:
        return write_file(entry.node, at, name.c_str());
      case ErofsImage::Type::link:
        return write_link(entry.node, at, name.c_str());
    }
    return {};
  }

  Result<void> write_subfolder(ErofsImage::NodeNumber node, int at, const char* name) {
    constexpr mode_t mode = S_IRWXU | S_IRGRP | S_IXGRP | S_IROTH | S_IXOTH;
    if (::mkdirat(at, name, mode) != 0) return failed(errno);
    const Fd folder(::openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder.is_open()) return failed(errno);
    ++depth_;
    auto written = write_folder(node, folder.get());
    --depth_;
    return written;
  }

  Result<void> write_file(ErofsImage::NodeNumber node, int at, const char* name) {
    const auto before = paths_.find(node);
    if (before != paths_.end()) {
      if (::linkat(top_, before->second.c_str(), at, name, 0) == 0) return {};
      // EMLINK: it has as many links as a file can have. Others make none at all.
      if (errno == EEXIST) return failed(errno);
    }
    constexpr mode_t mode = S_IRUSR | S_IRGRP | S_IROTH;
    const Fd file(::openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!file.is_open()) return failed(errno);
    CHECK_OK(copy(node, file));
    paths_.insert_or_assign(node, path_);
    return {};
  }

  Result<void> copy(ErofsImage::NodeNumber node, const Fd& file) {
    std::uint64_t offset = 0;
    while (const std::size_t length = image_.read(node, offset, buffer_)) {
      std::size_t done = 0;
      while (done < length) {
        const ssize_t written = ::write(file.get(), buffer_.data() + done, length - done);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed(errno);
        done += static_cast<std::size_t>(written);
      }
      offset += length;
    }
    return {};
  }

  Result<void> write_link(ErofsImage::NodeNumber node, int at, const char* name) {
    std::array<char, 4096> buffer{};
    const auto target = image_.link_target(node, buffer);
    if (!target) return failed(EUCLEAN);
    if (::symlinkat(std::string(*target).c_str(), at, name) != 0) return failed(errno);
    return {};
  }

  const ErofsImage& image_;
  int top_;
  unsigned depth_ = 0;
  std::string path_;
  std::unordered_map<ErofsImage::NodeNumber, std::string> paths_;  // where a node stands
  std::array<char, 65536> buffer_{};
};

}  // namespace

Result<void> write_folder(const ErofsImage& image, int at) {
  const auto writer = std::make_unique<Writer>(image, at);
  return writer->write_folder(image.root(), at);
}

}  // namespace pinfold::sim

// The kernel mounts what we write, and shows what we meant.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "shown.h"
#include "sim/files/erofs_writer.h"

namespace pinfold::test {
using namespace sim;
namespace {

namespace fs = std::filesystem;

constexpr int skipped = 77;

// Compares what the kernel shows at `path` with the tree. Empty where it is the same.
std::string difference(const FileTree& tree, FileTree::FolderId folder, const std::string& path) {
  std::vector<FileTree::Entry> entries;
  tree.list(folder, entries);
  std::size_t listed = 0;
  for (const auto& entry : fs::directory_iterator(path))
    listed += entry.path().empty() ? 0U : 1U;
  if (listed != entries.size()) return path + " has " + std::to_string(listed) + " names";
  for (const FileTree::Entry& entry : entries) {
    const std::string below = path + '/' + std::string(entry.name);
    std::string wrong;
    if (entry.type == FileTree::Type::folder) {
      wrong = difference(tree, entry.folder, below);
    } else if (entry.type == FileTree::Type::link) {
      if (fs::read_symlink(below) != fs::path(tree.text(entry.content))) wrong = below;
    } else {
      std::ifstream file(below, std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      if (text != tree.text(entry.content)) wrong = below + " is \"" + text + '"';
    }
    if (!wrong.empty()) return wrong;
  }
  return {};
}

// In a child with mounts of its own: what it wrote, and how it ended.
void expect_mounted(const FileTree& tree) {
  const OwnFolder own;
  const std::string image = own.path() + "/image";
  const std::string target = own.path() + "/target";
  fs::create_directory(target);
  const auto bytes = erofs_image(tree);
  ASSERT_TRUE(bytes);
  std::ofstream(image, std::ios::binary).write(bytes->data(), static_cast<long>(bytes->size()));
  int pipe[2];
  ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    std::string said;
    int code = 1;
    const Fd file(::open(image.c_str(), O_RDONLY | O_CLOEXEC));
    const std::string source = "/proc/self/fd/" + std::to_string(file.get());
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
      said = "no mount namespace of one's own: " + std::string(::strerror(errno));
      code = skipped;
    } else if (::mount(source.c_str(), target.c_str(), "erofs", MS_RDONLY, nullptr) != 0) {
      said = "EROFS cannot be mounted from a file: " + std::string(::strerror(errno));
      code = errno == ENOTBLK || errno == ENODEV || errno == EPERM ? skipped : 1;
    } else {
      said = difference(tree, FileTree::root, target);
      code = said.empty() ? 0 : 1;
    }
    (void)!::write(pipe[1], said.data(), said.size());
    ::_exit(code);
  }
  ::close(pipe[1]);
  const Fd reader(pipe[0]);
  std::array<char, 4096> buffer{};
  const ssize_t length = ::read(reader.get(), buffer.data(), buffer.size());
  const std::string said(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == skipped) GTEST_SKIP() << said;
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << said;
}

TEST(MountedImage, ShowsTheFilesOfAMachine) {
  expect_mounted(machine_files(
      described("pack:2 numa:2(memory=1GiB) l3:2(size=32MiB) l2:2 l1d:1 core:2 pu:2;offline=3")));
}

TEST(MountedImage, ShowsTheFilesOfALargeMachine) {
  expect_mounted(machine_files(described("pack:8 numa:2 l3:8 l2:16 l1d:1 core:1 pu:2")));
}

TEST(MountedImage, ShowsFilesAndFoldersOfAnySize) {
  FileTree tree;
  for (const std::size_t size : {0U, 1U, 31U, 32U, 4000U, 4063U, 4064U, 4065U, 4095U, 4096U, 4097U,
                                 8160U, 8161U, 8192U, 100000U}) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i)
      text += static_cast<char>('a' + (size + i) % 23);
    tree.add_file(FileTree::root, "file" + std::to_string(size), text);
  }
  for (const int names : {1, 100, 170, 250, 251, 252, 1000, 5000}) {
    const auto folder = tree.add_folder(FileTree::root, "folder" + std::to_string(names));
    for (int i = 0; i < names; ++i)
      tree.add_file(folder, "f" + std::to_string(i), std::to_string(i));
  }
  const auto odd = tree.add_folder(FileTree::root, "-before.");
  for (const char* name : {"-", "!", "+x", ",", "...", "\x01", "\xff", "Z"})
    tree.add_link(odd, name, name);
  tree.add_link(odd, std::string(255, 'n'), std::string(3000, 't'));
  tree.add_link(odd, "long", std::string(4080, 't'));
  expect_mounted(tree);
}

}  // namespace
}  // namespace pinfold::test

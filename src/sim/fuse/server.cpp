#include "sim/fuse/server.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "sim/fuse/message.h"

namespace pinfold::sim {
namespace {

constexpr std::size_t page = 4096;
// As much as the kernel asks for at once unless fs.fuse.max_pages_limit says otherwise.
constexpr std::size_t most_pages = 256;
constexpr std::size_t longest_transfer = most_pages * page;
constexpr std::size_t longest_name = 255;
constexpr std::uint32_t oldest_minor = 31;
constexpr std::uint64_t for_ever = 10ULL * 366 * 24 * 3600;  // seconds, which the kernel can add
constexpr std::uint64_t unknown_number = 0xFFFFFFFF;         // FUSE_UNKNOWN_INO of fs/fuse/dir.c

// What a message that cannot be from a kernel is answered.
constexpr int malformed = -EINVAL;

}  // namespace

// An open file or folder of live contents: what was read from its beginning is read on from there,
// whatever has changed since (fs/kernfs/file.c).
struct FuseServer::Opened {
  std::mutex mutex;
  bool was_read = false;
  std::string text;
  std::shared_ptr<const Listing> listing;
};

FuseServer::FuseServer(Fd device, FileSystem& files)
    : device_(std::move(device)),
      files_(files),
      contents_(files.contents()),
      began_(static_cast<std::uint64_t>(std::time(nullptr))) {}

FuseServer::~FuseServer() = default;

Result<void> FuseServer::run() {
  // A page for the headers: the kernel refuses to be read with less room than it might need.
  constexpr std::size_t room = longest_transfer + page;
  const auto received = std::make_unique_for_overwrite<char[]>(room);
  std::string reply;
  for (;;) {
    const ssize_t length = ::read(device_.get(), received.get(), room);
    if (length == 0) return {};
    if (length < 0) {
      // ENOENT: whoever asked was killed before the message was read.
      if (errno == EINTR || errno == ENOENT) continue;
      if (errno == ENODEV) return {};
      return fail({.kind = ErrorKind::system, .number = errno, .text = "/dev/fuse"});
    }
    answer({received.get(), static_cast<std::size_t>(length)}, reply);
    // Nobody waits for an answer that the kernel refuses; the next read says if that is the end.
    if (!reply.empty()) (void)::write(device_.get(), reply.data(), reply.size());
  }
}

void FuseServer::answer(std::span<const char> received, std::string& answer) {
  answer.clear();
  auto message = Message::open(received);
  if (!message) return;
  const std::uint32_t opcode = message->header().opcode;
  if (opcode == FUSE_FORGET || opcode == FUSE_BATCH_FORGET) return;
  fuse_out_header header{.len = 0, .error = 0, .unique = message->header().unique};
  add(answer, header);
  header.error = dispatch(*message, answer);
  if (header.error != 0) answer.resize(sizeof header);
  header.len = static_cast<std::uint32_t>(answer.size());
  std::memcpy(answer.data(), &header, sizeof header);
}

int FuseServer::dispatch(Message& message, std::string& answer) {
  switch (message.header().opcode) {
    case FUSE_INIT:
      return begin(message, answer);
    case FUSE_LOOKUP:
      return look_up(message, answer);
    case FUSE_GETATTR:
      return get_status(message, answer);
    case FUSE_SETATTR:
      return set_status(message, answer);
    case FUSE_READLINK:
      return read_link(message, answer);
    case FUSE_MKDIR:
      return make_folder(message, answer);
    case FUSE_RMDIR:
      return remove_folder(message);
    case FUSE_OPEN:
      return open(message, answer);
    case FUSE_READ:
      return read(message, answer);
    case FUSE_WRITE:
      return write(message, answer);
    case FUSE_OPENDIR:
      return open_folder(answer);
    case FUSE_READDIR:
      return list(message, answer, Plus::no);
    case FUSE_READDIRPLUS:
      return list(message, answer, Plus::yes);
    case FUSE_RELEASE:
    case FUSE_RELEASEDIR:
      return close(message);
    case FUSE_STATFS: {
      fuse_statfs_out out{};
      out.st.bsize = out.st.frsize = page;
      out.st.namelen = longest_name;
      add(answer, out);
      return 0;
    }
    case FUSE_DESTROY:
      return 0;
    // As in file systems that know nothing of these, cgroupfs among them.
    case FUSE_CREATE:
    case FUSE_MKNOD:
      return -EACCES;
    case FUSE_SYMLINK:
    case FUSE_LINK:
    case FUSE_UNLINK:
    case FUSE_RENAME:
    case FUSE_RENAME2:
      return -EPERM;
    // FLUSH, ACCESS, POLL, INTERRUPT and others: the kernel does without from then on.
    default:
      return -ENOSYS;
  }
}

int FuseServer::begin(Message& message, std::string& answer) {
  constexpr std::size_t least = 16;  // before 7.36
  const auto in = message.take<fuse_init_in>(least);
  if (!in) return malformed;
  const bool too_new = in->major > FUSE_KERNEL_VERSION;  // it will ask again
  if (!too_new && (in->major < FUSE_KERNEL_VERSION || in->minor < oldest_minor)) return -EPROTO;
  fuse_init_out out{};
  out.major = FUSE_KERNEL_VERSION;
  out.minor = oldest_minor;
  if (!too_new) {
    std::uint32_t wanted =
        FUSE_ASYNC_READ | FUSE_BIG_WRITES | FUSE_PARALLEL_DIROPS | FUSE_MAX_PAGES;
    wanted |= is_constant() ? FUSE_DO_READDIRPLUS | FUSE_READDIRPLUS_AUTO | FUSE_CACHE_SYMLINKS
                            : std::uint32_t{FUSE_ATOMIC_O_TRUNC};
    out.flags = in->flags & wanted;
    out.max_readahead = std::min<std::uint32_t>(in->max_readahead, longest_transfer);
    out.max_background = 64;
    out.congestion_threshold = 48;
    out.max_write = longest_transfer;
    out.max_pages = most_pages;
    out.time_gran = 1;
    opens_by_itself_ = (in->flags & FUSE_NO_OPEN_SUPPORT) != 0;
    opens_folders_by_itself_ = (in->flags & FUSE_NO_OPENDIR_SUPPORT) != 0;
  }
  add(answer, out);
  return 0;
}

int FuseServer::fill(Node node, fuse_attr& attributes) {
  Status status;
  if (const int wrong = files_.status(node, status); wrong != 0) return wrong;
  attributes.ino = node;
  attributes.mode = status.mode;
  attributes.size = status.size;
  attributes.blocks = (status.size + 511) / 512;
  attributes.nlink = status.links;
  attributes.blksize = page;
  attributes.atime = attributes.mtime = attributes.ctime = began_;
  return 0;
}

int FuseServer::fill(Node node, fuse_entry_out& entry) {
  if (const int wrong = fill(node, entry.attr); wrong != 0) return wrong;
  entry.nodeid = node;
  entry.attr_valid = for_ever;
  entry.entry_valid = is_constant() ? for_ever : 0;
  return 0;
}

int FuseServer::add_status(Node node, std::string& answer) {
  fuse_attr_out out{};
  out.attr_valid = for_ever;
  if (const int wrong = fill(node, out.attr); wrong != 0) return wrong;
  add(answer, out);
  return 0;
}

int FuseServer::add_entry(Node node, std::string& answer) {
  fuse_entry_out out{};
  if (const int wrong = fill(node, out); wrong != 0) return wrong;
  add(answer, out);
  return 0;
}

int FuseServer::look_up(Message& message, std::string& answer) {
  const auto name = message.take_name();
  if (!name) return malformed;
  if (name->size() > longest_name) return -ENAMETOOLONG;
  Node found = 0;
  const int wrong = files_.find(message.header().nodeid, *name, found);
  if (wrong == -ENOENT && is_constant()) {
    // So that the kernel remembers that there is none.
    fuse_entry_out none{};
    none.entry_valid = for_ever;
    add(answer, none);
    return 0;
  }
  return wrong != 0 ? wrong : add_entry(found, answer);
}

int FuseServer::get_status(const Message& message, std::string& answer) {
  return add_status(message.header().nodeid, answer);
}

int FuseServer::set_status(Message& message, std::string& answer) {
  const auto in = message.take<fuse_setattr_in>();
  if (!in) return malformed;
  if ((in->valid & (FATTR_MODE | FATTR_UID | FATTR_GID)) != 0) return -EPERM;
  const Node node = message.header().nodeid;
  if ((in->valid & FATTR_SIZE) != 0) {
    if (const int wrong = files_.truncate(node, message.who()); wrong != 0) return wrong;
  }
  return add_status(node, answer);
}

int FuseServer::read_link(const Message& message, std::string& answer) {
  std::string target;
  if (const int wrong = files_.read_link(message.header().nodeid, target); wrong != 0) {
    return wrong;
  }
  answer += target;
  return 0;
}

int FuseServer::make_folder(Message& message, std::string& answer) {
  if (!message.take<fuse_mkdir_in>()) return malformed;
  const auto name = message.take_name();
  if (!name) return malformed;
  if (name->size() > longest_name) return -ENAMETOOLONG;
  Node made = 0;
  const int wrong = files_.make_folder(message.header().nodeid, *name, message.who(), made);
  return wrong != 0 ? wrong : add_entry(made, answer);
}

int FuseServer::remove_folder(Message& message) {
  const auto name = message.take_name();
  if (!name) return malformed;
  return files_.remove_folder(message.header().nodeid, *name, message.who());
}

int FuseServer::open(Message& message, std::string& answer) {
  const auto in = message.take<fuse_open_in>();
  if (!in) return malformed;
  fuse_open_out out{};
  if (is_constant()) {
    if (opens_by_itself_) return -ENOSYS;
    out.open_flags = FOPEN_KEEP_CACHE;
  } else {
    const Node node = message.header().nodeid;
    const auto mode = in->flags & O_ACCMODE;
    const auto may = [&](Access access) { return files_.open(node, access, message.who()); };
    int wrong = mode == O_WRONLY ? 0 : may(Access::read);
    if (wrong == 0 && mode != O_RDONLY) wrong = may(Access::write);
    if (wrong == 0 && (in->flags & O_TRUNC) != 0) wrong = files_.truncate(node, message.who());
    if (wrong != 0) return wrong;
    out.open_flags = FOPEN_DIRECT_IO;
    out.fh = add_opened();
  }
  add(answer, out);
  return 0;
}

int FuseServer::read(Message& message, std::string& answer) {
  const auto in = message.take<fuse_read_in>();
  if (!in) return malformed;
  const Node node = message.header().nodeid;
  const std::size_t length = std::min<std::size_t>(in->size, longest_transfer);
  if (is_constant()) return files_.read(node, in->offset, length, message.who(), answer);
  const auto file = opened(in->fh);
  if (!file) return -EBADF;
  const std::scoped_lock lock(file->mutex);
  if (in->offset == 0 || !file->was_read) {
    file->text.clear();
    const int wrong = files_.read(node, 0, std::string::npos, message.who(), file->text);
    file->was_read = wrong == 0;
    if (wrong != 0) return wrong;
  }
  if (in->offset < file->text.size()) answer.append(file->text, in->offset, length);
  return 0;
}

int FuseServer::write(Message& message, std::string& answer) {
  const auto in = message.take<fuse_write_in>();
  if (!in || message.rest().size() != in->size) return malformed;
  const int wrong =
      files_.write(message.header().nodeid, in->offset, message.rest(), message.who());
  if (wrong != 0) return wrong;
  add(answer, fuse_write_out{.size = in->size, .padding = 0});
  return 0;
}

int FuseServer::open_folder(std::string& answer) {
  fuse_open_out out{};
  if (is_constant()) {
    if (opens_folders_by_itself_) return -ENOSYS;
    out.open_flags = FOPEN_KEEP_CACHE | FOPEN_CACHE_DIR;
  } else {
    out.fh = add_opened();
  }
  add(answer, out);
  return 0;
}

int FuseServer::close(Message& message) {
  const auto in = message.take<fuse_release_in>();
  if (!in) return malformed;
  const std::scoped_lock lock(mutex_);
  opened_.erase(in->fh);
  return 0;
}

int FuseServer::list(Message& message, std::string& answer, Plus plus) {
  const auto in = message.take<fuse_read_in>();
  if (!in) return malformed;
  std::shared_ptr<const Listing> listing;
  const int wrong = find_listing(message.header().nodeid, in->fh, in->offset, listing);
  if (wrong != 0) return wrong;
  const std::size_t room = answer.size() + std::min<std::size_t>(in->size, longest_transfer);
  for (std::uint64_t i = in->offset; i < listing->size(); ++i) {
    if (!add_to_listing((*listing)[i], i + 1, plus, room, answer)) break;
  }
  return 0;
}

bool FuseServer::add_to_listing(const Entry& entry, std::uint64_t next, Plus plus, std::size_t room,
                                std::string& answer) {
  const std::size_t before = plus == Plus::yes ? FUSE_NAME_OFFSET_DIRENTPLUS : FUSE_NAME_OFFSET;
  const std::size_t size = FUSE_REC_ALIGN(before + entry.name.size());
  if (answer.size() + size > room) return false;
  const std::size_t end = answer.size() + size;
  if (plus == Plus::yes) {
    fuse_entry_out out{};
    // The kernel takes a node number of 0 for: no status is known.
    if (entry.name != "." && entry.name != "..") (void)fill(entry.node, out);
    add(answer, out);
  }
  fuse_dirent out{};
  out.ino = entry.node;
  out.off = next;
  out.namelen = static_cast<std::uint32_t>(entry.name.size());
  out.type = entry.type;
  answer.append(reinterpret_cast<const char*>(&out), FUSE_NAME_OFFSET);
  answer += entry.name;
  answer.resize(end);
  return true;
}

int FuseServer::make_listing(Node folder, std::shared_ptr<const Listing>& listing) {
  auto made = std::make_shared<Listing>();
  made->push_back({.name = ".", .node = folder, .type = DT_DIR});
  made->push_back({.name = "..", .node = unknown_number, .type = DT_DIR});
  if (const int wrong = files_.entries(folder, *made); wrong != 0) return wrong;
  listing = std::move(made);
  return 0;
}

// Of live contents each open folder has its own, made when it is read from the beginning: entries
// keep their places when others go.
int FuseServer::find_listing(Node folder, std::uint64_t handle, std::uint64_t from,
                             std::shared_ptr<const Listing>& listing) {
  if (!is_constant()) {
    const auto open = opened(handle);
    if (!open) return -EBADF;
    const std::scoped_lock lock(open->mutex);
    if (from == 0 || !open->listing) {
      if (const int wrong = make_listing(folder, open->listing); wrong != 0) return wrong;
    }
    listing = open->listing;
    return 0;
  }
  {
    const std::scoped_lock lock(mutex_);
    if (listed_ == folder) listing = listing_;
  }
  if (listing) return 0;
  if (const int wrong = make_listing(folder, listing); wrong != 0) return wrong;
  const std::scoped_lock lock(mutex_);
  listed_ = folder;
  listing_ = listing;
  return 0;
}

std::uint64_t FuseServer::add_opened() {
  const std::scoped_lock lock(mutex_);
  opened_.emplace(++last_handle_, std::make_shared<Opened>());
  return last_handle_;
}

std::shared_ptr<FuseServer::Opened> FuseServer::opened(std::uint64_t handle) {
  const std::scoped_lock lock(mutex_);
  const auto found = opened_.find(handle);
  return found == opened_.end() ? nullptr : found->second;
}

}  // namespace pinfold::sim

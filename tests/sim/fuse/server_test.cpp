// The protocol, message by message: what a kernel sends, and what none would.
#include "sim/fuse/server.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <thread>

#include "sim/fuse/messages.h"
#include "sim/fuse/tiny_files.h"

namespace pinfold::test {
namespace {

using sim::FuseServer;
using sim::root_node;

// One file that can be written, whose text grows by each write.
class LiveFile : public sim::FileSystem {
 public:
  static constexpr sim::Node file = 2;
  [[nodiscard]] sim::Contents contents() const override { return sim::Contents::live; }
  int find(sim::Node /*folder*/, std::string_view name, sim::Node& found) override {
    found = file;
    return name == "file" ? 0 : -ENOENT;
  }
  int status(sim::Node node, sim::Status& status) override {
    status.mode = node == file ? S_IFREG | 0644U : S_IFDIR | 0755U;
    return 0;
  }
  int entries(sim::Node /*folder*/, std::vector<sim::Entry>& entries) override {
    for (const std::string& name : names)
      entries.push_back({.name = name, .node = file, .type = DT_REG});
    return 0;
  }
  int read(sim::Node /*node*/, std::uint64_t /*offset*/, std::size_t /*length*/, pid_t who,
           std::string& to) override {
    last_who = who;
    to += text;
    return 0;
  }
  int write(sim::Node /*node*/, std::uint64_t /*offset*/, std::string_view written,
            pid_t who) override {
    last_who = who;
    if (written == "no") return -ERANGE;
    text += written;
    return 0;
  }
  int truncate(sim::Node /*node*/, pid_t /*who*/) override { return 0; }

  std::string text = "text\n";
  std::vector<std::string> names = {"a", "b", "c"};
  pid_t last_who = 0;
};

template <class Files>
class Server : public testing::Test {
 protected:
  Server() { EXPECT_EQ(ask(init_message()).error, 0); }
  Reply ask(std::string_view message) { return test::ask(server_, message); }
  Reply ask(std::uint32_t opcode, std::uint64_t node, std::string_view body = {},
            std::uint32_t who = 1) {
    return ask(message_of(opcode, node, body, who));
  }
  Reply read(std::uint64_t node, std::uint64_t handle, std::uint64_t offset, std::uint32_t size,
             std::uint32_t opcode = FUSE_READ) {
    fuse_read_in in{};
    in.fh = handle;
    in.offset = offset;
    in.size = size;
    return ask(opcode, node, bytes_of(in));
  }
  std::uint64_t open(std::uint64_t node, std::uint32_t opcode = FUSE_OPEN) {
    const Reply reply = ask(opcode, node, bytes_of(fuse_open_in{.flags = O_RDWR, .open_flags = 0}));
    EXPECT_EQ(reply.error, 0);
    return reply.template as<fuse_open_out>().fh;
  }
  Reply write(std::uint64_t node, std::string_view text, std::uint32_t size) {
    fuse_write_in in{};
    in.size = size;
    return ask(FUSE_WRITE, node, bytes_of(in).append(text), 77);
  }

  Files files_;
  FuseServer server_{Fd(), files_};
};

using ConstantServer = Server<TinyFiles>;
using LiveServer = Server<LiveFile>;

std::vector<std::string> names_of(std::string_view listing, std::size_t before,
                                  std::uint64_t* next = nullptr) {
  std::vector<std::string> names;
  while (listing.size() >= before + sizeof(fuse_dirent)) {
    fuse_dirent entry{};
    std::memcpy(&entry, listing.data() + before, sizeof entry);
    names.emplace_back(listing.substr(before + FUSE_NAME_OFFSET, entry.namelen));
    if (next) *next = entry.off;
    listing.remove_prefix(FUSE_REC_ALIGN(before + FUSE_NAME_OFFSET + entry.namelen));
  }
  EXPECT_TRUE(listing.empty());
  return names;
}

TEST_F(ConstantServer, AgreesWithKernelsOfItsMajorVersionAndAsksNewerOnesAgain) {
  const auto agreed = ask(init_message()).as<fuse_init_out>();
  EXPECT_EQ(agreed.major, 7U);
  EXPECT_EQ(agreed.minor, 31U);
  EXPECT_NE(agreed.flags & FUSE_DO_READDIRPLUS, 0U);
  EXPECT_EQ(ask(init_message(0)).as<fuse_init_out>().flags, 0U);

  fuse_init_in in{};
  in.major = 8;
  EXPECT_EQ(ask(FUSE_INIT, 0, bytes_of(in)).as<fuse_init_out>().major, 7U);
  in.major = 7;
  in.minor = 30;
  EXPECT_EQ(ask(FUSE_INIT, 0, bytes_of(in)).error, -EPROTO);
  in.minor = 31;  // whose message is shorter
  EXPECT_EQ(ask(FUSE_INIT, 0, bytes_of(in).substr(0, 16)).error, 0);
  EXPECT_EQ(ask(FUSE_INIT, 0, bytes_of(in).substr(0, 15)).error, -EINVAL);
}

TEST_F(ConstantServer, LetsTheKernelKeepWhatItFound) {
  const auto found = ask(FUSE_LOOKUP, root_node, name_bytes("hello"));
  EXPECT_EQ(found.error, 0);
  const auto entry = found.as<fuse_entry_out>();
  EXPECT_EQ(entry.nodeid, TinyFiles::file);
  EXPECT_EQ(entry.attr.size, 13U);
  EXPECT_EQ(entry.attr.mode, S_IFREG | 0444U);
  EXPECT_GT(entry.entry_valid, 0U);
  EXPECT_GT(entry.attr_valid, 0U);
  // And that there is nothing.
  const auto missing = ask(FUSE_LOOKUP, root_node, name_bytes("nothing"));
  EXPECT_EQ(missing.error, 0);
  EXPECT_EQ(missing.as<fuse_entry_out>().nodeid, 0U);
  EXPECT_GT(missing.as<fuse_entry_out>().entry_valid, 0U);
}

TEST_F(ConstantServer, OpensNothingWhereTheKernelNeedsNoAnswer) {
  const std::string in = bytes_of(fuse_open_in{});
  EXPECT_EQ(ask(FUSE_OPEN, TinyFiles::file, in).error, -ENOSYS);
  EXPECT_EQ(ask(FUSE_OPENDIR, root_node, in).error, -ENOSYS);
  ask(init_message(0));
  EXPECT_EQ(ask(FUSE_OPEN, TinyFiles::file, in).as<fuse_open_out>().open_flags,
            static_cast<std::uint32_t>(FOPEN_KEEP_CACHE));
  EXPECT_EQ(ask(FUSE_OPENDIR, root_node, in).error, 0);
}

TEST_F(ConstantServer, ReadsFromWhereItIsAsked) {
  EXPECT_EQ(read(TinyFiles::file, 0, 0, 4096).body, "hello, world\n");
  EXPECT_EQ(read(TinyFiles::file, 0, 7, 5).body, "world");
  EXPECT_EQ(read(TinyFiles::file, 0, 13, 5).body, "");
  EXPECT_EQ(read(TinyFiles::file, 0, ~0ULL, ~0U).body, "");
  EXPECT_EQ(read(root_node, 0, 0, 5).error, -EISDIR);
  EXPECT_EQ(ask(FUSE_READLINK, TinyFiles::link).body, "hello");
  EXPECT_EQ(ask(FUSE_READLINK, TinyFiles::file).error, -EINVAL);
}

TEST_F(ConstantServer, ListsAFolderInPiecesThatFit) {
  for (const bool plus : {false, true}) {
    const std::uint32_t opcode = plus ? FUSE_READDIRPLUS : FUSE_READDIR;
    const std::size_t before = plus ? sizeof(fuse_entry_out) : 0;
    std::vector<std::string> names;
    std::uint64_t at = 0;
    for (;;) {
      const Reply reply = read(TinyFiles::folder, 0, at, 1000, opcode);
      ASSERT_EQ(reply.error, 0);
      ASSERT_LE(reply.body.size(), 1000U);
      const auto more = names_of(reply.body, before, &at);
      if (more.empty()) break;
      names.insert(names.end(), more.begin(), more.end());
    }
    ASSERT_EQ(names.size(), TinyFiles::many + 2);
    EXPECT_EQ(names[0], ".");
    EXPECT_EQ(names[1], "..");
    EXPECT_EQ(names[2], "000");
    EXPECT_EQ(names.back(), "299");
  }
  EXPECT_EQ(read(TinyFiles::file, 0, 0, 1000, FUSE_READDIR).error, -ENOTDIR);
  EXPECT_EQ(read(root_node, 0, 0, 10, FUSE_READDIR).body, "");
}

TEST_F(ConstantServer, TellsTheStatusWithEachEntryOfAFolder) {
  const Reply reply = read(root_node, 0, 0, 4096, FUSE_READDIRPLUS);
  // Behind "." and "..".
  constexpr std::size_t dots = 2 * FUSE_REC_ALIGN(FUSE_NAME_OFFSET_DIRENTPLUS + 1);
  EXPECT_EQ(reply.as<fuse_entry_out>().nodeid, 0U);
  fuse_entry_out hello{};
  std::memcpy(&hello, reply.body.data() + dots, sizeof hello);
  EXPECT_EQ(hello.nodeid, TinyFiles::file);
  EXPECT_EQ(hello.attr.size, 13U);
}

TEST_F(ConstantServer, ChangesNothing) {
  EXPECT_EQ(write(TinyFiles::file, "x", 1).error, -EROFS);
  const std::string make = bytes_of(fuse_mkdir_in{}) + name_bytes("x");
  EXPECT_EQ(ask(FUSE_MKDIR, root_node, make).error, -EROFS);
  EXPECT_EQ(ask(FUSE_RMDIR, root_node, name_bytes("many")).error, -EROFS);
  fuse_setattr_in in{};
  in.valid = FATTR_SIZE;
  EXPECT_EQ(ask(FUSE_SETATTR, TinyFiles::file, bytes_of(in)).error, -EROFS);
  in.valid = FATTR_MODE;
  EXPECT_EQ(ask(FUSE_SETATTR, TinyFiles::file, bytes_of(in)).error, -EPERM);
  in.valid = FATTR_MTIME_NOW;
  EXPECT_EQ(ask(FUSE_SETATTR, TinyFiles::file, bytes_of(in)).error, 0);
}

TEST_F(ConstantServer, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(ask(FUSE_POLL, root_node).error, -ENOSYS);
  EXPECT_EQ(ask(FUSE_INTERRUPT, 0, std::string(8, '\0')).error, -ENOSYS);
  EXPECT_EQ(ask(FUSE_GETXATTR, root_node).error, -ENOSYS);
  EXPECT_EQ(ask(0, root_node).error, -ENOSYS);
  EXPECT_EQ(ask(4711, root_node).error, -ENOSYS);
  EXPECT_EQ(ask(FUSE_CREATE, root_node).error, -EACCES);
  EXPECT_EQ(ask(FUSE_UNLINK, root_node, name_bytes("hello")).error, -EPERM);
  EXPECT_FALSE(ask(FUSE_FORGET, root_node, std::string(8, '\0')).given);
  EXPECT_FALSE(ask(FUSE_BATCH_FORGET, 0, std::string(8, '\xFF')).given);
}

TEST_F(ConstantServer, AnswersNothingToWhatIsNotAsLongAsItSays) {
  const std::string whole = message_of(FUSE_GETATTR, root_node, bytes_of(fuse_getattr_in{}));
  ASSERT_EQ(ask(whole).error, 0);
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(ask(whole.substr(0, length)).given) << length;
  EXPECT_FALSE(ask(whole + '\0').given);
}

TEST_F(ConstantServer, RefusesMessagesThatAreTooShortForWhatTheyAre) {
  for (const std::uint32_t opcode :
       {FUSE_INIT, FUSE_LOOKUP, FUSE_SETATTR, FUSE_MKDIR, FUSE_RMDIR, FUSE_OPEN, FUSE_READ,
        FUSE_WRITE, FUSE_READDIR, FUSE_READDIRPLUS, FUSE_RELEASE, FUSE_RELEASEDIR}) {
    EXPECT_EQ(ask(opcode, root_node, "1234567").error, -EINVAL) << opcode;
    EXPECT_EQ(ask(opcode, root_node).error, -EINVAL) << opcode;
  }
}

TEST_F(ConstantServer, TakesOnlyNamesThatAreSome) {
  for (const std::string name : {"", ".", "..", "a/b"})
    EXPECT_EQ(ask(FUSE_LOOKUP, root_node, name_bytes(name)).error, -EINVAL) << name;
  EXPECT_EQ(ask(FUSE_LOOKUP, root_node, "hello").error, -EINVAL);  // not ended
  EXPECT_EQ(ask(FUSE_LOOKUP, root_node, name_bytes("hello") + name_bytes("x")).error, -EINVAL);
  EXPECT_EQ(ask(FUSE_LOOKUP, root_node, name_bytes(std::string(256, 'x'))).error, -ENAMETOOLONG);
}

TEST_F(LiveServer, HasNamesLookedUpEachTime) {
  const auto entry = ask(FUSE_LOOKUP, root_node, name_bytes("file")).as<fuse_entry_out>();
  EXPECT_EQ(entry.entry_valid, 0U);
  EXPECT_EQ(ask(FUSE_LOOKUP, root_node, name_bytes("other")).error, -ENOENT);
}

TEST_F(LiveServer, ReadsOnInWhatWasReadFromTheBeginning) {
  const std::uint64_t one = open(LiveFile::file);
  const std::uint64_t other = open(LiveFile::file);
  EXPECT_EQ(read(LiveFile::file, one, 0, 2).body, "te");
  EXPECT_EQ(write(LiveFile::file, "more\n", 5).error, 0);
  EXPECT_EQ(read(LiveFile::file, one, 2, 100).body, "xt\n");
  EXPECT_EQ(read(LiveFile::file, one, 5, 100).body, "");
  EXPECT_EQ(read(LiveFile::file, other, 2, 100).body, "xt\nmore\n");
  EXPECT_EQ(read(LiveFile::file, one, 0, 100).body, "text\nmore\n");
  fuse_release_in in{};
  in.fh = one;
  EXPECT_EQ(ask(FUSE_RELEASE, LiveFile::file, bytes_of(in)).error, 0);
  EXPECT_EQ(read(LiveFile::file, one, 0, 100).error, -EBADF);
  EXPECT_EQ(read(LiveFile::file, 4711, 0, 100).error, -EBADF);
}

TEST_F(LiveServer, SaysWhoWritesAndHowMuchWasTaken) {
  const Reply reply = write(LiveFile::file, "12345", 5);
  EXPECT_EQ(reply.as<fuse_write_out>().size, 5U);
  EXPECT_EQ(files_.last_who, 77);
  EXPECT_EQ(write(LiveFile::file, "no", 2).error, -ERANGE);
  EXPECT_EQ(write(LiveFile::file, "12345", 4).error, -EINVAL);
  EXPECT_EQ(write(LiveFile::file, "12345", 6).error, -EINVAL);
  EXPECT_EQ(write(LiveFile::file, "", ~0U).error, -EINVAL);
}

TEST_F(LiveServer, ListsOnWhatWasThereAtTheBeginning) {
  const std::uint64_t handle = open(root_node, FUSE_OPENDIR);
  // "." and "..", and the first.
  std::uint64_t at = 0;
  const auto first = names_of(read(root_node, handle, 0, 3 * 32, FUSE_READDIR).body, 0, &at);
  EXPECT_THAT(first, testing::ElementsAre(".", "..", "a"));
  files_.names = {"b", "c"};
  EXPECT_THAT(names_of(read(root_node, handle, at, 4096, FUSE_READDIR).body, 0),
              testing::ElementsAre("b", "c"));
  EXPECT_THAT(names_of(read(root_node, handle, 0, 4096, FUSE_READDIR).body, 0),
              testing::ElementsAre(".", "..", "b", "c"));
  EXPECT_EQ(read(root_node, 4711, 0, 4096, FUSE_READDIR).error, -EBADF);
}

TEST(FuseServerRun, AnswersOnTheDeviceUntilItEnds) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
  const Fd kernel(ends[0]);
  TinyFiles files;
  FuseServer server(Fd(ends[1]), files);
  std::thread one([&] { EXPECT_TRUE(server.run()); });
  std::thread other([&] { EXPECT_TRUE(server.run()); });
  const std::string question = message_of(FUSE_LOOKUP, root_node, name_bytes("hello"));
  for (const std::string& message : {question, std::string("junk"), question}) {
    ASSERT_EQ(::write(kernel.get(), message.data(), message.size()),
              static_cast<ssize_t>(message.size()));
  }
  for (int i = 0; i < 2; ++i) {
    char answer[4096];
    EXPECT_EQ(::read(kernel.get(), answer, sizeof answer),
              static_cast<ssize_t>(sizeof(fuse_out_header) + sizeof(fuse_entry_out)));
  }
  ASSERT_EQ(::shutdown(kernel.get(), SHUT_RDWR), 0);
  one.join();
  other.join();
}

TEST(FuseServerRun, FailsOnWhatIsNoDevice) {
  TinyFiles files;
  const auto done = FuseServer(Fd(), files).run();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().number, EBADF);
}

}  // namespace
}  // namespace pinfold::test

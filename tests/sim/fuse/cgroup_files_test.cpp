// A model's cgroups as files, asked without a kernel.
#include "sim/fuse/cgroup_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/fuse/modelled_cgroups.h"

namespace pinfold::test {
namespace {

using model::Hierarchy;
using sim::Access;
using sim::Entry;
using sim::Node;
using sim::root_node;
using sim::Status;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;

class CgroupFilesTest : public testing::Test {
 protected:
  explicit CgroupFilesTest(Hierarchy hierarchy = Hierarchy::v2) : cgroups_(hierarchy) {}

  sim::CgroupFiles& files() { return cgroups_.files(); }
  Node find(Node folder, std::string_view name) {
    Node found = 0;
    EXPECT_EQ(files().find(folder, name, found), 0) << name;
    return found;
  }
  Node make(Node folder, std::string_view name) {
    Node made = 0;
    EXPECT_EQ(files().make_folder(folder, name, ModelledCgroups::root, made), 0);
    return made;
  }
  int write(Node folder, std::string_view name, std::string_view text,
            pid_t who = ModelledCgroups::root) {
    return files().write(find(folder, name), 0, text, who);
  }
  std::string read(Node folder, std::string_view name) {
    std::string text;
    EXPECT_EQ(files().read(find(folder, name), 0, 1000, ModelledCgroups::root, text), 0);
    return text;
  }
  std::vector<std::string> list(Node folder) {
    std::vector<Entry> entries;
    EXPECT_EQ(files().entries(folder, entries), 0);
    std::vector<std::string> names;
    for (const Entry& entry : entries) {
      names.push_back(entry.name);
      EXPECT_EQ(find(folder, entry.name), entry.node);
      Status status;
      EXPECT_EQ(files().status(entry.node, status), 0);
      EXPECT_EQ(S_ISDIR(status.mode), entry.type == DT_DIR);
    }
    return names;
  }

  ModelledCgroups cgroups_;
};

class CgroupFilesV1 : public CgroupFilesTest {
 protected:
  CgroupFilesV1() : CgroupFilesTest(Hierarchy::v1) {}
};

TEST_F(CgroupFilesTest, ListsWhatThereIs) {
  EXPECT_THAT(
      list(root_node),
      ElementsAre("cgroup.controllers", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads",
                  "cpuset.cpus.effective", "cpuset.cpus.isolated", "cpuset.mems.effective"));
  const Node box = make(root_node, "box");
  EXPECT_THAT(list(root_node), Contains("box"));
  EXPECT_THAT(list(box), Not(Contains("cpuset.cpus")));
  Node found = 0;
  EXPECT_EQ(files().find(box, "cpuset.cpus", found), -ENOENT);
  ASSERT_EQ(write(root_node, "cgroup.subtree_control", "+cpuset\n"), 0);
  EXPECT_THAT(list(box), Contains("cpuset.cpus"));
  const Node cpus = find(box, "cpuset.cpus");
  ASSERT_EQ(write(root_node, "cgroup.subtree_control", "-cpuset\n"), 0);
  std::string text;
  EXPECT_EQ(files().read(cpus, 0, 1000, ModelledCgroups::root, text), -ENODEV);
}

TEST_F(CgroupFilesTest, ReadAsTheKernelWritesThem) {
  EXPECT_EQ(read(root_node, "cpuset.cpus.effective"), "0-7\n");
  EXPECT_EQ(read(root_node, "cgroup.controllers"), "cpuset\n");
  EXPECT_EQ(read(root_node, "cgroup.subtree_control"), "");
  const Node box = make(root_node, "box");
  EXPECT_EQ(read(box, "cgroup.controllers"), "");
  EXPECT_EQ(read(box, "cgroup.procs"), "");
  EXPECT_EQ(read(box, "cgroup.threads"), "");
  EXPECT_EQ(read(box, "cgroup.type"), "domain\n");
  EXPECT_EQ(read(box, "cgroup.events"), "populated 0\nfrozen 0\n");
  ASSERT_EQ(write(root_node, "cgroup.subtree_control", "+cpuset"), 0);
  EXPECT_EQ(read(box, "cpuset.cpus"), "\n");
  ASSERT_EQ(write(box, "cgroup.procs", cgroups_.user_number() + '\n'), 0);
  EXPECT_EQ(read(box, "cgroup.procs"), cgroups_.user_number() + '\n');
  EXPECT_EQ(read(box, "cgroup.threads"), cgroups_.user_number() + '\n');
  EXPECT_EQ(read(box, "cgroup.events"), "populated 1\nfrozen 0\n");
}

TEST_F(CgroupFilesTest, BelowACgroupOfThreadsNoProcessCanBe) {
  const Node a = make(root_node, "a");
  const Node b = make(a, "b");
  ASSERT_EQ(write(root_node, "cgroup.subtree_control", "+cpuset"), 0);
  ASSERT_EQ(write(a, "cgroup.procs", cgroups_.user_number()), 0);
  EXPECT_EQ(write(b, "cgroup.threads", cgroups_.user_number()), -EOPNOTSUPP);
  ASSERT_EQ(write(a, "cgroup.subtree_control", "+cpuset"), 0);
  EXPECT_EQ(read(a, "cgroup.type"), "domain threaded\n");
  EXPECT_EQ(read(b, "cgroup.type"), "domain invalid\n");
  EXPECT_EQ(write(b, "cgroup.procs", cgroups_.user_number()), -EOPNOTSUPP);
  EXPECT_EQ(write(b, "cgroup.type", "threaded"), -EOPNOTSUPP);
  EXPECT_EQ(write(b, "cgroup.type", "domain"), -EINVAL);
}

TEST_F(CgroupFilesTest, ARemovedOneIsGoneForWhoHasItOpen) {
  const Node box = make(root_node, "box");
  const Node procs = find(box, "cgroup.procs");
  ASSERT_EQ(files().remove_folder(root_node, "box", ModelledCgroups::root), 0);
  std::string text;
  Node found = 0;
  Status status;
  EXPECT_EQ(files().read(procs, 0, 1000, ModelledCgroups::root, text), -ENODEV);
  EXPECT_EQ(files().write(procs, 0, "0", ModelledCgroups::root), -ENODEV);
  EXPECT_EQ(files().open(procs, Access::read, ModelledCgroups::root), -ENODEV);
  EXPECT_EQ(files().find(box, "cgroup.procs", found), -ENOENT);
  EXPECT_EQ(files().make_folder(box, "x", ModelledCgroups::root, found), -ENOENT);
  EXPECT_EQ(files().status(procs, status), 0);
  // Another one of that name is another one.
  const Node again = make(root_node, "box");
  EXPECT_NE(again, box);
  EXPECT_NE(find(again, "cgroup.procs"), procs);
  EXPECT_EQ(files().write(procs, 0, "0", ModelledCgroups::root), -ENODEV);
}

TEST_F(CgroupFilesTest, BelongToRoot) {
  Node made = 0;
  constexpr pid_t user = ModelledCgroups::user;
  EXPECT_EQ(files().make_folder(root_node, "box", user, made), -EACCES);
  make(root_node, "box");
  EXPECT_EQ(files().remove_folder(root_node, "box", user), -EACCES);
  const Node procs = find(root_node, "cgroup.procs");
  EXPECT_EQ(files().open(procs, Access::read, user), 0);
  EXPECT_EQ(files().open(procs, Access::write, user), -EACCES);
  EXPECT_EQ(files().write(procs, 0, "0", user), -EACCES);
}

TEST_F(CgroupFilesTest, AreNotForWhoIsNotInTheSystem) {
  Node made = 0;
  constexpr pid_t nobody = ModelledCgroups::nobody;
  const Node procs = find(root_node, "cgroup.procs");
  std::string text;
  EXPECT_EQ(files().read(procs, 0, 1000, nobody, text), -EPERM);
  EXPECT_EQ(files().write(procs, 0, "0", nobody), -EPERM);
  EXPECT_EQ(files().make_folder(root_node, "box", nobody, made), -EPERM);
}

TEST_F(CgroupFilesTest, FoldersAndFilesAreToldApart) {
  Node found = 0;
  std::string text;
  std::vector<Entry> entries;
  const Node procs = find(root_node, "cgroup.procs");
  EXPECT_EQ(files().find(procs, "x", found), -ENOTDIR);
  EXPECT_EQ(files().entries(procs, entries), -ENOTDIR);
  EXPECT_EQ(files().read(root_node, 0, 10, ModelledCgroups::root, text), -EISDIR);
  EXPECT_EQ(files().make_folder(root_node, "cgroup.procs", ModelledCgroups::root, found), -EEXIST);
  for (const Node node : {Node{0}, Node{2}, Node{255}, ~Node{0}, Node{1} << 40U}) {
    EXPECT_EQ(files().read(node, 0, 10, ModelledCgroups::root, text), -ENODEV) << node;
    EXPECT_EQ(files().find(node, "x", found), -ENOENT) << node;
  }
}

TEST_F(CgroupFilesTest, TakeNoMoreThanTheKernelDoes) {
  const Node box = make(root_node, "box");
  ASSERT_EQ(write(root_node, "cgroup.subtree_control", "+cpuset"), 0);
  EXPECT_EQ(write(box, "cgroup.procs", std::string(4096, 'x')), -EINVAL);
  EXPECT_EQ(write(box, "cgroup.procs", std::string(4097, 'x')), -E2BIG);
  EXPECT_EQ(write(box, "cpuset.cpus", std::string(1U << 20U, '0')), -E2BIG);
}

TEST_F(CgroupFilesV1, HaveWhatProgramsLookFor) {
  const Node box = make(root_node, "box");
  EXPECT_EQ(read(box, "cpuset.cpus"), "\n");
  EXPECT_EQ(read(box, "tasks"), "");
  EXPECT_EQ(read(box, "cgroup.clone_children"), "0\n");
  EXPECT_EQ(write(box, "cgroup.clone_children", "0\n"), 0);
  EXPECT_EQ(write(box, "cgroup.clone_children", "1\n"), -EOPNOTSUPP);
  EXPECT_EQ(read(root_node, "release_agent"), "\n");
  EXPECT_EQ(write(box, "tasks", cgroups_.user_number()), -ENOSPC);
  ASSERT_EQ(write(box, "cpuset.cpus", "2-3\n"), 0);
  ASSERT_EQ(write(box, "cpuset.mems", "0\n"), 0);
  EXPECT_EQ(write(box, "tasks", cgroups_.user_number()), 0);
  EXPECT_EQ(cgroups_.user_mask(), cpus("2-3"));
  EXPECT_THAT(list(box), Not(Contains("release_agent")));
}

}  // namespace
}  // namespace pinfold::test

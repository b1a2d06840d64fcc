#include "trace/container.h"

#include <gtest/gtest.h>

namespace pinfold::trace {
namespace {

const std::string id = "9f3c4be2d1a0687795e4c3b2a1f00112233445566778899aabbccddeeff00123";
const std::string inner = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

TEST(Container, IdsOfTheRuntimesAreFound) {
  for (const std::string& cgroup : {
           "/docker/" + id,                              // Docker, cgroupfs
           "/" + id,                                     // Docker on old Debian
           "/docker/" + id + "/system.slice/x.service",  // systemd inside
           "/system.slice/docker-" + id + ".scope",      // Docker, systemd
           "/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" + id + ".scope",
           "/default/" + id,  // containerd's own namespace
           "/kubepods/burstable/pod7c1f1a52-1b1e-11ec-8d3d-0242ac130003/" + id,
           "/kubepods.slice/kubepods-burstable.slice/"
           "kubepods-burstable-pod7c1f1a52_1b1e_11ec_8d3d_0242ac130003.slice/cri-containerd-" +
               id + ".scope",
           "/kubepods.slice/kubepods-pod7c1f1a52_1b1e_11ec_8d3d_0242ac130003.slice/crio-" + id +
               ".scope",
           "/kubepods/besteffort/podac04f3f2-1f2c-11e9-b015-1ebee232acfa/crio-" + id,
           "/kubepods.slice/kubepods-pod1.slice/crio-" + id + ".scope/container",
           "/system.slice/containerd.service/kubepods-burstable-pod1.slice:cri-containerd:" + id,
           "/machine.slice/libpod-" + id + ".scope",  // Podman as root
           "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + id +
               ".scope/container",
           "/libpod_parent/libpod-" + id,  // Podman, cgroupfs
           "/ecs/3f2b5c66d0774b5c8a9d/" + id,
           "/../../docker/" + id,  // seen from a cgroup namespace beside it
       }) {
    EXPECT_EQ(container_of(cgroup), id) << cgroup;
  }
}

TEST(Container, NamesOfLxcAndNspawnAreFound) {
  const std::pair<const char*, const char*> cases[] = {
      {"/lxc/web1", "web1"},
      {"/lxc/101/ns/init.scope", "101"},  // Proxmox
      {"/lxc.payload.web1", "web1"},
      {"/lxc.payload.web1/system.slice/nginx.service", "web1"},
      {"/lxc.payload/web1", "web1"},
      {"/machine.slice/machine-web1.scope", "web1"},
      {"/machine.slice/machine-web\\x2d1.scope/system.slice", "web-1"},
      {"/machine.slice/systemd-nspawn@web1.service/payload", "web1"},
      {"/machine.slice/machine-lxc\\x2d4711\\x2dweb.scope", "lxc-4711-web"},  // libvirt
  };
  for (const auto& [cgroup, name] : cases)
    EXPECT_EQ(container_of(cgroup), name) << cgroup;
}

TEST(Container, TheInnermostCounts) {
  EXPECT_EQ(container_of("/docker/" + id + "/docker/" + inner), inner);
  EXPECT_EQ(container_of("/lxc.payload.web1/docker/" + id), id);
  EXPECT_EQ(container_of("/lxc.payload.outer/lxc.payload.inner/init.scope"), "inner");
}

TEST(Container, CgroupsOfTheHostAreNone) {
  for (const std::string& cgroup : {
           std::string("/"),
           std::string(),
           std::string("/init.scope"),
           std::string("/system.slice/docker.service"),
           std::string("/system.slice/containerd.service"),
           std::string("/user.slice/user-1000.slice/session-3.scope"),
           std::string("/user.slice/user-1000.slice/user@1000.service/app.slice/"
                       "app-gnome-firefox-12345.scope"),
           std::string("/user.slice/user-1000.slice/user@1000.service/app.slice/"
                       "snap.docker.dockerd-9f3c4be2-d1a0-6877-95e4-c3b2a1f00112.scope"),
           std::string("/system.slice/run-r9f3c4be2d1a0687795e4c3b2a1f00112.scope"),
           std::string("/kubepods.slice/kubepods-burstable.slice"),
           std::string("/lxc"),
           std::string("/lxc.monitor.web1"),
           std::string("/machine.slice"),
           std::string("/machine.slice/systemd-nspawn@web1.service/supervisor"),
           std::string("/machine.slice/machine-qemu\\x2d1\\x2dvm.scope"),  // a virtual machine
           std::string("/machine.slice/machine-.scope"),
           "/machine.slice/libpod-conmon-" + id + ".scope",
           "/kubepods.slice/crio-conmon-" + id + ".scope",
           "/docker/" + id.substr(1),
           "/docker/" + id + "0",
           "/docker/" + id.substr(1) + "G",
           "/docker/x" + id,
       }) {
    EXPECT_EQ(container_of(cgroup), std::nullopt) << cgroup;
  }
}

}  // namespace
}  // namespace pinfold::trace

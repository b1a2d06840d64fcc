// Turns an object of BPF programs into a header for src/bpf: a program that makes the object's maps
// and loads its programs (libbpf calls that a loader). With it the command needs no libbpf, and the
// kernel itself finds the places of fields in its types, which takes a tenth of the time.
//
//   make_loader NAME OBJECT > HEADER

#include <bpf/libbpf.h>
#include <bpf/skel_internal.h>

#include <cstddef>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace {

// What src/bpf/image.cpp writes down once more, since where the command is built for others there
// need be no libbpf. Another version's loaders might want something else.
static_assert(sizeof(bpf_loader_ctx) == 24 && offsetof(bpf_loader_ctx, log_level) == 8 &&
              offsetof(bpf_loader_ctx, log_buf) == 16);
static_assert(sizeof(bpf_map_desc) == 16 && offsetof(bpf_map_desc, map_fd) == 0);
static_assert(sizeof(bpf_prog_desc) == 4);

void print_bytes(const char* name, const void* data, std::size_t size) {
  std::printf("alignas(8) inline constexpr unsigned char %s[] = {", name);
  const std::span bytes(static_cast<const unsigned char*>(data), size);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    std::printf("%s%u,", i % 32 == 0 ? "\n" : "", bytes[i]);
  std::printf("};\n");
}

// Maps and programs stand in what a loader leaves by their order in the object.
void print_orders(const bpf_object* object) {
  std::size_t maps = 0;
  const bpf_map* map = nullptr;
  bpf_object__for_each_map(map, object) {
    // Constants are a map too, and its name begins with the object's.
    const std::string_view full = bpf_map__name(map);
    const bool constants = full.ends_with(".rodata");
    const std::string name(constants ? "constants" : full);
    std::printf("inline constexpr std::size_t map_%s = %zu;\n", name.c_str(), maps++);
    if (constants) {
      std::printf("inline constexpr std::size_t constants_bytes = %u;\n", bpf_map__value_size(map));
    }
  }
  std::size_t programs = 0;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object) {
    std::printf("inline constexpr std::size_t program_%s = %zu;\n", bpf_program__name(program),
                programs++);
  }
  std::printf("inline constexpr std::size_t maps = %zu;\n", maps);
  std::printf("inline constexpr std::size_t programs = %zu;\n", programs);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: make_loader NAME OBJECT\n");
    return 2;
  }
  const std::unique_ptr<bpf_object, void (*)(bpf_object*)> object(bpf_object__open(argv[2]),
                                                                  bpf_object__close);
  gen_loader_opts loader{};
  loader.sz = sizeof loader;
  if (!object || bpf_object__gen_loader(object.get(), &loader) != 0 ||
      bpf_object__load(object.get()) != 0) {
    std::fprintf(stderr, "make_loader: no loader can be made of %s\n", argv[2]);
    return 1;
  }
  std::printf("// Made by bpf/make_loader.cpp.\n#pragma once\n\n#include <cstddef>\n\n");
  std::printf("namespace pinfold::bpf_%s {\n", argv[1]);
  print_bytes("data", loader.data, loader.data_sz);
  print_bytes("instructions", loader.insns, loader.insns_sz);
  print_orders(object.get());
  std::printf("}  // namespace pinfold::bpf_%s\n", argv[1]);
  return 0;
}

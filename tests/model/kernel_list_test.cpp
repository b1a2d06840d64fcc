#include "model/kernel_list.h"

#include <gtest/gtest.h>

#include <cerrno>

#include <pinfold/cpu_list.h>

namespace pinfold::test {
namespace {

std::string read(const char* text, unsigned limit = 64) {
  CpuSet numbers;
  switch (model::parse_kernel_list(text, limit, numbers)) {
    case 0:
      return to_cpu_list(numbers);
    case -EINVAL:
      return "EINVAL";
    case -ERANGE:
      return "ERANGE";
    case -EOVERFLOW:
      return "EOVERFLOW";
    default:
      return "?";
  }
}

// What a kernel takes and refuses: lib/test_bitmap.c has such a table, too.
TEST(KernelList, IsReadAsTheKernelDoes) {
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("0"), "0");
  EXPECT_EQ(read("0-3,8"), "0-3,8");
  EXPECT_EQ(read(",,0, 2\n"), "0,2");
  EXPECT_EQ(read("0 1"), "0-1");
  EXPECT_EQ(read("0-15:2/4"), "0-1,4-5,8-9,12-13");
  EXPECT_EQ(read("0-9:1/4"), "0,4,8");
  EXPECT_EQ(read("0-7:0/4"), "");
  EXPECT_EQ(read("2-7:1/4294967295"), "2");
  EXPECT_EQ(read("all"), "0-63");
  EXPECT_EQ(read("all:1/2", 8), "0,2,4,6");
  EXPECT_EQ(read("N", 8), "7");
  EXPECT_EQ(read("4-N", 8), "4-7");
}

TEST(KernelList, WhatItRefuses) {
  EXPECT_EQ(read("3-1"), "EINVAL");
  EXPECT_EQ(read("a"), "EINVAL");
  EXPECT_EQ(read("0x1"), "EINVAL");
  EXPECT_EQ(read("-1"), "EINVAL");
  EXPECT_EQ(read("1-"), "EINVAL");
  EXPECT_EQ(read("0-3:2"), "EINVAL");
  EXPECT_EQ(read("0-3:2/0"), "EINVAL");
  EXPECT_EQ(read("0-3:3/2"), "EINVAL");
  EXPECT_EQ(read("1:1/2"), "EINVAL");
  EXPECT_EQ(read("allx"), "EINVAL");
  EXPECT_EQ(read("64"), "ERANGE");
  EXPECT_EQ(read("0-64"), "ERANGE");
  EXPECT_EQ(read("99999999999"), "EOVERFLOW");
}

TEST(KernelList, StripsWhiteSpaceAroundAText) {
  EXPECT_EQ(model::strip(" \t0-3 \n"), "0-3");
  EXPECT_EQ(model::strip(" \n"), "");
}

}  // namespace
}  // namespace pinfold::test

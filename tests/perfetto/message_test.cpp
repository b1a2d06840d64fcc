// Fields as protobuf's documentation of its encoding has them.
#include "perfetto/message.h"

#include <gtest/gtest.h>

namespace pinfold::test {
namespace {

using tool::ProtoMessage;
using namespace std::string_literals;

std::string bytes(ProtoMessage message) { return std::move(message).take(); }

TEST(ProtoMessage, WritesIntegersInGroupsOfSevenBitsTheLowestFirst) {
  EXPECT_EQ(bytes(ProtoMessage().add(1, 150U)), "\x08\x96\x01"s);
  EXPECT_EQ(bytes(ProtoMessage().add(1, 0U)), "\x08\x00"s);
  EXPECT_EQ(bytes(ProtoMessage().add(16, 127U)), "\x80\x01\x7f"s);
  EXPECT_EQ(bytes(ProtoMessage().add(1, ~std::uint64_t{0})),
            "\x08" + std::string(9, '\xff') + "\x01");
}

TEST(ProtoMessage, WritesNegativeIntegersInTenBytes) {
  EXPECT_EQ(bytes(ProtoMessage().add(1, -2)), "\x08\xfe" + std::string(8, '\xff') + "\x01");
}

TEST(ProtoMessage, WritesTextAndMessagesBehindTheirLength) {
  EXPECT_EQ(bytes(ProtoMessage().add(2, "testing")), "\x12\x07testing"s);
  EXPECT_EQ(bytes(ProtoMessage().add(3, ProtoMessage().add(1, 150U))), "\x1a\x03\x08\x96\x01"s);
}

TEST(ProtoMessage, WritesBytesThatAreNoUtf8AsText) {
  EXPECT_EQ(bytes(ProtoMessage().add(1, "\xff")), "\x0a\x04\\xff"s);
}

}  // namespace
}  // namespace pinfold::test

#include "bench/matrix_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "bench/matrix_text.h"
#include "recorded.h"

namespace pinfold::test {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

TEST(MatrixJson, IsReadBackTheSame) {
  for (const unsigned cpus : {2U, 16U, 128U}) {
    const tool::MatrixReport report = recorded(cpus);
    const std::string json = tool::matrix_json(report);
    const auto again = tool::parse_matrix(json);
    ASSERT_TRUE(again) << message(again.error());
    EXPECT_EQ(tool::matrix_json(*again), json);
    EXPECT_EQ(tool::matrix_text(*again), tool::matrix_text(report));
  }
}

TEST(MatrixJson, APairWithoutANumberHasNullAndTheReason) {
  const Json json = Json::parse(tool::matrix_json(recorded(16)));
  unsigned without = 0;
  for (const Json& pair : json["pairs"]) {
    if (!pair["one_way_ns"].is_null()) {
      EXPECT_TRUE(pair["reason"].is_null()) << pair;
      continue;
    }
    ++without;
    EXPECT_NE(pair["reason"], "") << pair;
    EXPECT_TRUE(pair["low_ns"].is_null()) << pair;
  }
  EXPECT_EQ(without, 2U);
}

TEST(MatrixJson, WhatItIsNotIsSaid) {
  const auto reason = [](const std::string& text) {
    const auto report = tool::parse_matrix(text);
    return report ? "it was read" : report.error().reason;
  };
  EXPECT_THAT(reason(""), HasSubstr("no JSON"));
  EXPECT_THAT(reason("[1]"), HasSubstr("\"bench\""));
  EXPECT_THAT(reason(R"({"schema_version":2,"bench":"matrix"})"), HasSubstr("schema_version"));
  Json json = Json::parse(recorded_json(2));
  json["online"] = "0-";
  EXPECT_THAT(reason(json.dump()), HasSubstr("online is no list of CPUs"));
  json = Json::parse(recorded_json(2));
  json["cpus"] = {0, 7};
  EXPECT_THAT(reason(json.dump()), HasSubstr("not CPUs that are online"));
  json = Json::parse(recorded_json(2));
  json["pairs"][0]["low_ns"] = "fast";
  EXPECT_THAT(reason(json.dump()), HasSubstr("low_ns of a pair is no number"));
  json["pairs"][0]["cpus"] = {1, 1};
  EXPECT_THAT(reason(json.dump()), HasSubstr("no two CPUs of the matrix"));
}

}  // namespace
}  // namespace pinfold::test

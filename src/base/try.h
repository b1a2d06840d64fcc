// TRY: the value of a Result, or return its error from the function.
#pragma once

#include <utility>

#include <pinfold/result.h>

#define PINFOLD_TRY_JOIN2(a, b) a##b
#define PINFOLD_TRY_JOIN(a, b) PINFOLD_TRY_JOIN2(a, b)
#define PINFOLD_TRY_TO(var, declaration, expression)        \
  auto var = (expression);                                  \
  if (!var) return ::pinfold::fail(std::move(var).error()); \
  declaration = std::move(*var)

/// TRY(auto cpus, parse(text));
#define TRY(declaration, expression) \
  PINFOLD_TRY_TO(PINFOLD_TRY_JOIN(try_, __LINE__), declaration, expression)

/// CHECK_OK(write(x)); for a Result<void>.
#define CHECK_OK(expression)                                                                    \
  do {                                                                                          \
    if (auto check_ = (expression); !check_) return ::pinfold::fail(std::move(check_).error()); \
  } while (false)

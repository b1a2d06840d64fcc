// A value, or the Error that stands in its place.
#pragma once

#include <expected>

#include <pinfold/error.h>

namespace pinfold {

/// std::expected that the compiler does not let a caller drop.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};

/// `return fail({.kind = …})` in a function that returns a Result.
inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }

}  // namespace pinfold

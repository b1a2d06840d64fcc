// What the bench asks of a caller (caller.cpp).
#pragma once

namespace pinfold::bench {

enum class Call {
  get_affinity,
  get_parent,   ///< one that nobody intercepts
  open_file,    ///< and close
  open_status,  ///< of /proc, and close
};

struct Request {
  Call call;
  unsigned long times;
};

}  // namespace pinfold::bench

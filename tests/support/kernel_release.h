// Which kernel a test runs on.
#pragma once

namespace pinfold::test {

/// Whether it remembers what every task asked for: since Linux 6.2.
bool remembers_requests();

}  // namespace pinfold::test

// The page without its data, as the build puts it together (embed_page.cmake).
#pragma once

#include <string_view>

namespace pinfold::tool {

extern const std::string_view page_until_data;
extern const std::string_view page_after_data;

}  // namespace pinfold::tool

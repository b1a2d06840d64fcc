// XML that our own writers make, read strictly.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pinfold::test {

struct XmlElement {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;    ///< directly in it, unescaped
  std::string parent;  ///< the name of the element around it
};

/// All elements in the order in which they begin. Throws std::runtime_error where it is not
/// well-formed, or has what our writers do not use: comments, CDATA, other entities than four.
std::vector<XmlElement> parse_xml(std::string_view xml);

}  // namespace pinfold::test

# cmake -DPAGE=page.html -DSTYLE=page.css -DSCRIPTS=a.js,b.js,… -DOUTPUT=page.cpp -P embed_page.cmake
#
# Puts style and scripts into the page, each allowed by its hash and nothing else with it, and
# writes the two halves around the data as C++.

cmake_minimum_required(VERSION 3.22)

# Of a SHA-256 in hexadecimal digits: three bytes are four letters, and two bytes are left over.
function(base64_of_sha256 hex result)
  set(letters ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
  set(text "")
  string(APPEND hex 00)
  foreach(group RANGE 10)
    math(EXPR from "${group} * 6")
    string(SUBSTRING ${hex} ${from} 6 digits)
    foreach(shift 18 12 6 0)
      math(EXPR at "(0x${digits} >> ${shift}) & 63")
      string(SUBSTRING ${letters} ${at} 1 letter)
      string(APPEND text ${letter})
    endforeach()
  endforeach()
  string(SUBSTRING ${text} 0 43 text)
  set(${result} "${text}=" PARENT_SCOPE)
endfunction()

function(put_in marker text)
  string(FIND "${page}" "${marker}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${PAGE} has no ${marker}")
  endif()
  string(REPLACE "${marker}" "${text}" page "${page}")
  set(page "${page}" PARENT_SCOPE)
endfunction()

file(READ ${PAGE} page)
file(READ ${STYLE} style)
set(script "(() => {\n\"use strict\";\n")
string(REPLACE "," ";" SCRIPTS "${SCRIPTS}")
foreach(file IN LISTS SCRIPTS)
  file(READ ${file} part)
  string(APPEND script "${part}\n")
endforeach()
string(APPEND script "})();\n")

string(SHA256 style_hash "${style}")
string(SHA256 script_hash "${script}")
base64_of_sha256(${style_hash} style_hash)
base64_of_sha256(${script_hash} script_hash)
put_in(@STYLE_HASH@ "${style_hash}")
put_in(@SCRIPT_HASH@ "${script_hash}")
put_in(@STYLE@ "${style}")
put_in(@SCRIPT@ "${script}")

string(FIND "${page}" @DATA@ at)
string(SUBSTRING "${page}" 0 ${at} before)
math(EXPR at "${at} + 6")
string(SUBSTRING "${page}" ${at} -1 after)
file(WRITE ${OUTPUT} "#include \"timeline/page.h\"

namespace pinfold::tool {

const std::string_view page_until_data = R\"~page~(${before})~page~\";
const std::string_view page_after_data = R\"~page~(${after})~page~\";

}  // namespace pinfold::tool
")

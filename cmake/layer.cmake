# pinfold_layer(NAME SOURCES… [USES LAYER…] [COMMAND])
#
# One folder of src/ as a static library. Its headers are reached as "name/file.h" only
# by a target that links it, because each layer has an include root of its own:
# build/layers/NAME/NAME -> src/NAME. A forbidden #include does not compile.
# COMMAND: only the command has it; the library that is installed does without.
function(pinfold_layer name)
  cmake_parse_arguments(arg "COMMAND" "" "USES" ${ARGN})
  set(root ${PROJECT_BINARY_DIR}/layers/${name})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/${name} ${root}/${name} SYMBOLIC)

  set(sources)
  foreach(source IN LISTS arg_UNPARSED_ARGUMENTS)
    list(APPEND sources ${name}/${source})
  endforeach()
  add_library(pinfold_${name} STATIC ${sources})
  target_include_directories(pinfold_${name}
    PUBLIC $<BUILD_INTERFACE:${root}>
           $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
           $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>)
  list(TRANSFORM arg_USES PREPEND pinfold_)
  target_link_libraries(pinfold_${name} PUBLIC ${arg_USES} PRIVATE pinfold_options)
  set_target_properties(pinfold_${name} PROPERTIES POSITION_INDEPENDENT_CODE ${PINFOLD_PIC})
  if(NOT arg_COMMAND)
    set_property(GLOBAL APPEND PROPERTY PINFOLD_LAYERS pinfold_${name})
  endif()
endfunction()

# What `cmake --install` puts where.
include(CMakePackageConfigHelpers)

install(TARGETS pinfold_command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS pinfold EXPORT pinfold-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/pinfold DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")
install(FILES ${PROJECT_BINARY_DIR}/include/pinfold/version.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/pinfold)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/pinfold)
install(EXPORT pinfold-targets NAMESPACE pinfold:: DESTINATION ${package_folder})
configure_package_config_file(cmake/pinfoldConfig.cmake.in
  ${PROJECT_BINARY_DIR}/pinfoldConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pinfoldConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pinfoldConfig.cmake
              ${PROJECT_BINARY_DIR}/pinfoldConfigVersion.cmake
        DESTINATION ${package_folder})

configure_file(cmake/pinfold.pc.in ${PROJECT_BINARY_DIR}/pinfold.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/pinfold.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
configure_file(dist/pinfold-record.service.in ${PROJECT_BINARY_DIR}/pinfold-record.service @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/pinfold-record.service DESTINATION lib/systemd/system)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# SPDX-License-Identifier: MIT
# A room is one static library per folder of lib/, so that a call against the arrows fails to link.

# rt_room(NAME SOURCES a.cc b.cc [USES rooms...] [LIBRARIES targets used only by sources...])
function(rt_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  add_library(rt_${name} STATIC ${ARG_SOURCES})
  target_include_directories(rt_${name} PUBLIC ${PROJECT_SOURCE_DIR}/lib)
  list(TRANSFORM ARG_USES PREPEND rt_)
  target_link_libraries(rt_${name} PUBLIC ${ARG_USES} PRIVATE ${ARG_LIBRARIES})
endfunction()

# rt_program(NAME SOURCES ... USES rooms...)
function(rt_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_compile_definitions(${name} PRIVATE RT_VERSION="${PROJECT_VERSION}")
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/apps)
  list(TRANSFORM ARG_USES PREPEND rt_)
  target_link_libraries(${name} PRIVATE ${ARG_USES} ${ARG_LIBRARIES} CLI11::CLI11)
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

# rt_test(ROOM SOURCES a_test.cc ... [USES rooms...]): one doctest program per room, one ctest entry.
function(rt_test room)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  add_executable(test_${room} ${PROJECT_SOURCE_DIR}/tests/doctest_main.cc ${ARG_SOURCES})
  target_include_directories(test_${room} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  list(TRANSFORM ARG_USES PREPEND rt_)
  target_link_libraries(test_${room} PRIVATE ${ARG_USES} ${ARG_LIBRARIES} doctest::doctest)
  target_compile_options(test_${room} PRIVATE -Wno-conversion -Wno-sign-conversion)
  add_test(NAME ${room} COMMAND test_${room})
endfunction()

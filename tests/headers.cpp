// Nothing but what is included before it: tests/CMakeLists.txt says why.

# cmake -DBUILD=<folder> (-DTARGET=<target> | -DTEST=ON) -P build.cmake
# Builds a target, or runs the tests, on all cores of the machine.
cmake_minimum_required(VERSION 3.20)

cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
if(TEST)
  set(command ${CMAKE_CTEST_COMMAND} --test-dir ${BUILD} --output-on-failure)
else()
  set(command ${CMAKE_COMMAND} --build ${BUILD} --target ${TARGET})
endif()
execute_process(COMMAND ${command} -j ${cores} COMMAND_ERROR_IS_FATAL ANY)

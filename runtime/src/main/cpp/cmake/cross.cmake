# cmake -DBUILD=<folder> (-DPREFIX=<folder> | -DTEST=ON) -P cross.cmake
# Builds the library for 64-bit Arm and installs it below PREFIX, or builds its tests and runs them in
# qemu-user. Where the machine lacks the cross compiler or qemu it says so and does nothing.
cmake_minimum_required(VERSION 3.20)

cmake_host_system_information(RESULT machine QUERY OS_PLATFORM)
find_program(compiler aarch64-linux-gnu-g++)
find_program(emulator qemu-aarch64)
cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
if(machine STREQUAL aarch64)
  return()
elseif(NOT compiler OR NOT emulator)
  message(STATUS "64-bit Arm left out: it needs the packages g++-aarch64-linux-gnu and qemu-user")
  return()
endif()

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

if(TEST)
  run(${CMAKE_COMMAND} --build ${BUILD} -j ${cores})
  run(${CMAKE_CTEST_COMMAND} --test-dir ${BUILD} --output-on-failure -j ${cores})
else()
  # The tests with sanitizers take minutes when emulated: they run in the preset `aarch64`.
  run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/.. -B ${BUILD} -DWAVEBRIDGE_SANITIZED_TESTS=OFF
    -DCMAKE_TOOLCHAIN_FILE=${CMAKE_CURRENT_LIST_DIR}/aarch64-linux-gnu.cmake)
  run(${CMAKE_COMMAND} --build ${BUILD} --target wavebridge_ops -j ${cores})
  run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${PREFIX} --strip)
endif()

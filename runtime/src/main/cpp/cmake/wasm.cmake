# cmake -DBUILD=<folder> (-DPREFIX=<folder> | -DTEST=ON) -P wasm.cmake
# Builds the operators for WebAssembly and puts them below PREFIX, or builds the tests of their kernels and runs them in
# Node. Where the machine lacks Emscripten or Node it says so and does nothing.
cmake_minimum_required(VERSION 3.20)

find_program(configure emcmake)
find_program(node node)
cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
if(NOT configure OR NOT node)
  message(STATUS "WebAssembly left out: it needs the packages emscripten and nodejs")
  return()
endif()

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

if(TEST)
  run(${CMAKE_COMMAND} --build ${BUILD} -j ${cores})
  run(${CMAKE_CTEST_COMMAND} --test-dir ${BUILD} --output-on-failure -j ${cores})
else()
  # Emscripten itself would give Node options of its first versions.
  run(${configure} ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/.. -B ${BUILD} -DCMAKE_CROSSCOMPILING_EMULATOR=${node})
  run(${CMAKE_COMMAND} --build ${BUILD} --target wavebridge -j ${cores})
  run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${PREFIX})
endif()

# Versions of clang-format disagree about details, so only the one that formatted the sources judges them.
set(CLANG_FORMAT_VERSION 23)
find_program(CLANG_FORMAT NAMES clang-format-${CLANG_FORMAT_VERSION} clang-format)
if(CLANG_FORMAT)
  execute_process(COMMAND ${CLANG_FORMAT} --version OUTPUT_VARIABLE found_version)
endif()
if(NOT "${found_version}" MATCHES "version ${CLANG_FORMAT_VERSION}\\.")
  # Looked for again at the next configuration.
  unset(CLANG_FORMAT CACHE)
  set(CLANG_FORMAT "")
endif()

# A test that the files are formatted as the style says. Without the right clang-format it fails and says how to get it.
function(add_format_test name style)
  if(CLANG_FORMAT)
    add_test(NAME ${name} COMMAND ${CLANG_FORMAT} --style=file:${style} --dry-run --Werror ${ARGN})
  else()
    add_test(NAME ${name} COMMAND sh -c "echo 'clang-format ${CLANG_FORMAT_VERSION} not found; \
install it (pip install clang-format==23.1.1, or .ci/clang-format FOLDER with the folder in PATH) and configure again'; exit 1")
  endif()
endfunction()

#!/bin/sh
# usage: opened_alone_test.sh SOURCES COMPILER
# Every file of a level includes what it uses, so that an editor that opens it by itself understands it.
cd "$1" || exit 1
failed=0
for file in $(find kernels -name '*.inc' ! -name levels.inc); do
  echo "#include \"$file\"" | "$2" -std=c++20 -fsyntax-only -I. -Iinclude -x c++ - || {
    echo "$file does not compile by itself"
    failed=1
  }
done
exit $failed

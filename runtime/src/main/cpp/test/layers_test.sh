#!/bin/sh
# usage: layers_test.sh SOURCES LIBRARY NM OBJECTS
# The layers of the native code, as far as text and symbols show them.
sources=$1
library=$2
nm=$3
objects=$(echo "$4" | tr ';' ' ')
failed=0

# expect_nothing WHAT FOUND
expect_nothing() {
  if [ -n "$2" ]; then
    echo "$1:"
    echo "$2"
    failed=1
  fi
}

cd "$sources" || exit 1
expect_nothing "intrinsics outside kernels/" "$(grep -rnE '_mm[0-9]*_|immintrin|arm_neon' \
  include dispatch ort java test --include='*.h' --include='*.cc' --include='*.inc')"
expect_nothing "kernels/ knows ONNX Runtime" "$(grep -rnE '"ort/|Ort[A-Z]|onnxruntime' \
  kernels include dispatch)"
expect_nothing "library headers in code of a special level" "$(grep -rnE '#include <[a-z_]+>' \
  kernels --include='*.inc' --include='lanes_*.h')"
"$nm" -D --defined-only "$library" | grep -q ' T RegisterCustomOps$' || {
  echo "$nm finds no RegisterCustomOps in $library"
  failed=1
}
expect_nothing "exported besides the entry points" "$("$nm" -D --defined-only "$library" |
  grep -vE ' T (RegisterCustomOps|Java_org_wavebridge_[A-Za-z_]+)$')"
# A weak function of a special level could be the copy that a lesser CPU runs.
for object in $objects; do
  case $object in
    */kernels/avx* | */kernels/neon*) expect_nothing "weak functions in $object" "$("$nm" "$object" | grep ' W ')" ;;
  esac
done
exit $failed

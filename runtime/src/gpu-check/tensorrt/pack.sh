#!/bin/sh
# pack.sh FOLDER [PIECE_MIB]: what check.sh needs, for a machine with a GPU and nothing else, in pieces of at most
# PIECE_MIB (60): the program with TensorRT, a Java runtime, the demo voice. Run it where the project builds with nvcc.
set -eu

out=$1
piece=${2:-60}
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../../../.." && pwd)
java_home=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}

(cd "$project" && mvn -q -B -Ptensorrt -DskipTests package)
lib=$(echo "$project"/cli/target/wavebridge-*/wavebridge-*/lib)
for jar in "$lib"/tensorrt-*-redist.jar "$lib"/runtime-*.jar; do
  [ -f "$jar" ] || { echo "pack.sh: no $jar in the build" >&2; exit 4; }
done
unzip -l "$lib"/runtime-*.jar | grep -q libwavebridge_tensorrt.so || {
  echo "pack.sh: the build has no TensorRT plugins; is nvcc here?" >&2
  exit 4
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tensorrt-check"
cp -r "$lib" "$work/tensorrt-check/lib"
"$java_home/bin/javac" -d "$work/tensorrt-check/classes" -cp "$lib/*" "$here/TensorRtCheck.java"
"$java_home/bin/jlink" --add-modules java.base,java.desktop,java.logging,java.management,java.xml,jdk.unsupported,jdk.zipfs \
  --strip-debug --no-header-files --no-man-pages --output "$work/tensorrt-check/java"
"$work/tensorrt-check/java/bin/java" -cp "$lib/*" org.wavebridge.cli.Main export \
  "$project/cli/src/main/resources/org/wavebridge/cli/demo/checkpoint.pt" \
  -o "$work/tensorrt-check/voice" --precision f32,int8 --no-verify
cp "$here/check.sh" "$work/tensorrt-check/"
mkdir -p "$out"
rm -f "$out"/tensorrt-check.tar.*
tar -C "$work" -cf - tensorrt-check | split -b "${piece}m" -d -a 3 - "$out/tensorrt-check.tar."
ls -l "$out"
echo "unpack with: cat tensorrt-check.tar.* | tar xf -, then run tensorrt-check/check.sh RESULTS"

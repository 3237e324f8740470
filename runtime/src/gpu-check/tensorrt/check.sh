#!/bin/sh
# check.sh RESULTS: TensorRT on this machine's GPU, with what pack.sh took along. Answers, in this order: does the
# builder work with the PTX resource alone; do the graphs of a bundle give what the CPU gives; how fast are they.
# Writes JSON, the log and the built engines to RESULTS. Exit code: 0 all well, 1 a check failed, 4 something is missing.
set -u

home=$(cd "$(dirname "$0")" && pwd)
results=$1
mkdir -p "$results"
java() {
  "$home/java/bin/java" -Xmx4g -Dwavebridge.tensorrt.cache="$results/engines" \
    -Dorg.slf4j.simpleLogger.logFile="$results/log.txt" -Dorg.slf4j.simpleLogger.defaultLogLevel=info \
    -cp "$home/classes:$home/lib/*" "$@"
}

nvidia-smi --query-gpu=name,driver_version,compute_cap --format=csv,noheader 2>/dev/null | tee "$results/gpu.txt"

echo "== graphs against the CPU, steps as CUDA graphs"
java TensorRtCheck "$results/graphs.json" "$home/voice" f32 "$home/voice" int8
status=$?
if [ ! -f "$results/graphs.json" ]; then
  tail -n 20 "$results/log.txt" 2>/dev/null
  rm -rf "$results"/engines/libraries-*
  exit $status
fi

echo "== the same with steps queued one by one"
java -Dwavebridge.tensorrt.capture=false TensorRtCheck "$results/graphs-enqueue.json" "$home/voice" f32

echo "== speed of generate"
for model in dual-softmax:H=896 dual-softmax:H=2048,density=0.05,block=16x1; do
  for rows in 1 16 64; do
    java org.wavebridge.cli.Main bench --model "$model" --backend tensorrt --rows $rows --seconds 2 --json \
      >"$results/bench-$(echo "$model" | tr -c 'a-zA-Z0-9\n' _)-$rows.json" || status=1
  done
done
cat "$results"/bench-*.json

rm -rf "$results"/engines/libraries-*
exit $status

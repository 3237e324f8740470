#!/bin/sh
# check.sh [RESULTS]: checks the kernels on this machine's GPU and writes tables and JSON into the folder RESULTS.
# Needs a driver for CUDA 13 and the programs that lie beside this script (docs/gpu.md says how they are gathered).
# WAVEBRIDGE_STAGES chooses among: kernels sanitizer speed latency tensorrt (all of them in this order).
# WAVEBRIDGE_QUICK=1 shortens the speed table. Exit code 1 if a check failed, 4 if there is no GPU.
here=$(cd "$(dirname "$0")" && pwd)
results=${1:-$here/results}
stages=${WAVEBRIDGE_STAGES:-kernels sanitizer speed latency tensorrt}
tests="block_sparse_gemm_test dual_softmax_test residual_gru_test subscale_test"
failed=0
mkdir -p "$results" || exit 1

if ! command -v nvidia-smi > /dev/null || ! nvidia-smi -L > "$results/gpu.txt" 2>&1; then
  echo "no GPU, or no driver: nvidia-smi does not run here" >&2
  exit 4
fi
{
  date -u +%Y-%m-%dT%H:%M:%SZ
  nvidia-smi --query-gpu=name,driver_version,compute_cap,clocks.max.sm,memory.total --format=csv,noheader
} >> "$results/gpu.txt"
cat "$results/gpu.txt"

# run NAME SECONDS COMMAND...: one check, its output in a file of its own, its outcome in a line.
run() {
  name=$1
  seconds=$2
  shift 2
  timeout "$seconds" "$@" > "$results/$name.txt" 2>&1
  code=$?
  if [ $code -eq 0 ]; then outcome=passed; else outcome=failed; failed=1; fi
  printf '%-44s %s (%s)\n' "$name" "$outcome" "$code"
  outcomes="$outcomes${outcomes:+,
}  {\"check\": \"$name\", \"outcome\": \"$outcome\", \"code\": $code}"
  [ $code -eq 0 ] || tail -5 "$results/$name.txt"
}

outcomes=""
for stage in $stages; do
  echo "== $stage"
  case $stage in
    kernels)
      for test in $tests; do run "kernels_$test" 300 "$here/gpu_$test"; done
      ;;
    sanitizer)
      sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda*/bin/compute-sanitizer 2> /dev/null | head -1)
      if [ -z "$sanitizer" ]; then
        echo "compute-sanitizer is not on this machine"
        outcomes="$outcomes${outcomes:+,
}  {\"check\": \"sanitizer\", \"outcome\": \"not on this machine\", \"code\": 0}"
        continue
      fi
      # Small networks only: a checked kernel is slow.
      for tool in memcheck racecheck; do
        for test in dual_softmax_test residual_gru_test; do
          WAVEBRIDGE_SMALL=1 run "${tool}_$test" 300 "$sanitizer" --tool $tool --error-exitcode 9 "$here/gpu_$test"
        done
      done
      ;;
    speed)
      run speed 400 "$here/gpu_speed" "$results/speed.json" ${WAVEBRIDGE_QUICK:+quick}
      cat "$results/speed.txt"
      ;;
    latency)
      run latency 120 "$here/gpu_latency" "$results/latency.json"
      cat "$results/latency.txt"
      ;;
    tensorrt)
      if [ ! -d "$here/tensorrt-check" ]; then
        echo "left out: no folder tensorrt-check beside this script (tensorrt/pack.sh gathers it)"
        continue
      fi
      run tensorrt 1200 sh "$here/tensorrt-check/check.sh" "$results/tensorrt"
      cat "$results/tensorrt.txt"
      ;;
    *)
      echo "$stage: expected kernels, sanitizer, speed, latency or tensorrt" >&2
      exit 2
      ;;
  esac
done
printf '[\n%s\n]\n' "$outcomes" > "$results/checks.json"
exit $failed

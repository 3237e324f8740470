#!/bin/sh
# compile.sh NVCC LOG few|all OPTIONS...: compiles kernels and keeps what the assembler says of them.
# few: machine code for one architecture of each generation, which runs on all GPUs of that generation. all: for every
# architecture, tuned for each. PTX is for GPUs that are newer than the newest machine code.
nvcc=$1
log=$2
architectures=$3
shift 3
if [ "$architectures" = all ]; then
  set -- -gencode arch=compute_86,code=sm_86 -gencode arch=compute_89,code=sm_89 "$@"
fi
"$nvcc" -std=c++20 -fmad=false -Xptxas -v \
  -gencode arch=compute_80,code=sm_80 \
  -gencode arch=compute_90a,code=sm_90a \
  -gencode arch=compute_90,code=compute_90 \
  "$@" 2> "$log.part" && mv "$log.part" "$log" && exit 0
cat "$log.part" >&2
exit 1

#ifndef WAVEBRIDGE_TENSORRT_BLOCK_SPARSE_GEMM_H_
#define WAVEBRIDGE_TENSORRT_BLOCK_SPARSE_GEMM_H_

#include <memory>

#include "plugin/operator.h"

namespace wavebridge::tensorrt {

std::unique_ptr<Operator> block_sparse_gemm(const OperatorKind& kind, const Fields& fields);

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_BLOCK_SPARSE_GEMM_H_

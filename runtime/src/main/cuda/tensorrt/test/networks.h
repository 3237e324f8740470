#ifndef WAVEBRIDGE_TENSORRT_TEST_NETWORKS_H_
#define WAVEBRIDGE_TENSORRT_TEST_NETWORKS_H_

#include <string>
#include <vector>

#include "test/fakes.h"

namespace wavebridge::test {

/// The shapes of joined constants under construction, and how many words each
/// takes.
struct ConstantList {
  void add(const std::vector<int64_t>& shape, int64_t element_bytes = 4);
  void weight(int64_t rows, int64_t columns, bool int8 = false);
  void layer(int64_t rows, int64_t columns, bool int8 = false);

  std::vector<int32_t> shapes;
  int64_t words = 0;
};

/// A node of an operator: its fields, and the shapes of its inputs and outputs
/// for N = 3, T = 8, F = 2, A = 12.
struct Node {
  std::string name;
  NodeFields fields;
  std::vector<std::vector<int64_t>> inputs;
  std::vector<std::string> outputs;  ///< shapes with letters
  std::vector<std::vector<int64_t>> output_sizes;
  int64_t words = 0;
};

/// H = 6, E = 5, D = 4, D' = 3.
Node dual_softmax(bool int8, bool subscale);
/// R = 4, M = 5, aux 1, 2, 0, 3, a mixture of 2.
Node residual_gru();
/// K = 5, R = 6.
Node gemm();
/// P = 8, C = 5, factor 2, cut 3.
Node upsampling();
/// F = 8, C = 5, hop 2, cut 3; without constants.
Node interpolation();

}  // namespace wavebridge::test

#endif  // WAVEBRIDGE_TENSORRT_TEST_NETWORKS_H_

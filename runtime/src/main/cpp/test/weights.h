#ifndef WAVEBRIDGE_TEST_WEIGHTS_H_
#define WAVEBRIDGE_TEST_WEIGHTS_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "wavebridge/dual_softmax.h"
#include "wavebridge/packed_int8_weight.h"
#include "wavebridge/packed_weight.h"
#include "wavebridge/residual_gru.h"

namespace wavebridge::test {

/// A small generator of our own, so that a seed means the same numbers everywhere.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}
  uint32_t bits() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>(state_ >> 33);
  }
  /// Uniform in [0, 1), a multiple of 2^-24.
  float uniform() { return static_cast<float>(bits() & 0xffffff) * 0x1p-24f; }
  /// Uniform in [-size, size).
  float number(float size) { return (2 * uniform() - 1) * size; }
  std::vector<float> numbers(size_t count, float size) {
    std::vector<float> all(count);
    for (float& x : all) x = number(size);
    return all;
  }
  /// Temperatures around 1, another for each row.
  std::vector<float> temperatures(size_t rows) {
    std::vector<float> values;
    for (size_t row = 0; row < rows; row++) values.push_back(0.6f + 0.8f * uniform());
    return values;
  }
  std::vector<float> uniforms(size_t count) {
    std::vector<float> all(count);
    for (float& x : all) x = uniform();
    return all;
  }

 private:
  uint64_t state_;
};

/// A matrix in three forms: dense, in blocks, packed.
struct TestWeight {
  int64_t rows = 0, inputs = 0, height = 1, width = 1;
  std::vector<float> dense;
  std::vector<float> blocks;
  std::vector<int32_t> columns;
  std::vector<int32_t> starts;

  /// Random values; each block is there with the given density.
  static TestWeight random(Random& random, int64_t rows, int64_t inputs, int64_t height,
                           int64_t width, double density, float size);
  BlockSparseWeight view() const;

  /// The same in int8, once `quantise` was called: dense, in blocks, a scale a row.
  std::vector<int8_t> int8_dense;
  std::vector<int8_t> int8_blocks;
  std::vector<float> scales;
  int activation_bits = 8;

  /// As docs/numerics.md has it.
  void quantise(int bits = 8);
  BlockSparseInt8Weight int8_view() const;
};

/// Memory that starts on a cache line, full of bytes that mean nothing.
AlignedArray<unsigned char> spoiled_memory(size_t bytes);

enum class Arithmetic { kF32, kInt8, kInt8Of12 };
inline constexpr Arithmetic kArithmetics[] = {Arithmetic::kF32, Arithmetic::kInt8,
                                              Arithmetic::kInt8Of12};
/// Of the activations of a quantised network.
inline int activation_bits(Arithmetic arithmetic) {
  return arithmetic == Arithmetic::kInt8Of12 ? 12 : 8;
}
inline std::string text(Arithmetic arithmetic) {
  return arithmetic == Arithmetic::kF32    ? "f32 "
         : arithmetic == Arithmetic::kInt8 ? "int8 "
                                           : "int8 of 12 bits ";
}

/// A dual-softmax network of random weights, and everything it points to.
struct DualModel {
  std::deque<TestWeight>
      weights;  ///< conditioning, recurrent, coarse hidden/output, fine hidden/output
  std::deque<std::vector<float>> biases;
  std::vector<float> columns[3];
  std::deque<PackedWeight> packed;
  std::deque<PackedInt8Weight> int8_packed;
  DualSoftmaxNetwork network{};
  DualSoftmaxInt8Network int8{};  ///< of a model in int8; its `network` then only tells the sizes

  DualModel(uint64_t seed, int hidden, int conditioning, int coarse, int fine, int block_height,
            int block_width, double density, Arithmetic arithmetic = Arithmetic::kF32,
            double head_density = 1);
};

/// A head of each kind that is no classes, with as many parts as it may have up to these.
std::vector<Head> heads(int most_parts);

/// Blocks of which some are there. By default a matrix is dense, one block.
struct Sparsity {
  int height = 0, width = 0;
  double density = 1;
  bool second_gru = true;  ///< false: it has neither weights nor biases
};

/// A residual GRU network of random weights, and everything it points to.
struct ResidualModel {
  std::deque<TestWeight> weights;  ///< in the order of docs/operators.md
  std::deque<std::vector<float>> biases;
  std::vector<float> sample_weights;
  std::deque<PackedWeight> packed;
  std::deque<PackedInt8Weight> int8_packed;
  ResidualGruNetwork network{};
  ResidualGruInt8Network int8{};  ///< of a model in int8; its `network` then only tells the sizes

  ResidualModel(uint64_t seed, int hidden, int mels, const std::vector<int>& aux, int rows1,
                int rows2, int classes, int mixtures, Arithmetic arithmetic = Arithmetic::kF32,
                Sparsity sparsity = {});

  /// A network with some head that is no classes.
  ResidualModel(uint64_t seed, int hidden, int mels, const std::vector<int>& aux, int rows1,
                int rows2, const Head& head, Arithmetic arithmetic = Arithmetic::kF32);

  /// Makes the outputs those of several bands, each with a previous value.
  void separate(int bands);
};

}  // namespace wavebridge::test

#endif  // WAVEBRIDGE_TEST_WEIGHTS_H_

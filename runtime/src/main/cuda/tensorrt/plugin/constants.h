#ifndef WAVEBRIDGE_TENSORRT_CONSTANTS_H_
#define WAVEBRIDGE_TENSORRT_CONSTANTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "wavebridge/operator_spec.h"
#include "wavebridge_cuda/launch.h"

namespace wavebridge::tensorrt {

/// Reads the joined constants of a node, one after the other: each stands at
/// the start of a 32-bit word, and `shapes` has the rank and sizes of each. The
/// values themselves are not looked at and may lie on the device.
class Constants {
 public:
  /// `words` may be null where only sizes are asked for.
  Constants(std::vector<int64_t> shapes, const void* words);

  /// The next constant, of 4-byte elements; throws Failure if its rank differs.
  const float* floats(const std::string& name, std::vector<int64_t>& sizes, size_t rank);
  const float* vector(const std::string& name, int64_t size);
  /// The next three, or four where the weight is quantised.
  cuda::Weight weight(const std::string& name, bool int8);
  cuda::Layer layer(const std::string& name, const std::string& bias_name, bool int8);

  /// Throws Failure if there are more.
  void end() const;
  /// How many words all constants so far take.
  int64_t words() const { return words_; }

 private:
  const void* next(const std::string& name, std::vector<int64_t>& sizes, size_t rank,
                   int64_t element_bytes);

  const std::vector<int64_t> shapes_;
  const void* base_;
  size_t at_ = 0;
  int64_t words_ = 0;
};

/// The same by the rows that an operator declares.
class DeclaredConstants {
 public:
  DeclaredConstants(Constants& constants, const OperatorSpec& spec)
      : constants_(constants), rows_(spec) {}

  const float* floats(std::vector<int64_t>& sizes, size_t rank) {
    return constants_.floats(rows_.next(TensorKind::kConstant), sizes, rank);
  }
  cuda::Weight weight();
  cuda::Layer layer();
  /// The function that the `each` of a network calls for each of its matrices.
  auto matrices() {
    return [this](auto& matrix, const Extent&, const Extent&) {
      read(matrix);
      return kAnySize;
    };
  }

 private:
  void read(cuda::Weight& to) { to = weight(); }
  void read(cuda::Layer& to) { to = layer(); }

  Constants& constants_;
  ConstantRows rows_;
};

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_CONSTANTS_H_

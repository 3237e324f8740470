#ifndef WAVEBRIDGE_TENSORRT_SIGNATURE_H_
#define WAVEBRIDGE_TENSORRT_SIGNATURE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "abi/tensorrt_abi.h"

namespace wavebridge::tensorrt {

/// One axis of a tensor: a letter (N rows, T samples, F frames, A samples of a
/// window) or a fixed size.
struct Axis {
  Axis(char of) : letter(of), size(-1) {}
  Axis(int64_t fixed) : letter(0), size(fixed) {}
  char letter;
  int64_t size;
};

struct Tensor {
  const char* name;
  nvinfer1::DataType type;
  std::vector<Axis> axes;
};

/// The sizes that the letters stand for in a call; -1 where that is not known yet.
class Sizes {
 public:
  int64_t of(char letter) const;
  bool known(char letter) const { return of(letter) >= 0; }
  /// Whether it agrees with what was known.
  bool set(char letter, int64_t size);

 private:
  std::vector<std::pair<char, int64_t>> sizes_;
};

/// An axis of an output that follows from one of an input: `from * factor -
/// less`.
struct Derived {
  char letter = 0;
  char from = 0;
  int64_t factor = 1;
  int64_t less = 0;
};

/// Inputs and outputs of an operator. Every letter of an output is one of an
/// input, or the derived one.
struct Signature {
  std::vector<Tensor> inputs;
  std::vector<Tensor> outputs;
  Derived derived = {};

  /// Throws Failure if the counts differ.
  void check_counts(int32_t inputs_found, int32_t outputs_found) const;
  const Tensor& at(int32_t position) const;
  /// Reads the letters from the shapes of the inputs, where -1 is any size;
  /// throws Failure naming the tensor that does not fit.
  Sizes sizes(const std::vector<const nvinfer1::Dims*>& shapes) const;
  /// The first input and axis that has a letter.
  std::pair<int32_t, int32_t> source(char letter) const;
};

std::string text_of(const nvinfer1::Dims& dims);

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_SIGNATURE_H_

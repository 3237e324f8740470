#include "plugin/signature.h"

#include "plugin/failure.h"

namespace wavebridge::tensorrt {
namespace {

/// The most vectors of a result, as on the CPU.
constexpr int64_t kMostVectors = int64_t{1} << 31;

std::string letters_of(const Tensor& tensor) {
  std::string text = "[";
  for (const Axis& axis : tensor.axes) {
    text += text.size() == 1 ? "" : ", ";
    text += axis.letter == 0 ? std::to_string(axis.size) : std::string(1, axis.letter);
  }
  return text + "]";
}

bool fits(const Tensor& tensor, const nvinfer1::Dims& dims, Sizes& sizes) {
  if (dims.nbDims != static_cast<int32_t>(tensor.axes.size())) {
    return false;
  }
  for (size_t i = 0; i < tensor.axes.size(); ++i) {
    const Axis& axis = tensor.axes[i];
    if (dims.d[i] >= 0 &&
        !(axis.letter == 0 ? dims.d[i] == axis.size : sizes.set(axis.letter, dims.d[i]))) {
      return false;
    }
  }
  return true;
}

}  // namespace

int64_t Sizes::of(char letter) const {
  for (const auto& [name, size] : sizes_) {
    if (name == letter) {
      return size;
    }
  }
  return -1;
}

bool Sizes::set(char letter, int64_t size) {
  if (known(letter)) {
    return of(letter) == size;
  }
  sizes_.emplace_back(letter, size);
  return true;
}

void Signature::check_counts(int32_t inputs_found, int32_t outputs_found) const {
  if (inputs_found != static_cast<int32_t>(inputs.size()) ||
      outputs_found != static_cast<int32_t>(outputs.size())) {
    throw Failure("expected " + std::to_string(inputs.size()) + " inputs and " +
                  std::to_string(outputs.size()) + " outputs, found " +
                  std::to_string(inputs_found) + " and " + std::to_string(outputs_found));
  }
}

const Tensor& Signature::at(int32_t position) const {
  const auto index = static_cast<size_t>(position);
  return index < inputs.size() ? inputs[index] : outputs.at(index - inputs.size());
}

Sizes Signature::sizes(const std::vector<const nvinfer1::Dims*>& shapes) const {
  Sizes sizes;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (!fits(inputs[i], *shapes.at(i), sizes)) {
      throw Failure(std::string("input '") + inputs[i].name + "': expected " +
                    letters_of(inputs[i]) + ", found " + text_of(*shapes[i]));
    }
  }
  if (derived.letter != 0 && sizes.known(derived.from)) {
    const int64_t from = sizes.of(derived.from);
    const std::string what = std::string("input '") + inputs[0].name + "': expected at ";
    const int64_t least = (derived.less + derived.factor - 1) / derived.factor;
    if (from < least) {
      throw Failure(what + "least " + std::to_string(least) + " vectors, found " +
                    std::to_string(from));
    }
    if (from > kMostVectors / derived.factor) {
      throw Failure(what + "most " + std::to_string(kMostVectors / derived.factor) +
                    " vectors, found " + std::to_string(from));
    }
    sizes.set(derived.letter, from * derived.factor - derived.less);
  }
  return sizes;
}

std::pair<int32_t, int32_t> Signature::source(char letter) const {
  for (size_t i = 0; i < inputs.size(); ++i) {
    for (size_t axis = 0; axis < inputs[i].axes.size(); ++axis) {
      if (inputs[i].axes[axis].letter == letter) {
        return {static_cast<int32_t>(i), static_cast<int32_t>(axis)};
      }
    }
  }
  throw Failure(std::string("no input has the axis ") + letter);
}

std::string text_of(const nvinfer1::Dims& dims) {
  std::string text = "[";
  for (int32_t i = 0; i < dims.nbDims && i < 8; ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(dims.d[i]);
  }
  return text + "]";
}

}  // namespace wavebridge::tensorrt

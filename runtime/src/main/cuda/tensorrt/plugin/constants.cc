#include "plugin/constants.h"

#include <utility>

#include "plugin/failure.h"

namespace wavebridge::tensorrt {
namespace {

constexpr int64_t kWord = 4;
constexpr int64_t kMostElements = int64_t{1} << 31;

}  // namespace

Constants::Constants(std::vector<int64_t> shapes, const void* words)
    : shapes_(std::move(shapes)), base_(words) {}

const void* Constants::next(const std::string& name, std::vector<int64_t>& sizes, size_t rank,
                            int64_t element_bytes) {
  if (at_ >= shapes_.size()) {
    throw Failure("constant '" + name + "': expected one, found no more");
  }
  const int64_t found = shapes_[at_++];
  if (found != static_cast<int64_t>(rank) || shapes_.size() - at_ < rank) {
    throw Failure("constant '" + name + "': expected rank " + std::to_string(rank) + ", found " +
                  std::to_string(found));
  }
  int64_t elements = 1;
  sizes.clear();
  for (size_t axis = 0; axis < rank; ++axis) {
    const int64_t size = shapes_[at_++];
    if (size < 0 || (size > 0 && elements > kMostElements / size)) {
      throw Failure("constant '" + name + "': a size of " + std::to_string(size) +
                    " cannot be right");
    }
    sizes.push_back(size);
    elements *= size;
  }
  const auto place = reinterpret_cast<uintptr_t>(base_) + static_cast<uintptr_t>(words_ * kWord);
  words_ += (elements * element_bytes + kWord - 1) / kWord;
  return base_ == nullptr ? nullptr : reinterpret_cast<const void*>(place);
}

const float* Constants::floats(const std::string& name, std::vector<int64_t>& sizes, size_t rank) {
  return static_cast<const float*>(next(name, sizes, rank, kWord));
}

const float* Constants::vector(const std::string& name, int64_t size) {
  std::vector<int64_t> sizes;
  const float* values = floats(name, sizes, 1);
  if (sizes[0] != size) {
    throw Failure("constant '" + name + "': expected " + std::to_string(size) + " values, found " +
                  std::to_string(sizes[0]));
  }
  return values;
}

cuda::Weight Constants::weight(const std::string& name, bool int8) {
  std::vector<int64_t> sizes;
  cuda::Weight weight;
  weight.blocks = next(name + "_blocks", sizes, 3, int8 ? 1 : kWord);
  weight.block_count = sizes[0];
  weight.block_height = sizes[1];
  weight.block_width = sizes[2];
  weight.columns = reinterpret_cast<const int32_t*>(vector(name + "_columns", sizes[0]));
  weight.rows = static_cast<const int32_t*>(next(name + "_rows", sizes, 1, kWord));
  weight.row_entries = sizes[0];
  if (weight.row_entries < 1) {
    throw Failure("constant '" + name + "_rows': expected at least 1 value, found none");
  }
  if (int8) {
    weight.scales = vector(name + "_scales", (weight.row_entries - 1) * weight.block_height);
  }
  return weight;
}

cuda::Layer Constants::layer(const std::string& name, const std::string& bias_name, bool int8) {
  cuda::Layer layer;
  layer.weight = weight(name, int8);
  layer.bias = vector(bias_name, (layer.weight.row_entries - 1) * layer.weight.block_height);
  return layer;
}

void Constants::end() const {
  if (at_ != shapes_.size()) {
    throw Failure("constants: expected " + std::to_string(at_) +
                  " numbers in constant_shapes, found " + std::to_string(shapes_.size()));
  }
}

cuda::Weight DeclaredConstants::weight() {
  const TensorSpec& row = rows_.next();
  return constants_.weight(row.name, row.kind == TensorKind::kInt8Weight);
}

cuda::Layer DeclaredConstants::layer() {
  const TensorSpec& row = rows_.next();
  return constants_.layer(row.name, rows_.next(TensorKind::kConstant),
                          row.kind == TensorKind::kInt8Weight);
}

}  // namespace wavebridge::tensorrt

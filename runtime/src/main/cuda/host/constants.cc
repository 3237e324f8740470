#include "host/constants.h"

#include <algorithm>

namespace wavebridge::cuda {
namespace {

/// Places in a panel's list of columns have sixteen bits, for four columns
/// each.
constexpr int64_t kMostColumns = int64_t{1} << 18;

std::string text(int64_t value) { return std::to_string(value); }

}  // namespace

const char* text_of(Status status) noexcept {
  switch (status) {
    case Status::kOk:
      return "no fault";
    case Status::kBadArgument:
      return "constants or sizes that do not fit";
    case Status::kOutOfMemory:
      return "out of memory";
    case Status::kNotResident:
      return "the GPU cannot run all blocks at once; is it shared with another process?";
    case Status::kExchangeTimedOut:
      return "a block waited in vain for another one; is the GPU shared with another process?";
    case Status::kBadTemperature:
      return "temperature: expected positive, finite numbers";
    case Status::kDeviceError:
      break;
  }
  return "the CUDA runtime reports an error";
}

template <typename T>
void HostWeight::spread(int64_t row, const std::vector<T>& blocks, T* values) const {
  std::fill(values, values + view_.inputs, T{0});
  const int64_t height = view_.block_height, width = view_.block_width, block_row = row / height;
  for (int64_t i = row_starts_[static_cast<size_t>(block_row)];
       i < row_starts_[static_cast<size_t>(block_row) + 1]; i++) {
    const T* from = blocks.data() + (i * height + row % height) * width;
    const int64_t column = columns_[static_cast<size_t>(i)] * width;
    std::copy(from, from + std::min(width, view_.inputs - column), values + column);
  }
}

void HostWeight::spread(int64_t row, float* values) const { spread(row, blocks_, values); }
void HostWeight::spread(int64_t row, int8_t* values) const { spread(row, int8_blocks_, values); }

template <typename T>
std::vector<T> ConstantReader::fetch(const char* name, const T* values, int64_t count) const {
  if (count < 0 || (count > 0 && values == nullptr)) {
    throw Refused(Status::kBadArgument,
                  std::string(name) + ": expected " + text(count) + " values, found none");
  }
  std::vector<T> found(static_cast<size_t>(count));
  if (count > 0 && on_device_) {
    require(runtime::download(found.data(), values, found.size() * sizeof(T), stream_));
  } else {
    std::copy(values, values + count, found.begin());
  }
  return found;
}

std::vector<float> ConstantReader::array(const char* name, const float* values,
                                         int64_t count) const {
  return fetch(name, values, count);
}

HostWeight ConstantReader::weight(const char* name, const Weight& given, int64_t rows,
                                  int64_t inputs, int64_t activation_bits) const {
  const bool int8 = activation_bits > 0;
  if (int8 != (given.scales != nullptr)) {
    throw Refused(Status::kBadArgument, std::string(name) + ": expected " +
                                            (int8 ? "int8 weights with" : "f32 weights without") +
                                            " scales");
  }
  HostWeight weight;
  weight.view_ = {.name = name,
                  .inputs = inputs,
                  .block_count = given.block_count,
                  .block_height = given.block_height,
                  .block_width = given.block_width,
                  .row_entries = given.row_entries,
                  .blocks = nullptr,
                  .columns = nullptr,
                  .row_starts = nullptr};
  // The sizes must be right before anything is fetched by them.
  if (given.block_count < 0 || given.block_height < 1 || given.block_height > kMostRows ||
      given.block_width < 0 || given.block_width > kMostInputs || given.row_entries < 2 ||
      given.row_entries - 1 > kMostRows / given.block_height) {
    throw Refused(Status::kBadArgument,
                  std::string(name) + ": " + text(given.block_count) + " blocks of " +
                      text(given.block_height) + " x " + text(given.block_width) + " in " +
                      text(given.row_entries - 1) + " rows of blocks are no weight");
  }
  weight.columns_ = fetch(name, given.columns, given.block_count);
  weight.row_starts_ = fetch(name, given.rows, given.row_entries);
  const int64_t count = given.block_count * given.block_height * given.block_width;
  if (int8) {
    weight.int8_blocks_ = fetch(name, static_cast<const int8_t*>(given.blocks), count);
    weight.scales_ = fetch(name, given.scales, weight.rows());
  } else {
    weight.blocks_ = fetch(name, static_cast<const float*>(given.blocks), count);
  }
  BlockSparseWeight view = weight.view_;
  view.columns = weight.columns_.data();
  view.row_starts = weight.row_starts_.data();
  view.blocks = weight.blocks_.data();
  std::string fault = int8 ? check(BlockSparseInt8Weight{view, weight.int8_blocks_.data(),
                                                         weight.scales_.data(), activation_bits})
                           : check(view);
  if (fault.empty() && rows >= 0 && weight.rows() != rows) {
    fault = std::string(name) + ": expected " + text(rows) + " rows, found " + text(weight.rows());
  }
  if (fault.empty() && inputs > kMostColumns) {
    fault = std::string(name) + ": expected at most " + text(kMostColumns) +
            " inputs on a GPU, found " + text(inputs);
  }
  if (!fault.empty()) throw Refused(Status::kBadArgument, fault);
  return weight;
}

HostLayer ConstantReader::layer(const char* name, const char* bias_name, const Layer& given,
                                int64_t rows, int64_t inputs, int64_t activation_bits) const {
  HostLayer layer{weight(name, given.weight, rows, inputs, activation_bits), {}};
  layer.bias = array(bias_name, given.bias, layer.weight.rows());
  return layer;
}

int64_t GivenMatrices::operator()(const Weight& weight, const Extent&, const Extent&) const {
  all_.push_back({{weight, nullptr}, false});
  return kAnySize;
}

int64_t GivenMatrices::operator()(const Layer& layer, const Extent&, const Extent&) const {
  all_.push_back({layer, true});
  return kAnySize;
}

namespace {

const OperatorSpec& declared(const std::string& name) {
  const OperatorSpec* spec = find_operator(name);
  if (spec == nullptr) throw std::logic_error(name + " is not declared");
  return *spec;
}

/// Whether the first matrix that is large, and so int8 in the int8 form, has scales.
template <typename Matrices>
bool large_have_scales(const std::string& name, const Matrices& matrices) {
  ConstantRows rows(declared(name + "Int8"));
  rows.next(TensorKind::kConstant);
  for (const auto& matrix : matrices) {
    if (rows.next().kind == TensorKind::kInt8Weight) return matrix.layer.weight.scales != nullptr;
    if (matrix.has_bias) rows.next(TensorKind::kConstant);
  }
  return false;
}

}  // namespace

MatrixReader::MatrixReader(const ConstantReader& reader, const std::string& name,
                           const GivenMatrices& given, int64_t activation_bits)
    : reader_(reader),
      given_(given),
      activation_bits_(large_have_scales(name, given.all_) ? activation_bits : 0),
      rows_(declared(activation_bits_ > 0 ? name + "Int8" : name)) {}

std::vector<float> MatrixReader::array(const float* values, int64_t count) {
  return reader_.array(rows_.next(TensorKind::kConstant), values, count);
}

int64_t MatrixReader::read(HostLayer& to, const Extent& rows, const Extent& inputs) {
  const GivenMatrices::Matrix& from = given_.all_.at(next_++);
  const TensorSpec& row = rows_.next();
  const int64_t bits = row.kind == TensorKind::kInt8Weight ? activation_bits_ : 0;
  if (from.has_bias) {
    to = reader_.layer(row.name, rows_.next(TensorKind::kConstant), from.layer, rows.size,
                       inputs.size, bits);
  } else {
    to = {reader_.weight(row.name, from.layer.weight, rows.size, inputs.size, bits), {}};
  }
  return to.weight.rows();
}

}  // namespace wavebridge::cuda

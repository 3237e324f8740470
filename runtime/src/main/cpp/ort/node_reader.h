#ifndef WAVEBRIDGE_ORT_NODE_READER_H_
#define WAVEBRIDGE_ORT_NODE_READER_H_

#include <deque>
#include <string>
#include <vector>

#include "ort/tensor.h"
#include "wavebridge/attributes.h"
#include "wavebridge/matrices.h"
#include "wavebridge/packed_int8_weight.h"
#include "wavebridge/packed_weight.h"

namespace wavebridge::ort {

/// The copies that a kernel keeps of a node's constant inputs. Entries never move.
struct Constants {
  std::deque<PackedWeight> weights;
  std::deque<PackedInt8Weight> int8_weights;
  std::deque<std::vector<float>> arrays;
};

/// Reads and checks a node's attributes and constant inputs when its session is created.
class NodeReader final : public Attributes {
 public:
  /// Packed weights and copied arrays go to `constants`, which outlives the kernel's networks.
  /// Attributes have the ranges of `spec`.
  NodeReader(const OrtApi& api, const OrtKernelInfo& info, const OperatorSpec& spec,
             Constants& constants);

  /// `node 'name' (Op)`, the start of every message.
  const std::string& node() const { return node_; }

  /// A number attribute.
  float number(const char* name) const;
  /// One that is also at least another.
  float number_from(const char* name, float lowest) const;
  /// An attribute of finite numbers, copied; none where it is absent.
  const std::vector<float>& numbers(const char* name);

  // The constant inputs, one after the other as the operator declares them, from the first on. A
  // message has the name that is declared.

  /// The next input: floats, copied.
  const std::vector<float>& array(const Shape& shape);
  /// The size of the first axis of the array that was read last.
  int64_t last_rows() const { return last_rows_; }
  /// The next inputs: a weight, packed; three for f32, four for int8. `name` is what messages call
  /// it, where that is not as it is declared.
  template <typename Matrix = PackedMatrix>
  Matrix weight(const Dimension& rows, const Dimension& inputs, const char* name = nullptr);
  /// The next inputs: a weight and its bias.
  template <typename Matrix = PackedMatrix>
  LayerOf<Matrix> layer(const Dimension& rows, const Dimension& inputs,
                        const char* name = nullptr) {
    const Matrix matrix = weight<Matrix>(rows, inputs, name);
    return {matrix, array({{rows.name.c_str(), matrix.rows}}).data()};
  }
  /// The function that the `each` of a network calls for each of its matrices.
  auto matrices() {
    return [this](auto& matrix, const Extent& rows, const Extent& columns) {
      return read(matrix, {rows.letter, rows.size}, {columns.letter, columns.size});
    };
  }

  /// A dense weight `[rows, inputs]` of values at hand, packed; `name` is for messages.
  PackedMatrix dense(const std::string& name, const float* values, int64_t rows, int64_t inputs);

  /// Refuses with a message about this node.
  [[noreturn]] void refuse(const std::string& message) const override;

 private:
  std::vector<int64_t> integers(const AttributeSpec& attribute) const override;
  template <typename Matrix>
  int64_t read(Matrix& weight_of, const Dimension& rows, const Dimension& inputs) {
    weight_of = weight<Matrix>(rows, inputs);
    return weight_of.rows;
  }
  template <typename Matrix>
  int64_t read(LayerOf<Matrix>& layer_of, const Dimension& rows, const Dimension& inputs) {
    layer_of = layer<Matrix>(rows, inputs);
    return layer_of.weight.rows;
  }
  /// A weight whose blocks have some element type; `blocks` itself stays null.
  BlockSparseWeight structure(const std::string& name, ONNXTensorElementDataType type,
                              const Dimension& inputs, Tensor& blocks);
  void check_weight(const std::string& name, const std::string& fault,
                    const BlockSparseWeight& weight, const Dimension& rows,
                    const Dimension& inputs) const;
  Tensor constant(const std::string& name, ONNXTensorElementDataType type, const Shape& shape);

  const OrtApi& api_;
  const OrtKernelInfo& info_;
  const OperatorSpec& spec_;
  Constants& constants_;
  std::string node_;
  ConstantRows rows_;
  size_t next_;  ///< the input of the node that the next row begins with
  int64_t last_rows_ = 0;
};

template <>
PackedMatrix NodeReader::weight<PackedMatrix>(const Dimension& rows, const Dimension& inputs,
                                              const char* name);
template <>
PackedInt8Matrix NodeReader::weight<PackedInt8Matrix>(const Dimension& rows,
                                                      const Dimension& inputs, const char* name);

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_NODE_READER_H_

#include "test/networks.h"

namespace wavebridge::test {

void ConstantList::add(const std::vector<int64_t>& shape, int64_t element_bytes) {
  int64_t bytes = element_bytes;
  shapes.push_back(static_cast<int32_t>(shape.size()));
  for (const int64_t size : shape) {
    shapes.push_back(static_cast<int32_t>(size));
    bytes *= size;
  }
  words += (bytes + 3) / 4;
}

void ConstantList::weight(int64_t rows, int64_t columns, bool int8) {
  const int64_t blocks = columns == 0 ? 0 : 1;
  add({blocks, rows, columns}, int8 ? 1 : 4);
  add({blocks});
  add({2});
  if (int8) add({rows});
}

void ConstantList::layer(int64_t rows, int64_t columns, bool int8) {
  weight(rows, columns, int8);
  add({rows});
}

Node dual_softmax(bool int8, bool subscale) {
  ConstantList constants;
  constants.add({18, 3});
  constants.layer(18, 5);
  constants.layer(18, 6, int8);
  constants.layer(4, 3, int8);
  constants.layer(256, 4, int8);
  constants.layer(3, 3, int8);
  constants.layer(256, 3, int8);
  Node node;
  node.fields.with("samples_per_frame", {4}).with("conditioning_size", {5}).with("most_rows", {4});
  if (subscale) {
    constants.weight(18, 2);
    constants.add({26});
    node.fields.with("horizon", {2}).with("own_past", {1}).with("context_channels", {3});
    node.fields.with("context_kernels", {2, 3}).with("context_dilations", {1, 2});
    node.fields.with("context_outputs", {2, 2}).with("context_relus", {1, 0});
  }
  node.fields.with("constant_shapes", constants.shapes);
  node.words = constants.words;
  node.name = std::string(subscale ? "DualSoftmaxSubscaleGenerate" : "DualSoftmaxGenerate") +
              (int8 ? "Int8" : "");
  if (subscale) {
    node.inputs = {{2, 5}, {12, 2}, {12}, {3, 2}, {3, 6}, {1}, {4}, {constants.words}};
    node.outputs = {"[A]", "[N, 2]", "[N, 6]", "[1]"};
    node.output_sizes = {{12}, {3, 2}, {3, 6}, {1}};
  } else {
    node.inputs = {{3, 2, 5}, {3, 8, 2}, {3, 2}, {3, 6}, {3}, {constants.words}};
    node.outputs = {"[N, T]", "[N, 2]", "[N, 6]", "[1]"};
    node.output_sizes = {{3, 8}, {3, 2}, {3, 6}, {1}};
  }
  return node;
}

Node residual_gru() {
  ConstantList constants;
  constants.add({4});
  constants.weight(4, 5);
  constants.layer(4, 1);
  constants.layer(12, 4);
  constants.layer(12, 4);
  constants.weight(12, 4);
  constants.layer(12, 2);
  constants.layer(12, 4);
  constants.weight(7, 4);
  constants.layer(7, 0);
  constants.weight(9, 7);
  constants.layer(9, 3);
  constants.layer(6, 9);
  Node node;
  node.name = "ResidualGruGenerate";
  node.fields.with("samples_per_frame", {4}).with("mels", {5}).with("aux_sizes", {1, 2, 0, 3});
  node.fields.with("mixtures", {2}).with("most_rows", {4});
  node.fields.with("constant_shapes", constants.shapes);
  node.words = constants.words;
  node.inputs = {{3, 8, 5}, {3, 2, 6}, {3, 8, 3}, {3, 1}, {3, 8}, {3}, {constants.words}};
  node.outputs = {"[N, T]", "[N, 1]", "[N, 8]", "[1]"};
  node.output_sizes = {{3, 8}, {3, 1}, {3, 8}, {1}};
  return node;
}

Node gemm() {
  ConstantList constants;
  constants.layer(6, 5);
  Node node;
  node.name = "BlockSparseGemm";
  node.fields.with("inputs", {5}).with("most_rows", {4});
  node.fields.with("constant_shapes", constants.shapes);
  node.words = constants.words;
  node.inputs = {{3, 5}, {constants.words}};
  node.outputs = {"[N, 6]"};
  node.output_sizes = {{3, 6}};
  return node;
}

Node upsampling() {
  ConstantList constants;
  constants.add({5});
  constants.add({1});
  Node node;
  node.name = "UpsampleFrames";
  node.fields.with("factor", {2}).with("cut", {3}).with("most_rows", {4});
  node.fields.with("constant_shapes", constants.shapes);
  node.words = constants.words;
  node.inputs = {{3, 8, 5}, {constants.words}};
  node.outputs = {"[N, T * 2 - 10, 5]"};
  node.output_sizes = {{3, 6, 5}};
  return node;
}

Node interpolation() {
  Node node;
  node.name = "InterpolateFrames";
  node.fields.with("hop", {2}).with("cut", {3}).with("most_rows", {4});
  node.inputs = {{3, 8, 5}};
  node.outputs = {"[N, T * 2 - 6, 5]"};
  node.output_sizes = {{3, 10, 5}};
  return node;
}

}  // namespace wavebridge::test

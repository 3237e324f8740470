#include "test/kernel_case.h"

// BlockSparseGemm on the emulated GPU: the canonical product, bit for bit.

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

void check(const std::string& what, const TestWeight& weight, int64_t batch) {
  Random random(3);
  const size_t rows = static_cast<size_t>(weight.rows), inputs = static_cast<size_t>(weight.inputs);
  const std::vector<float> bias = random.numbers(rows, 1);
  const std::vector<float> x = random.numbers(static_cast<size_t>(batch) * inputs, 1);
  std::unique_ptr<cuda::PreparedGemm> prepared;
  check_good(what,
             cuda::prepare({weight.inputs, described(weight, bias)}, {}, "test", nullptr, prepared),
             0);
  if (prepared == nullptr) return;
  std::vector<float> expected;
  const DeviceArray on_device(x), y(std::vector<float>(static_cast<size_t>(batch) * rows, -1.0f));
  for (size_t i = 0; i < static_cast<size_t>(batch); i++) {
    const auto of = reference::affine(weight, x, i * inputs, bias);
    expected.insert(expected.end(), of.begin(), of.end());
  }
  check_good(what, prepared->launch(on_device.data(), y.data(), batch, nullptr), 0);
  CHECK_SAME_BITS(what, expected, y.values());
}

}  // namespace

WB_TEST(shapes_and_blocks) {
  Random random(1);
  struct Shape {
    int64_t rows, inputs, height, width;
    double density;
  };
  const Shape shapes[] = {{1, 1, 1, 1, 1},     {16, 64, 16, 64, 1}, {48, 100, 16, 1, 0.1},
                          {24, 30, 4, 4, 0.4}, {130, 7, 130, 7, 1}, {32, 129, 8, 16, 0.5},
                          {8, 40, 1, 1, 0},    {12, 3, 3, 2, 0.7}};
  for (const Shape& of : shapes) {
    const TestWeight weight =
        TestWeight::random(random, of.rows, of.inputs, of.height, of.width, of.density, 1);
    for (const int64_t batch : {1, 3, 9}) {
      check(std::to_string(of.rows) + " x " + std::to_string(of.inputs) + ", batch " +
                std::to_string(batch),
            weight, batch);
    }
  }
}

/// Frames of a conditioner are rows.
WB_TEST(a_row_for_each_frame) {
  Random random(1);
  check("many rows", TestWeight::random(random, 130, 20, 130, 20, 1, 1), 301);
}

WB_TEST(no_rows) {
  Random random(1);
  const TestWeight weight = TestWeight::random(random, 8, 5, 8, 5, 1, 1);
  const std::vector<float> bias(8);
  std::unique_ptr<cuda::PreparedGemm> prepared;
  check_good("prepare", cuda::prepare({5, described(weight, bias)}, {}, "test", nullptr, prepared),
             0);
  CHECK(prepared->launch(nullptr, nullptr, 0, nullptr).ok());
}

WB_TEST(faults_are_named) {
  Random random(1);
  TestWeight weight = TestWeight::random(random, 8, 16, 4, 4, 1, 1);
  const std::vector<float> bias(8);
  const auto message = [&](const cuda::Layer& layer, int64_t inputs) {
    std::unique_ptr<cuda::PreparedGemm> prepared;
    return cuda::prepare({inputs, layer}, {}, "node 'g' (BlockSparseGemm)", nullptr, prepared)
        .message;
  };
  const std::string start = "node 'g' (BlockSparseGemm): ";
  cuda::Layer layer = described(weight, bias);
  layer.bias = nullptr;
  CHECK_EQUAL(start + "W_bias: expected 8 values, found none", message(layer, 16));
  layer = described(weight, bias);
  layer.weight.scales = bias.data();
  CHECK_EQUAL(start + "W: expected f32 weights without scales", message(layer, 16));
  weight.columns[2] = 4;
  CHECK_EQUAL(start + "W_columns[2] = 4 lies outside 0..3 (K = 16, block width 4)",
              message(described(weight, bias), 16));
  layer = described(weight, bias);
  layer.weight.block_height = 0;
  CHECK_EQUAL(start + "W: 8 blocks of 0 x 4 in 2 rows of blocks are no weight", message(layer, 16));
}

int main() { return run_all(); }

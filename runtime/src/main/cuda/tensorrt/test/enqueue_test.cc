#include <algorithm>
#include <cstring>

#include "harness.h"
#include "test/fakes.h"
#include "test/networks.h"

// Tests of the arguments that kernels get from a call.

using namespace wavebridge::test;
using namespace nvinfer1;

namespace {

Log& logged() {
  static Log log;
  setLoggerFinder(&log);
  return log;
}

int64_t volume(const std::vector<int64_t>& shape) {
  int64_t size = 1;
  for (const int64_t axis : shape) size *= axis;
  return size;
}

/// A loaded plugin with memory for its inputs and outputs.
struct Call {
  Call(Node& node, TensorRTPhase phase)
      : made(creator(node.name)->createPlugin("node", node.fields.get(), phase)) {
    for (const auto& shape : node.inputs) add(shape, in_memory, in_desc);
    for (const auto& shape : node.output_sizes) add(shape, out_memory, out_desc);
    for (auto& memory : in_memory) in.push_back(memory.data());
    for (auto& memory : out_memory) out.push_back(memory.data());
  }

  static void add(const std::vector<int64_t>& shape, std::vector<std::vector<float>>& memory,
                  std::vector<PluginTensorDesc>& desc) {
    memory.emplace_back(static_cast<size_t>(volume(shape)), 7.0f);
    PluginTensorDesc one{};
    one.dims = dims(shape);
    desc.push_back(one);
  }

  int32_t run() {
    const auto inputs = static_cast<int32_t>(in.size());
    const auto outputs = static_cast<int32_t>(out.size());
    if (made.runtime->onShapeChange(in_desc.data(), inputs, out_desc.data(), outputs) != 0) {
      return -2;
    }
    return made.runtime->enqueue(in_desc.data(), out_desc.data(), in.data(), out.data(), nullptr,
                                 nullptr);
  }

  Made made;
  std::vector<std::vector<float>> in_memory, out_memory;
  std::vector<PluginTensorDesc> in_desc, out_desc;
  std::vector<const void*> in;
  std::vector<void*> out;
};

/// How many words a constant lies after the first.
int64_t offset(const Call& call, const void* constant) {
  return (static_cast<const char*>(constant) - static_cast<const char*>(call.in.back())) / 4;
}

}  // namespace

WB_TEST(dual_softmax) {
  kernels() = {};
  Node node = dual_softmax(false, false);
  Call call(node, TensorRTPhase::kRUNTIME);
  CHECK(call.run() == 0);
  const FakeKernels& seen = kernels();
  CHECK(seen.prepared == 1 && seen.launched == 1);
  CHECK(seen.options.constants_on_device && seen.options.most_rows == 4);
  CHECK(seen.dual.samples_per_frame == 4 && seen.dual.conditioning_size == 5);
  CHECK(seen.dual.hidden == 6 && !seen.dual.subscale);
  // sample_weights 18 * 3; conditioning 90 + 1 + 2 + 18; recurrent 108 + 1 + 2 + 18; ...
  CHECK_EQUAL(int64_t{0}, offset(call, seen.dual.sample_weights));
  CHECK_EQUAL(int64_t{54}, offset(call, seen.dual.conditioning.weight.blocks));
  CHECK_EQUAL(int64_t{144}, offset(call, seen.dual.conditioning.weight.columns));
  CHECK_EQUAL(int64_t{145}, offset(call, seen.dual.conditioning.weight.rows));
  CHECK_EQUAL(int64_t{147}, offset(call, seen.dual.conditioning.bias));
  CHECK_EQUAL(int64_t{165}, offset(call, seen.dual.recurrent.weight.blocks));
  CHECK_EQUAL(node.words - 256, offset(call, seen.dual.fine_output.bias));
  CHECK(seen.dual.recurrent.weight.block_count == 1 && seen.dual.recurrent.weight.row_entries == 2);
  CHECK(seen.dual.recurrent.weight.block_height == 18);
  CHECK(seen.dual.recurrent.weight.block_width == 6);
  CHECK(seen.dual.recurrent.weight.scales == nullptr);
  const auto& at = seen.call;
  CHECK(at.rows == 3 && at.samples == 8 && at.frames == 2);
  CHECK(at.by_frame == call.in[0] && at.uniforms == call.in[1] && at.previous == call.in[2]);
  CHECK(at.state == call.in[3] && at.temperature == call.in[4] && at.audio == nullptr);
  CHECK(at.next_audio == call.out[0] && at.next_previous == call.out[1]);
  CHECK(at.next_state == call.out[2] && at.status == call.out[3]);
  CHECK(at.given == nullptr && at.logits == nullptr && seen.workspace != nullptr);
  CHECK(call.run() == 0);
  CHECK(kernels().prepared == 1 && kernels().launched == 2);
}

WB_TEST(int8_constants) {
  kernels() = {};
  Node node = dual_softmax(true, false);
  Call call(node, TensorRTPhase::kRUNTIME);
  CHECK(call.run() == 0);
  const auto& recurrent = kernels().dual.recurrent.weight;
  CHECK_EQUAL(int64_t{165}, offset(call, recurrent.blocks));
  CHECK_EQUAL(int64_t{165 + 27}, offset(call, recurrent.columns));
  CHECK_EQUAL(int64_t{165 + 30}, offset(call, recurrent.scales));
  CHECK_EQUAL(int64_t{165 + 48}, offset(call, kernels().dual.recurrent.bias));
  // 4 * 3 bytes are 3 words.
  CHECK_EQUAL(int64_t{165 + 66 + 3}, offset(call, kernels().dual.coarse_hidden.weight.columns));
  CHECK(kernels().dual.conditioning.weight.scales == nullptr);
  CHECK_EQUAL(int64_t{8}, kernels().dual.activation_bits);
  node.fields.with("activation_bits", {12});
  Call of_12(node, TensorRTPhase::kRUNTIME);
  CHECK(of_12.run() == 0);
  CHECK_EQUAL(int64_t{12}, kernels().dual.activation_bits);
}

WB_TEST(subscale) {
  kernels() = {};
  Node node = dual_softmax(false, true);
  Call call(node, TensorRTPhase::kRUNTIME);
  const int32_t schedule[4] = {24, 2, 5, 9};
  std::memcpy(call.in_memory[6].data(), schedule, sizeof schedule);
  CHECK(call.run() == 0);
  const auto& at = kernels().call;
  CHECK(at.rows == 3 && at.samples == 12 && at.frames == 2 && at.audio == call.in[2]);
  CHECK(at.previous == call.in[3] && at.temperature == call.in[5]);
  CHECK(at.schedule[0] == 24 && at.schedule[1] == 2 && at.schedule[2] == 5 && at.schedule[3] == 9);
  const auto& layers = kernels().dual.subscale->spec.layers;
  CHECK(layers.size() == 2 && layers[0].dilation == 1 && layers[1].dilation == 2);
  CHECK(at.next_audio == call.out[0]);
}

WB_TEST(residual_gru) {
  kernels() = {};
  Node node = wavebridge::test::residual_gru();
  Call call(node, TensorRTPhase::kRUNTIME);
  CHECK(call.run() == 0);
  const auto& network = kernels().residual;
  CHECK(network.hidden == 4 && network.mels == 5 && network.head.parts == 2);
  CHECK(network.aux_sizes[0] == 1 && network.aux_sizes[2] == 0 && network.aux_sizes[3] == 3);
  CHECK(network.head.class_values == nullptr && network.fc1_aux.weight.block_count == 0);
  CHECK_EQUAL(node.words - 6, offset(call, network.output.bias));
  const auto& at = kernels().call;
  CHECK(at.by_sample == call.in[0] && at.by_frame == call.in[1] && at.uniforms == call.in[2]);
  CHECK(at.state == call.in[4] && at.rows == 3 && at.samples == 8 && at.frames == 2);
}

WB_TEST(without_conditioning) {
  kernels() = {};
  Node node = wavebridge::test::residual_gru();
  node.fields.with("aux_sizes", {0, 0, 0, 0});
  node.inputs.erase(node.inputs.begin() + 1);
  Call call(node, TensorRTPhase::kRUNTIME);
  CHECK(call.run() == 0);
  CHECK(kernels().call.by_frame == nullptr);
  CHECK(kernels().call.uniforms == call.in[1]);
  CHECK(kernels().call.frames == 2);
}

WB_TEST(the_builder_gets_zeros_from_a_loop_and_products_from_a_gemm) {
  kernels() = {};
  Node node = dual_softmax(false, false);
  Call call(node, TensorRTPhase::kBUILD);
  CHECK(call.run() == 0);
  CHECK(kernels().prepared == 0 && kernels().launched == 0);
  for (const auto& memory : call.out_memory) {
    CHECK(std::all_of(memory.begin(), memory.end(), [](float v) { return v == 0; }));
  }
  Node product = gemm();
  Call gemm_call(product, TensorRTPhase::kBUILD);
  CHECK(gemm_call.run() == 0);
  CHECK(kernels().launched == 1 && kernels().batch == 3);
  CHECK(kernels().gemm.inputs == 5);
}

WB_TEST(failures_are_a_status_and_a_line) {
  kernels() = {};
  logged().taken();
  Node node = gemm();
  Call call(node, TensorRTPhase::kRUNTIME);
  kernels().answer = {wavebridge::cuda::Status::kNotResident, "no room"};
  CHECK(call.run() == -1);
  CHECK_EQUAL(std::string("plugin BlockSparseGemm: no room"), logged().taken());
  kernels().answer = {wavebridge::cuda::Status::kDeviceError, ""};
  CHECK(call.run() == -1);
  CHECK_EQUAL(std::string("plugin BlockSparseGemm: status 6"), logged().taken());
}

WB_TEST(upsampled_frames) {
  kernels() = {};
  logged().taken();
  Node node = upsampling();
  Call call(node, TensorRTPhase::kRUNTIME);
  CHECK(call.run() == 0);
  CHECK(kernels().batch == 3 && kernels().given == 8);
  CHECK(kernels().upsampling.factor == 2 && kernels().upsampling.cut == 3);
  CHECK_EQUAL(int64_t{5}, offset(call, kernels().upsampling.bias));
  call.in_desc[0].dims.d[1] = 4;
  CHECK(call.run() == -2);
  CHECK_EQUAL(std::string("plugin UpsampleFrames: input 'x': expected at least 5 vectors, found 4"),
              logged().taken());
}

WB_TEST(interpolated_frames) {
  kernels() = {};
  logged().taken();
  Node node = interpolation();
  Call call(node, TensorRTPhase::kRUNTIME);
  CHECK(call.run() == 0);
  CHECK(kernels().batch == 3 && kernels().given == 8);
  CHECK(kernels().interpolation.hop == 2 && kernels().interpolation.cut == 3);
  call.in_desc[0].dims.d[1] = 2;
  CHECK(call.run() == -2);
  const std::string x = "plugin InterpolateFrames: input 'x': ";
  CHECK_EQUAL(x + "expected at least 3 vectors, found 2", logged().taken());
  call.in_desc[0].dims.d[1] = (int64_t{1} << 30) + 1;
  CHECK(call.run() == -2);
  CHECK_EQUAL(x + "expected at most 1073741824 vectors, found 1073741825", logged().taken());
}

WB_TEST(a_product_takes_a_row_for_each_frame) {
  kernels() = {};
  Node node = gemm();
  Call call(node, TensorRTPhase::kRUNTIME);
  call.in_desc[0].dims.d[0] = 100000;
  CHECK(call.run() == 0);
  CHECK(kernels().batch == 100000);
}

WB_TEST(a_context_has_constants_of_its_own) {
  kernels() = {};
  Node node = gemm();
  Call call(node, TensorRTPhase::kRUNTIME);
  CHECK(call.run() == 0);
  const Made attached(call.made.runtime->attachToContext(nullptr));
  CHECK(attached.runtime->enqueue(call.in_desc.data(), call.out_desc.data(), call.in.data(),
                                  call.out.data(), nullptr, nullptr) == 0);
  CHECK(kernels().prepared == 2);
}

int main() { return run_all(); }

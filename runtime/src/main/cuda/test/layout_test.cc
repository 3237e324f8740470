#include "test/kernel_case.h"

// How networks of real sizes are spread over an H200: 132 multiprocessors, 232,448 bytes of shared
// memory each.

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

constexpr int64_t kSharedBytes = 232448;

cuda::Layout layout_of(const DualModel& model, cuda::Variant variant, size_t rows,
                       int32_t placeable = 16) {
  const auto before = cuda::runtime::emulated_limits();
  cuda::runtime::emulated_limits() = {{132, kSharedBytes, 16}, placeable};
  const DescribedDual described(model, 240);
  std::unique_ptr<cuda::PreparedSequence> prepared;
  const auto result =
      cuda::prepare(described.network, options_of(variant, rows, 512), "test", nullptr, prepared);
  cuda::runtime::emulated_limits() = before;
  CHECK_EQUAL(std::string(), result.message);
  const cuda::Layout layout = prepared->layout();
  CHECK(layout.shared_bytes <= kSharedBytes);
  CHECK(layout.blocks * (layout.variant == cuda::Variant::kCluster ? 1 : layout.groups) <= 132);
  CHECK(layout.resident_bytes > 0);
  return layout;
}

}  // namespace

WB_TEST(dense) {
  const DualModel f32(1, 896, 80, 448, 448, 2688, 896, 1),
      int8(1, 896, 80, 448, 448, 2688, 896, 1, Arithmetic::kInt8);
  for (const size_t rows : {1, 16, 64}) {
    const cuda::Layout layout = layout_of(f32, cuda::Variant::kAuto, rows);
    CHECK(layout.variant == cuda::Variant::kPackets);
    CHECK_EQUAL(int64_t{0}, layout.streamed_bytes);
    CHECK_EQUAL(int64_t{rows > 16 ? 16 : static_cast<int64_t>(rows)},
                int64_t{layout.rows_per_group});
  }
  // All weights of the int8 form fit into one cluster.
  const cuda::Layout cluster = layout_of(int8, cuda::Variant::kAuto, 1);
  CHECK(cluster.variant == cuda::Variant::kCluster);
  CHECK_EQUAL(int64_t{16}, int64_t{cluster.blocks});
  CHECK_EQUAL(int64_t{0}, cluster.streamed_bytes);
  CHECK(layout_of(int8, cuda::Variant::kPackets, 64).groups > 1);
  // Where there is no room for one, the blocks of a grid do it.
  CHECK(layout_of(int8, cuda::Variant::kAuto, 1, 8).variant == cuda::Variant::kPackets);
}

WB_TEST(sparse) {
  for (const Arithmetic as : kArithmetics) {
    const DualModel model(1, 2048, 80, 1024, 1024, 16, 1, 0.05, as, 0.05);
    for (const size_t rows : {1, 16})
      CHECK_EQUAL(int64_t{0}, layout_of(model, cuda::Variant::kAuto, rows).streamed_bytes);
  }
}

WB_TEST(clusters_where_there_are_none) {
  const DualModel model(3, 10, 2, 3, 4, 1, 1, 1);
  const DescribedDual described(model, 7);
  const auto before = cuda::runtime::emulated_limits();
  cuda::runtime::emulated_limits() = {{108, 166912, 0}, 1};
  std::unique_ptr<cuda::PreparedSequence> prepared;
  const auto result = cuda::prepare(described.network, options_of(cuda::Variant::kCluster, 1),
                                    "node 'x'", nullptr, prepared);
  CHECK_EQUAL(
      std::string(
          "node 'x': clusters were asked for, and this GPU has none (compute capability 9.0 has)"),
      result.message);
  CHECK(cuda::prepare(described.network, options_of(cuda::Variant::kAuto, 1), "node 'x'", nullptr,
                      prepared)
            .ok());
  cuda::runtime::emulated_limits() = before;
}

int main() { return run_all(); }

#include <cmath>
#include <cstdlib>
#include <stdexcept>

#include "dispatch/cpu_level.h"
#include "test/harness.h"
#include "test/weights.h"

using namespace wavebridge;
using namespace wavebridge::test;

namespace {

/// A sound weight that each case spoils: 8 x 20 in blocks of 4 x 8, the last column sticking out.
struct Spoiled {
  std::vector<float> blocks = std::vector<float>(3 * 32, 1.0f);
  std::vector<int32_t> columns = {0, 2, 1};
  std::vector<int32_t> starts = {0, 2, 3};
  BlockSparseWeight weight;

  Spoiled() { weight = view(); }
  BlockSparseWeight view() const {
    return {.name = "recurrent",
            .inputs = 20,
            .block_count = 3,
            .block_height = 4,
            .block_width = 8,
            .row_entries = 3,
            .blocks = blocks.data(),
            .columns = columns.data(),
            .row_starts = starts.data()};
  }
};

std::string message(const std::function<void(Spoiled&)>& spoil) {
  Spoiled spoiled;
  spoil(spoiled);
  return check(spoiled.weight);
}

std::string refusal(const char* forced) {
  try {
    choose_level(forced);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "";
}

}  // namespace

WB_TEST(sound_weight_passes) {
  CHECK_EQUAL(std::string(), message([](Spoiled&) {}));
}

WB_TEST(columns_outside) {
  CHECK_EQUAL(std::string("recurrent_columns[1] = 3 lies outside 0..2 (K = 20, block width 8)"),
              message([](Spoiled& s) { s.columns[1] = 3; }));
  CHECK_EQUAL(std::string("recurrent_columns[0] = -1 lies outside 0..2 (K = 20, block width 8)"),
              message([](Spoiled& s) { s.columns[0] = -1; }));
}

WB_TEST(columns_out_of_order) {
  CHECK_EQUAL(std::string("recurrent_columns[1] = 0 does not ascend after 0 in row of blocks 0"),
              message([](Spoiled& s) { s.columns[1] = 0; }));
}

WB_TEST(row_starts) {
  CHECK_EQUAL(std::string("recurrent_rows[0]: expected 0, found 1"),
              message([](Spoiled& s) { s.starts[0] = 1; }));
  CHECK_EQUAL(std::string("recurrent_rows[1] = -2 is less than the entry before it, 0"),
              message([](Spoiled& s) { s.starts[1] = -2; }));
  CHECK_EQUAL(std::string("recurrent_rows[2]: expected 3 (blocks), found 7"),
              message([](Spoiled& s) { s.starts[2] = 7; }));
  CHECK_EQUAL(std::string("recurrent_rows: expected 2 to 4194305 entries, found 1"),
              message([](Spoiled& s) { s.weight.row_entries = 1; }));
}

WB_TEST(sizes) {
  CHECK_EQUAL(std::string("recurrent_blocks: expected a block height of 1 to 16777216, found 0"),
              message([](Spoiled& s) { s.weight.block_height = 0; }));
  CHECK_EQUAL(std::string("recurrent_blocks: expected a block width of 1 to 1048576, found 0"),
              message([](Spoiled& s) { s.weight.block_width = 0; }));
  CHECK_EQUAL(std::string("recurrent: expected 0 to 1048576 inputs, found 4611686018427387904"),
              message([](Spoiled& s) { s.weight.inputs = int64_t{1} << 62; }));
}

namespace {

/// The same weight in int8, and what is wrong once a case has spoiled it.
struct SpoiledInt8 {
  Spoiled base;
  std::vector<int8_t> blocks = std::vector<int8_t>(3 * 32, int8_t{-127});
  std::vector<float> scales = std::vector<float>(8, 0.5f);
  BlockSparseInt8Weight weight;

  SpoiledInt8() {
    weight = {base.weight, blocks.data(), scales.data()};
    weight.structure.blocks = nullptr;
  }
};

std::string int8_message(const std::function<void(SpoiledInt8&)>& spoil) {
  SpoiledInt8 spoiled;
  spoil(spoiled);
  return check(spoiled.weight);
}

}  // namespace

WB_TEST(int8_values_and_scales) {
  CHECK_EQUAL(std::string(), int8_message([](SpoiledInt8&) {}));
  CHECK_EQUAL(
      std::string("recurrent_blocks: expected values of -127 to 127, found -128 (value 33)"),
      int8_message([](SpoiledInt8& s) { s.blocks[33] = -128; }));
  // Block 1 is the last one across and sticks out by four columns, which are ignored.
  CHECK_EQUAL(std::string(), int8_message([](SpoiledInt8& s) { s.blocks[32 + 4] = -128; }));
  CHECK_EQUAL(std::string("recurrent_scales[7]: expected a positive finite number, found 0.000000"),
              int8_message([](SpoiledInt8& s) { s.scales[7] = 0.0f; }));
  CHECK_EQUAL(
      std::string("recurrent_scales[0]: expected a positive finite number, found -1.000000"),
      int8_message([](SpoiledInt8& s) { s.scales[0] = -1.0f; }));
  CHECK_EQUAL(std::string("recurrent_scales[1]: expected a positive finite number, found inf"),
              int8_message([](SpoiledInt8& s) { s.scales[1] = INFINITY; }));
  CHECK_EQUAL(std::string("recurrent_scales[1]: expected a positive finite number, found nan"),
              int8_message([](SpoiledInt8& s) { s.scales[1] = NAN; }));
}

WB_TEST(int8_structure) {
  CHECK_EQUAL(std::string("recurrent: expected 0 to 131071 inputs, found 131072"),
              int8_message([](SpoiledInt8& s) { s.weight.structure.inputs = 131072; }));
  CHECK_EQUAL(std::string("recurrent_columns[1] = 3 lies outside 0..2 (K = 20, block width 8)"),
              int8_message([](SpoiledInt8& s) { s.base.columns[1] = 3; }));
  CHECK_EQUAL(std::string("recurrent_rows[2]: expected 3 (blocks), found 7"),
              int8_message([](SpoiledInt8& s) { s.base.starts[2] = 7; }));
}

WB_TEST(levels_are_chosen_by_name_or_refused) {
  for (const Kernels* level : available_levels()) CHECK(&choose_level(level->level) == level);
  CHECK(&choose_level(nullptr) == available_levels().back());
  CHECK(&choose_level("") == available_levels().back());
  CHECK(&choose_level("Scalar") == available_levels().front());
  CHECK_EQUAL(std::string("scalar"), std::string(available_levels().front()->level));
  CHECK(refusal("sse9").starts_with("WAVEBRIDGE_CPU_LEVEL=sse9: this CPU offers scalar"));
  CHECK(refusal("sse9").ends_with("; unset it or choose one of these"));
}

int main() { return run_all(); }

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

WB_TEST(levels_are_chosen_by_name_or_refused) {
  for (const Kernels* level : available_levels()) CHECK(&choose_level(level->level) == level);
  CHECK(&choose_level(nullptr) == available_levels().back());
  CHECK(&choose_level("") == available_levels().back());
  CHECK_EQUAL(std::string("scalar"), std::string(available_levels().front()->level));
  CHECK(refusal("sse9").starts_with("WAVEBRIDGE_CPU_LEVEL=sse9: this CPU offers scalar"));
  CHECK(refusal("sse9").ends_with("; unset it or choose one of these"));
}

int main() { return run_all(); }

#ifndef WAVEBRIDGE_CUDA_IMAGE_H_
#define WAVEBRIDGE_CUDA_IMAGE_H_

#include <cstdint>

// How a block's share of the weights lies in memory: one image, which the host
// writes (host/image.cc) and which a block copies into its shared memory as far
// as there is room.

namespace wavebridge::cuda {

/// Rows of a panel, and lanes of a warp that share a row.
inline constexpr int kPanelRows = 8;
inline constexpr int kRowLanes = 4;
/// A step of a panel: sixteen bytes for each lane of a warp, row by row and
/// within a row lane by lane.
inline constexpr int kStepQuads = 32;
/// Columns that lane j of a row takes in one step: of f32 four with `column mod
/// 4 == j`, of int8 four times four that follow each other. So a step of a
/// dense panel covers 16 columns, or 64.
inline constexpr int kF32StepColumns = 16;
inline constexpr int kInt8StepColumns = 64;
/// Quads of a list of columns, for each step: four 16-bit places for each of
/// the four lanes.
inline constexpr int kListQuads = 2;
inline constexpr uint32_t kDense = 0xffffffffu;

/// Up to eight neighbouring output rows of a matrix. Offsets count quads (16
/// bytes) from the image's start.
struct Panel {
  uint32_t row;   ///< the first
  uint32_t rows;  ///< 1..8; the others have weights of 0
  uint32_t steps;
  uint32_t weights;    ///< `steps * kStepQuads` quads
  uint32_t columns;    ///< `steps * kListQuads` quads: places in the operand,
                       ///< `column / 4`; or kDense
  uint32_t constants;  ///< eight biases, eight scales (int8)
  uint32_t of_frame;   ///< not 0: the bias is not constant, it comes with the frame
  uint32_t unused;
};
inline constexpr int kPanelQuads = 2;
inline constexpr int kConstantQuads = 4;

/// Eight units of a GRU, whose three gates the block computes.
struct UnitGroup {
  uint32_t unit;       ///< the first, counted in the whole state
  uint32_t units;      ///< 1..8
  uint32_t constants;  ///< dual softmax: sample weights [gate][column][8]
  uint32_t unused;
};
inline constexpr int kGroupConstantQuads = 18;

inline constexpr int kMostMatrices = 7;
inline constexpr int kMostGroupKinds = 2;

/// The first quads of an image. Panels lie matrix by matrix, groups kind by
/// kind: the halves of a dual softmax's state, or the two GRUs. The i-th group
/// of a kind has the i-th three panels of its matrices: r, z, n.
struct ImageHeader {
  uint32_t quads;           ///< of the image
  uint32_t resident_quads;  ///< of those, from the start on, that go into shared
                            ///< memory
  uint32_t panels;          ///< offset
  uint32_t groups;          ///< offset
  uint32_t first_panel[kMostMatrices + 1];
  uint32_t first_group[kMostGroupKinds + 1];
  uint32_t unused[1];
};
inline constexpr int kHeaderQuads = 4;
static_assert(sizeof(ImageHeader) == kHeaderQuads * 16);
static_assert(sizeof(Panel) == kPanelQuads * 16);
static_assert(sizeof(UnitGroup) == 16);

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_IMAGE_H_

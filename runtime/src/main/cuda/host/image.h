#ifndef WAVEBRIDGE_CUDA_HOST_IMAGE_H_
#define WAVEBRIDGE_CUDA_HOST_IMAGE_H_

#include <array>
#include <vector>

#include "host/constants.h"
#include "kernels/device.cuh"
#include "kernels/image.h"

namespace wavebridge::cuda {

/// A panel before it has a place: its fields but offsets, and what the offsets
/// will point to.
struct PackedPanel {
  int matrix = 0;
  Panel fields{};
  std::vector<Quad> weights;
  std::vector<Quad> columns;    ///< empty where the panel is dense
  std::vector<Quad> constants;  ///< kConstantQuads
};

/// Packs rows `row`..`row + rows` of a weight; without a bias the bias comes
/// with the frame.
PackedPanel pack_panel(const HostWeight& weight, const std::vector<float>& bias, int64_t row,
                       int64_t rows);
/// All rows of a layer, eight by eight.
std::vector<PackedPanel> pack_panels(int matrix, const HostWeight& weight,
                                     const std::vector<float>& bias);

/// The rows that must lie on one block: a panel, or a group of units and the panels of
/// its gates.
struct Item {
  std::vector<PackedPanel> panels;
  int kind = -1;  ///< of the group; -1 where it is only a panel
  UnitGroup group{};
  std::vector<Quad> constants;  ///< of the group, or none

  size_t quads() const;
};

/// A group of up to eight units from `unit` on, counted in a state of `units`
/// units whose gates' rows lie one gate behind the other. `first` is the unit's
/// number in the whole state.
Item pack_group(int kind, uint32_t first, int64_t unit, int64_t count, int64_t units,
                const std::vector<std::pair<int, const HostLayer*>>& gates);

/// Spreads items over blocks, so that all have about as much to read; at most
/// as many blocks as items.
std::vector<std::vector<const Item*>> spread_items(const std::vector<Item>& items, int blocks);

/// The image of a block. Matrices named in `last` are the first that do without
/// shared memory.
struct Image {
  std::vector<Quad> quads;
  size_t table_quads = 0;  ///< that must be resident
  uint32_t panels = 0, groups = 0;
  std::vector<size_t> ends;  ///< of panels' weights: where the resident part may end

  Image(const std::vector<const Item*>& items, const std::vector<int>& last);
  /// Keeps as much as fits into `capacity` quads resident; returns how much.
  size_t keep_resident(size_t capacity);
};

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_HOST_IMAGE_H_

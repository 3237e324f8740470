#ifndef WAVEBRIDGE_ORT_BAND_COLUMNS_H_
#define WAVEBRIDGE_ORT_BAND_COLUMNS_H_

#include <string>
#include <vector>

#include "ort/sequence_op.h"

namespace wavebridge::ort {

/// The weights of the previous samples of B bands, turned to [B, rows].
struct BandColumns {
  int64_t rows = 0;
  int64_t bands = 0;
  const float* by_band = nullptr;
};

/// Reads `sample_weights` [rows, B], of rows that a multiple of `unit` counts, and the samples of a
/// step into `sizes`.
///
/// @param name of the rows, in messages
inline BandColumns read_band_columns(NodeReader& reader, Constants& constants, SequenceSizes& sizes,
                                     const char* name, int64_t unit) {
  const std::vector<float>& columns = reader.array(Shape{Dimension(name), Dimension("B")});
  const int64_t rows = reader.last_rows();
  const int64_t bands = rows == 0 ? 0 : static_cast<int64_t>(columns.size()) / rows;
  if (rows == 0 || rows % unit != 0 || rows > kMostInputs || bands < 1 || bands > kMostBands) {
    reader.refuse("sample_weights: expected " + std::string(name) + " rows, " +
                  std::to_string(unit) + " to " + std::to_string(kMostInputs) + ", and 1 to " +
                  std::to_string(kMostBands) + " bands, found [" + std::to_string(rows) + ", " +
                  std::to_string(bands) + "]");
  }
  if (sizes.samples_per_frame % bands != 0) {
    reader.refuse("attribute 'samples_per_frame': expected a multiple of " + std::to_string(bands) +
                  " bands, found " + std::to_string(sizes.samples_per_frame));
  }
  std::vector<float>& by_band = constants.arrays.emplace_back(columns.size());
  for (size_t i = 0; i < columns.size(); i++) {
    by_band[i % static_cast<size_t>(bands) * static_cast<size_t>(rows) +
            i / static_cast<size_t>(bands)] = columns[i];
  }
  sizes.bands = bands;
  sizes.previous = {"B", bands};
  return {rows, bands, by_band.data()};
}

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_BAND_COLUMNS_H_

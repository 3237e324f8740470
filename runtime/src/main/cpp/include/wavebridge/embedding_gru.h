#ifndef WAVEBRIDGE_EMBEDDING_GRU_H_
#define WAVEBRIDGE_EMBEDDING_GRU_H_

#include "wavebridge/matrices.h"
#include "wavebridge/packed_int8.h"

namespace wavebridge {

/// The sizes of a GRU network over embedded classes that its matrices do not tell.
struct EmbeddingGruSizes {
  int32_t classes;            ///< C
  int32_t hidden;             ///< H
  int32_t conditioning_size;  ///< E
};

/// The matrices of a GRU step network over embedded classes: H hidden, E conditioning values a
/// frame, C classes, D rows in the dense layer. Gates r, z, n.
template <typename Kept>
struct EmbeddingGruMatrices {
  typename Kept::Layer conditioning;    ///< [3H, E]
  typename Kept::LargeLayer recurrent;  ///< [3H, H]
  typename Kept::LargeLayer dense;      ///< [D, H]
  typename Kept::LargeLayer output;     ///< [C, D]

  /// Calls `read(matrix, rows, columns)` for each in the order of the operators' inputs, which
  /// follow their `sample_weights`; it returns the rows that it found.
  template <typename Read>
  void each(const EmbeddingGruSizes& sizes, const Read& read) {
    const Extent columns = {"H", sizes.hidden}, gates = {"3H", int64_t{3} * sizes.hidden};
    read(conditioning, gates, Extent{"E", sizes.conditioning_size});
    read(recurrent, gates, columns);
    const int64_t rows = read(dense, Extent{"D", kAnySize}, columns);
    read(output, Extent{"C", sizes.classes}, Extent{"D", rows});
  }
};

/// The network as the kernels of the CPU read it. A sequence has by frame E values, one uniform and
/// C logits a sample, one value before it, and a state of H.
template <typename Matrix>
struct EmbeddingGruNetworkOf : EmbeddingGruSizes, EmbeddingGruMatrices<Packed<Matrix>> {
  const float* table;  ///< [C, 3H]: what each class adds to the gates
};
using EmbeddingGruNetwork = EmbeddingGruNetworkOf<PackedMatrix>;
using EmbeddingGruInt8Network = EmbeddingGruNetworkOf<PackedInt8Matrix>;

}  // namespace wavebridge

#endif  // WAVEBRIDGE_EMBEDDING_GRU_H_

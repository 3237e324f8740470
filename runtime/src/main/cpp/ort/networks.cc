#include "ort/dual_softmax_traits.h"
#include "ort/embedding_gru_traits.h"
#include "ort/lpcnet_traits.h"
#include "ort/multi_band_gru_traits.h"
#include "ort/residual_gru_traits.h"
#include "ort/sequence_op.h"
#include "ort/sub_band_gru_traits.h"

namespace wavebridge::ort {

/// The registry of step networks, one line each.
std::vector<KernelKind> network_operators() {
  std::vector<KernelKind> kinds;
  add_operators<DualSoftmaxTraits>(kinds);
  add_operators<ResidualGruTraits>(kinds);
  add_operators<SubBandGruTraits>(kinds);
  add_operators<MultiBandGruTraits>(kinds);
  add_operators<LpcNetTraits>(kinds);
  add_operators<EmbeddingGruTraits>(kinds);
  return kinds;
}

}  // namespace wavebridge::ort

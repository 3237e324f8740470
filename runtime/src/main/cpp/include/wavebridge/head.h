#ifndef WAVEBRIDGE_HEAD_H_
#define WAVEBRIDGE_HEAD_H_

#include "wavebridge/matrices.h"

namespace wavebridge {

/// The distribution that a sample of a network is drawn from: classes, unless it is one of the
/// others.
struct Head {
  int32_t mixtures = 0;   ///< components of a mixture of logistics
  bool gaussian = false;  ///< the outputs are a mean and the log of a deviation
  /// [C]: what the classes stand for; null where they are evenly spaced.
  const float* class_values = nullptr;

  /// Whether the outputs are classes, of which there may be any number.
  constexpr bool classes() const { return mixtures == 0 && !gaussian; }
  /// Uniforms that a sample takes.
  constexpr int32_t draws() const { return mixtures == 0 ? 1 : mixtures + 1; }
  /// Outputs of the network.
  constexpr Extent outputs() const {
    if (gaussian) return {"2", 2};
    if (mixtures > 0) return {"3 * mixtures", 3 * int64_t{mixtures}};
    return {"C", kAnySize};
  }
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_HEAD_H_

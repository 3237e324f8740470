#ifndef WAVEBRIDGE_SUBSCALE_SPEC_H_
#define WAVEBRIDGE_SUBSCALE_SPEC_H_

#include <string>
#include <vector>

#include "wavebridge/subscale.h"

namespace wavebridge {

class Attributes;

/// The attributes of a subscale operator, as all processors read them.
struct SubscaleSpec {
  int64_t horizon = 0;
  bool own_past = false;
  int64_t channels = 0;  ///< inputs of the first layer; 0 without a context network
  std::vector<ContextLayerSize> layers;

  /// Those of a node, checked.
  static SubscaleSpec of(const Attributes& attributes);

  /// Values of a context.
  int64_t context_size() const { return layers.empty() ? channels : layers.back().outputs; }
  /// Weights and biases of the layers: Z of `context_layers`.
  int64_t weight_count() const;
  /// Times between a context and the oldest sample that it depends on.
  int64_t reach() const;
};

/// The fault of a context network, or empty.
std::string check(const SubscaleSpec& spec);

/// A call of a subscale operator: its schedule, and how much is at hand.
struct SubscaleCall {
  const int64_t* schedule;  ///< [4]
  int64_t rows;
  int64_t samples;
  int64_t frames;
  int64_t samples_per_frame;
};

/// The frames that the samples of a window need.
int64_t frames_of(const SubscaleWindow& window, int64_t samples, int64_t samples_per_frame);

/// Finds the steps that a call shall take; those after the last sample are left out. The fault of
/// one that makes or reads what is not at hand, or empty.
std::string plan(const SubscaleSpec& spec, const SubscaleCall& call, SubscaleWindow& window);

}  // namespace wavebridge

#endif  // WAVEBRIDGE_SUBSCALE_SPEC_H_

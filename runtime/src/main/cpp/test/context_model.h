#ifndef WAVEBRIDGE_TEST_CONTEXT_MODEL_H_
#define WAVEBRIDGE_TEST_CONTEXT_MODEL_H_

#include <deque>
#include <vector>

#include "test/weights.h"
#include "wavebridge/subscale.h"

namespace wavebridge::test {

/// A context network of random weights, and everything it points to.
struct ContextModel {
  struct Layer {
    TestWeight weight;
    std::vector<float> bias;
    int outputs, kernel, dilation;
    bool relu;
  };
  struct Sizes {
    int outputs, kernel, dilation;
    bool relu;
  };

  int channels = 0;  ///< 0 without a context
  bool own_past = false;
  std::deque<Layer> layers;
  TestWeight input;
  std::deque<PackedWeight> packed;
  ContextNetwork network{};

  /// No context.
  ContextModel() = default;
  /// `rows`: outputs of the weight through which a context enters the step.
  ContextModel(uint64_t seed, int channels, bool own_past, const std::vector<Sizes>& sizes,
               int rows);

  int64_t reach() const;
};

namespace reference {

/// The context of a position of a sub-tensor as docs/numerics.md has it: every layer over its taps,
/// which are computed when they are asked for.
class Context {
 public:
  /// `audio` may change at times that no context has read.
  Context(const ContextModel& model, int factor, int horizon, const std::vector<float>& audio,
          int row)
      : model_(model), factor_(factor), horizon_(horizon), audio_(audio), row_(row) {}

  std::vector<float> at(int64_t position) {
    return layer(model_.layers.size(), position + horizon_);
  }
  /// The oldest sample that was read; as many as there are if none was.
  int64_t oldest() const { return oldest_; }

 private:
  std::vector<float> layer(size_t depth, int64_t time);
  float sample(int64_t time, int row);

  const ContextModel& model_;
  const int factor_, horizon_;
  const std::vector<float>& audio_;
  const int row_;
  int64_t oldest_ = INT64_MAX;
};

}  // namespace reference

}  // namespace wavebridge::test

#endif  // WAVEBRIDGE_TEST_CONTEXT_MODEL_H_

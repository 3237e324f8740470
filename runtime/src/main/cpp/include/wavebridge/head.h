#ifndef WAVEBRIDGE_HEAD_H_
#define WAVEBRIDGE_HEAD_H_

#include "wavebridge/matrices.h"

namespace wavebridge {

/// The distribution that a sample of a network is drawn from.
enum class HeadKind : int32_t { kClasses, kMixture, kGaussian };

/// A head whose outputs are no classes. An attribute of its own tells the operators how many parts
/// it has; classes are where no such attribute is above 0.
struct HeadRow {
  HeadKind kind;
  const char* attribute;
  int32_t most_parts;
  const char* outputs;   ///< how many there are, for messages
  int32_t part_outputs;  ///< outputs of each part
  int32_t part_draws;    ///< uniforms that each part takes, besides the one of the value
};
inline constexpr HeadRow kHeads[] = {
    {HeadKind::kMixture, "mixtures", 32767, "3 * mixtures", 3, 1},
    {HeadKind::kGaussian, "gaussian", 1, "2", 2, 0},
};

struct Head {
  HeadKind kind = HeadKind::kClasses;
  int32_t parts = 0;
  /// [C]: what the classes stand for; null where they are evenly spaced.
  const float* class_values = nullptr;

  /// The row of a head that is no classes, or null.
  constexpr const HeadRow* row() const {
    for (const HeadRow& one : kHeads) {
      if (one.kind == kind) return &one;
    }
    return nullptr;
  }
  /// Uniforms that a sample takes.
  constexpr int32_t draws() const { return row() == nullptr ? 1 : 1 + row()->part_draws * parts; }
  /// Outputs of the network; classes may be any number.
  constexpr Extent outputs() const {
    if (row() == nullptr) return {"C", kAnySize};
    return {row()->outputs, int64_t{row()->part_outputs} * parts};
  }
};

/// The head of an operator. `value(name)` gives an attribute, 0 where there is none;
/// `refuse(one, other)` is called where two attributes name a head.
template <typename Value, typename Refuse>
Head head_of(const Value& value, const Refuse& refuse) {
  Head head;
  for (const HeadRow& row : kHeads) {
    const auto parts = static_cast<int32_t>(value(row.attribute));
    if (parts == 0) continue;
    if (head.row() != nullptr) refuse(row.attribute, head.row()->attribute);
    head = {.kind = row.kind, .parts = parts};
  }
  return head;
}

}  // namespace wavebridge

#endif  // WAVEBRIDGE_HEAD_H_

#ifndef WAVEBRIDGE_ORT_SUBSCALE_H_
#define WAVEBRIDGE_ORT_SUBSCALE_H_

#include "ort/node_reader.h"
#include "ort/operator.h"
#include "wavebridge/subscale_spec.h"

namespace wavebridge::ort {

/// The common part of the operators of subscale utterances: attributes, context network, and the
/// window of a call.
class Subscale {
 public:
  /// Reads the attributes, and the constants that follow those of the network: the context network,
  /// which enters the step through a weight of `rows` rows.
  void read(NodeReader& reader, const Dimension& rows);

  const ContextNetwork& context() const { return context_; }

  /// The steps that a call shall take; refused if something that they read is not at hand.
  SubscaleWindow window(const Call& call, const SubscaleCall& of) const;

 private:
  SubscaleSpec spec_;
  ContextNetwork context_{};
};

/// Takes the steps of a window on the session's threads: `body(window, seat)` those from
/// `window.step` on, `window.count` of them, and returns how many it took.
template <typename Body>
void run_window(const Call& call, const SubscaleWindow& window, int64_t rows, ScratchSize size,
                Pace& pace, const Body& body) {
  // A stretch makes about as many samples as one of a single sequence.
  const int64_t stretch = std::max<int64_t>(256 / rows, 1);
  call.run_together(window.begin, window.end, stretch, size, pace,
                    [&](int64_t first, int64_t count, const Seat& seat) noexcept {
                      SubscaleWindow part = window;
                      part.step = first;
                      part.count = count;
                      return body(part, seat);
                    });
}

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_SUBSCALE_H_

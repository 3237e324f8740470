#ifndef WAVEBRIDGE_SEQUENCE_H_
#define WAVEBRIDGE_SEQUENCE_H_

#include "wavebridge/subscale.h"
#include "wavebridge/team.h"

namespace wavebridge {

/// N sequences of T samples, which run in step. Each network says how many values come with a
/// sample or a frame, and how many it keeps. A sample of a multi-band network is one of each band.
/// Pointers need no alignment and do not overlap.
struct SequenceRows {
  int32_t rows;                      ///< N, 1..kMostRowsInStep
  int64_t samples;                   ///< T; at most frames * samples_per_frame - begun
  int64_t frames;                    ///< F
  int64_t samples_per_frame;         ///< positive
  int64_t begun;                     ///< samples of the first frame that are made, fewer than all
  const float* temperature;          ///< [N], positive and finite; generate only
  const float* by_sample = nullptr;  ///< [N, T, ...]; null where nothing comes with a sample
  const float* by_frame;             ///< [N, F, ...]
  const float* uniforms;             ///< [N, T, ...]; generate only
  const float* given;                ///< [N, T, ...]; score only
  float* audio;                      ///< [N, T, ...]; generate only
  float* logits;                     ///< [N, T, ...]; score only
  float* previous;                   ///< [N, ...]; read, and left for the next call
  float* state;                      ///< [N, ...]; read, and left for the next call
};

/// The kernels of a network. A seat has the `..._scratch` memory for that many rows. A run returns
/// how many samples or steps it took: all, unless a team ended before.
template <typename Network>
struct SequenceKernels {
  ScratchSize (*scratch)(const Network& network, int32_t rows) noexcept;
  /// Generates T samples.
  int64_t (*generate)(const Network& network, const SequenceRows& rows, const Seat& seat) noexcept;
  /// Logits of T given samples.
  int64_t (*score)(const Network& network, const SequenceRows& rows, const Seat& seat) noexcept;

  // Null for a network without a subscale operator.
  ScratchSize (*subscale_scratch)(const Network& network, const ContextNetwork& context,
                                  const SubscaleWindow& window, const SequenceRows& rows) noexcept;
  /// Takes steps of a subscale utterance, of which a window of T > 0 samples is at hand: N rows of
  /// one sequence, so that `by_sample` is [T, ...], `by_frame` [F, ...], `uniforms` [T, ...] and
  /// `audio` [T], which holds what has been made. `begun` is not read. Between the stretches of a
  /// call the scratch memory stays as it is.
  int64_t (*subscale)(const Network& network, const ContextNetwork& context,
                      const SubscaleWindow& window, const SequenceRows& rows,
                      const Seat& seat) noexcept;
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_SEQUENCE_H_

#ifndef WAVEBRIDGE_TENSORRT_GENERATE_H_
#define WAVEBRIDGE_TENSORRT_GENERATE_H_

#include <memory>
#include <string>

#include "plugin/constants.h"
#include "plugin/device.h"
#include "plugin/failure.h"
#include "plugin/operator.h"
#include "wavebridge_cuda/launch.h"

// The common part of the generate operators of all networks.

namespace wavebridge::tensorrt {

inline constexpr auto kFloat = nvinfer1::DataType::kFLOAT;
inline constexpr auto kInt32 = nvinfer1::DataType::kINT32;

/// Which form of an operator a kind is, by its name.
struct Form {
  explicit Form(const OperatorKind& kind)
      : subscale(kind.name.find("Subscale") != std::string::npos) {}
  bool subscale;
};

inline void check(const cuda::Result& result) {
  if (!result.ok()) {
    throw Failure(result.message.empty()
                      ? "status " + std::to_string(static_cast<int32_t>(result.status))
                      : result.message);
  }
}

inline cuda::Options options(const Fields& fields) {
  cuda::Options options;
  options.constants_on_device = true;
  options.most_rows = static_cast<int32_t>(fields.attribute("most_rows"));
  return options;
}

/// Reads the attributes and the last constants of a ...SubscaleGenerate operator.
cuda::Subscale read_subscale(const Fields& fields, DeclaredConstants& constants);

/// The pointers of a call's tensors in the order of the signature.
class Pointers {
 public:
  explicit Pointers(const void* const* inputs) : inputs_(inputs) {}
  const float* next() { return static_cast<const float*>(*inputs_++); }

 private:
  const void* const* inputs_;
};

/// Adds the tensors that follow the conditioning, and the outputs.
void complete(Signature& signature, const Form& form, int64_t draws, int64_t previous,
              int64_t state, int64_t words);

/// Fills in what all calls have, but for the conditioning; `rest` stands after
/// it. The schedule is waited for.
inline void fill(cuda::SequenceCall& call, const Form& form, const Sizes& sizes, Pointers rest,
                 void* const* outputs, cudaStream_t stream) {
  call.rows = sizes.of('N');
  call.samples = sizes.of(form.subscale ? 'A' : 'T');
  call.uniforms = rest.next();
  call.audio = form.subscale ? rest.next() : nullptr;
  call.previous = rest.next();
  call.state = rest.next();
  call.temperature = rest.next();
  if (form.subscale) {
    int32_t schedule[4];
    copy_to_host(schedule, rest.next(), sizeof schedule, stream);
    for (int i = 0; i < 4; ++i) {
      call.schedule[i] = schedule[i];
    }
  }
  call.next_audio = static_cast<float*>(outputs[0]);
  call.next_previous = static_cast<float*>(outputs[1]);
  call.next_state = static_cast<float*>(outputs[2]);
  call.status = static_cast<uint32_t*>(outputs[3]);
}

/// Frames of conditioning; where no input says it, as many as the samples need.
inline int64_t frames(const Sizes& sizes, int64_t samples, int64_t samples_per_frame) {
  return sizes.known('F') ? sizes.of('F') : (samples + samples_per_frame - 1) / samples_per_frame;
}

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_GENERATE_H_

#ifndef WAVEBRIDGE_ORT_OPERATOR_H_
#define WAVEBRIDGE_ORT_OPERATOR_H_

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ort/node_reader.h"
#include "ort/tensor.h"
#include "wavebridge/kernels.h"

namespace wavebridge::ort {

/// One call of an operator: its inputs, outputs and threads.
class Call {
 public:
  Call(const OrtApi& api, OrtKernelContext& context, const std::string& node)
      : api_(api), context_(context), node_(node) {}

  /// Input `index`, refused unless it has the expected shape.
  Tensor input(size_t index, const char* name, const Shape& shape) const;
  /// Output `index`.
  float* output(size_t index, const std::vector<int64_t>& shape) const;
  /// Output `index` with the shape and contents of an input, to be updated in place.
  float* copied_output(size_t index, const Tensor& input) const;
  /// A temperature: one positive and finite number.
  float temperature(size_t index) const;
  /// Refuses with a message about this node.
  [[noreturn]] void refuse(const std::string& message) const;

  /// Runs `body(i)` for i in 0..count on the session's threads. The body must not throw.
  template <typename Body>
  void parallel(int64_t count, const Body& body) const {
    static_assert(noexcept(body(size_t{0})));
    if (count == 1) {
      body(0);
    } else if (count > 1) {
      const auto run = [](void* data, size_t i) { (*static_cast<const Body*>(data))(i); };
      require(api_, api_.KernelContext_ParallelFor(&context_, run, static_cast<size_t>(count), 0,
                                                   const_cast<Body*>(&body)));
    }
  }

 private:
  const OrtApi& api_;
  OrtKernelContext& context_;
  const std::string& node_;
};

/// A node of a session: constants read, checked and packed. Any number of threads may call it.
class Kernel {
 public:
  virtual ~Kernel() = default;
  /// Reads the node, once, before the first call.
  virtual void read(NodeReader& reader) = 0;
  virtual void compute(const Call& call) const = 0;

  Constants constants;
  std::string node;
  const OrtApi* api = nullptr;
};

/// An operator of the domain.
struct OperatorSpec {
  const char* name;
  const char* inputs;  ///< `f` for a float tensor, `w` for the three tensors of a weight
  size_t outputs;
  std::unique_ptr<Kernel> (*make)(const Kernels& kernels);
};

/// Makes a kernel of one type.
template <typename Type>
std::unique_ptr<Kernel> make_kernel(const Kernels& kernels) {
  return std::make_unique<Type>(kernels);
}

/// Refuses a number of samples that needs more frames than there are.
void check_frames(const Call& call, int64_t samples, int64_t frames, int64_t samples_per_frame);

/// Uninitialised memory for `rows` rows of `size` elements.
template <typename T>
std::unique_ptr<T[]> scratch(int64_t rows, size_t size) {
  return std::make_unique_for_overwrite<T[]>(static_cast<size_t>(rows) * size);
}

/// Every operator of the domain, one file each.
extern const OperatorSpec kBlockSparseGemm;
extern const OperatorSpec kDualSoftmaxGenerate;
extern const OperatorSpec kDualSoftmaxScore;
extern const OperatorSpec kResidualGruGenerate;
extern const OperatorSpec kResidualGruScore;

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_OPERATOR_H_

#ifndef WAVEBRIDGE_CUDA_CONSTANTS_H_
#define WAVEBRIDGE_CUDA_CONSTANTS_H_

#include <stdexcept>
#include <string>
#include <vector>

#include "host/runtime.h"
#include "wavebridge/operator_spec.h"
#include "wavebridge/packed_weight.h"

namespace wavebridge::cuda {

/// Carries a result out of the depths of `prepare`; never leaves the library.
class Refused : public std::runtime_error {
 public:
  explicit Refused(Result result)
      : std::runtime_error(result.message), result_(std::move(result)) {}
  Refused(Status status, const std::string& message) : Refused(Result{status, message}) {}
  const Result& result() const { return result_; }

 private:
  Result result_;
};

/// Throws unless the result is good.
inline void require(const Result& result) {
  if (!result.ok()) throw Refused(result);
}

/// Runs what may throw, as a result.
template <typename Body>
Result guarded(const char* name, const Body& body) noexcept {
  try {
    try {
      body();
      return {};
    } catch (const Refused& refused) {
      return {refused.result().status, std::string(name) + ": " + refused.result().message};
    } catch (const std::bad_alloc&) {
      return {Status::kOutOfMemory, std::string(name) + ": host memory"};
    } catch (const std::exception& e) {
      return {Status::kDeviceError, std::string(name) + ": " + e.what()};
    }
  } catch (...) {
    return {Status::kOutOfMemory, {}};
  }
}

/// A weight on the host, checked: `W [rows, inputs]`.
class HostWeight {
 public:
  int64_t rows() const { return (view_.row_entries - 1) * view_.block_height; }
  int64_t inputs() const { return view_.inputs; }
  bool quantised() const { return !int8_blocks_.empty() || !scales_.empty(); }
  const std::vector<float>& scales() const { return scales_; }

  /// A row spread out, zeros between its blocks; `values [inputs]`.
  void spread(int64_t row, float* values) const;
  void spread(int64_t row, int8_t* values) const;

 private:
  friend class ConstantReader;
  template <typename T>
  void spread(int64_t row, const std::vector<T>& blocks, T* values) const;

  std::vector<float> blocks_, scales_;
  std::vector<int8_t> int8_blocks_;
  std::vector<int32_t> columns_, row_starts_;
  BlockSparseWeight view_{};
};

/// A layer; the bias is empty where it comes with the frame.
struct HostLayer {
  HostWeight weight;
  std::vector<float> bias;
};

/// A network's matrices (wavebridge/matrices.h) on the host.
struct OnHost {
  using Weight = HostLayer;
  using Layer = HostLayer;
  using LargeWeight = HostLayer;
  using LargeLayer = HostLayer;
};

/// Brings constants to the host and checks them.
class ConstantReader {
 public:
  ConstantReader(const Options& options, cudaStream_t stream)
      : on_device_(options.constants_on_device), stream_(stream) {}

  std::vector<float> array(const char* name, const float* values, int64_t count) const;
  /// A weight of `rows` rows, or of any number where that is negative. `activation_bits`: of the
  /// vectors that an int8 weight is multiplied with; 0 for an f32 weight.
  HostWeight weight(const char* name, const Weight& given, int64_t rows, int64_t inputs,
                    int64_t activation_bits) const;
  HostLayer layer(const char* name, const char* bias_name, const Layer& given, int64_t rows,
                  int64_t inputs, int64_t activation_bits) const;

 private:
  template <typename T>
  std::vector<T> fetch(const char* name, const T* values, int64_t count) const;

  bool on_device_;
  cudaStream_t stream_;
};

/// Gathers a network's matrices as `each` hands them over.
class GivenMatrices {
 public:
  int64_t operator()(const Weight& weight, const Extent&, const Extent&) const;
  int64_t operator()(const Layer& layer, const Extent&, const Extent&) const;

 private:
  friend class MatrixReader;
  struct Matrix {
    Layer layer;
    bool has_bias;
  };
  mutable std::vector<Matrix> all_;
};

/// Reads a network's matrices as `each` of their place on the host asks for them, by the rows that
/// the operator declares.
class MatrixReader {
 public:
  /// `name` is the f32 operator; where the large matrices have scales, its int8 form is read.
  MatrixReader(const ConstantReader& reader, const std::string& name, const GivenMatrices& given,
               int64_t activation_bits);

  /// Of the int8 form, or 0.
  int64_t activation_bits() const { return activation_bits_; }
  /// The array that comes before the matrices.
  std::vector<float> array(const float* values, int64_t count);
  /// The function that the `each` of a network calls for each of its matrices.
  auto reads() {
    return [this](HostLayer& to, const Extent& rows, const Extent& inputs) {
      return read(to, rows, inputs);
    };
  }

 private:
  /// The next matrix; returns its rows.
  int64_t read(HostLayer& to, const Extent& rows, const Extent& inputs);

  const ConstantReader& reader_;
  const GivenMatrices& given_;
  int64_t activation_bits_;
  ConstantRows rows_;
  size_t next_ = 0;
};

}  // namespace wavebridge::cuda

#endif  // WAVEBRIDGE_CUDA_CONSTANTS_H_

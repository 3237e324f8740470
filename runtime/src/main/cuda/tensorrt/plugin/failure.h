#ifndef WAVEBRIDGE_TENSORRT_FAILURE_H_
#define WAVEBRIDGE_TENSORRT_FAILURE_H_

#include <stdexcept>
#include <string>

#include "abi/tensorrt_abi.h"

// Inside the library a failure is an exception; every function that TensorRT
// calls ends in guarded(), which logs it and gives TensorRT a status.

namespace wavebridge::tensorrt {

/// Says where, what was expected and what was found.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// To TensorRT's logger; where it has given none, as in Triton, to standard error.
void log_error(const char* where, const char* what) noexcept;
void use_loggers_of(nvinfer1::ILoggerFinder* finder) noexcept;

/// The value of a function, or `failed` where it throws.
template <typename Value, typename Function>
Value guarded(const char* where, Value failed, Function function) noexcept {
  try {
    return function();
  } catch (const std::exception& e) {
    log_error(where, e.what());
  } catch (...) {
    log_error(where, "unknown failure");
  }
  return failed;
}

}  // namespace wavebridge::tensorrt

#endif  // WAVEBRIDGE_TENSORRT_FAILURE_H_

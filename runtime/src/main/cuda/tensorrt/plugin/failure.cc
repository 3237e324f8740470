#include "plugin/failure.h"

#include <atomic>
#include <cstdio>
#include <string>

namespace wavebridge::tensorrt {
namespace {

std::atomic<nvinfer1::ILoggerFinder*> loggers{nullptr};

}  // namespace

void use_loggers_of(nvinfer1::ILoggerFinder* finder) noexcept { loggers = finder; }

void log_error(const char* where, const char* what) noexcept {
  try {
    nvinfer1::ILoggerFinder* finder = loggers;
    nvinfer1::ILogger* logger = finder == nullptr ? nullptr : finder->findLogger();
    const std::string message = std::string("plugin ") + where + ": " + what;
    if (logger != nullptr) {
      logger->log(nvinfer1::ILogger::Severity::kERROR, message.c_str());
    } else {
      std::fprintf(stderr, "wavebridge: %s\n", message.c_str());
    }
  } catch (...) {
    // There is nobody left to tell.
  }
}

}  // namespace wavebridge::tensorrt

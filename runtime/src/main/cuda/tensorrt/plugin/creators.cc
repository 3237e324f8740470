#include <deque>
#include <memory>
#include <vector>

#include "plugin/failure.h"
#include "plugin/plugin.h"

// The functions that TensorRT asks a plugin library for.

#define WB_EXPORTED extern "C" __attribute__((visibility("default")))

namespace wavebridge::tensorrt {
namespace {

using namespace nvinfer1;

class Creator final : public IPluginCreatorV3One {
 public:
  explicit Creator(const OperatorKind& kind) : kind_(kind) {
    for (const AttributeSpec& field : kind.fields) {
      names_.push_back(PluginField{field.name, nullptr, type_of(field), 1});
    }
    fields_ = {static_cast<int32_t>(names_.size()), names_.data()};
  }

  IPluginV3* createPlugin(const char*, const PluginFieldCollection* fields,
                          TensorRTPhase phase) noexcept override {
    return guarded<IPluginV3*>(kind_.name.c_str(), nullptr, [&] {
      return new Plugin(kind_.name.c_str(), phase, kind_.make(kind_, Fields(kind_.fields, fields)));
    });
  }
  const PluginFieldCollection* getFieldNames() noexcept override { return &fields_; }
  const char* getPluginName() const noexcept override { return kind_.name.c_str(); }
  const char* getPluginVersion() const noexcept override { return kPluginVersion; }
  const char* getPluginNamespace() const noexcept override { return kPluginNamespace; }

 private:
  const OperatorKind& kind_;
  std::vector<PluginField> names_;
  PluginFieldCollection fields_{0, nullptr};
};

struct Creators {
  Creators() {
    for (const OperatorKind& kind : operators()) {
      creators.emplace_back(kind);
      interfaces.push_back(&creators.back());
    }
  }
  std::deque<Creator> creators;
  std::vector<IPluginCreatorInterface*> interfaces;
};

}  // namespace
}  // namespace wavebridge::tensorrt

WB_EXPORTED nvinfer1::IPluginCreatorInterface* const* getCreators(int32_t& count) noexcept {
  using namespace wavebridge::tensorrt;
  count = 0;
  return guarded<nvinfer1::IPluginCreatorInterface* const*>("library", nullptr, [&] {
    static const Creators all;
    count = static_cast<int32_t>(all.interfaces.size());
    return all.interfaces.data();
  });
}

WB_EXPORTED void setLoggerFinder(nvinfer1::ILoggerFinder* finder) noexcept {
  wavebridge::tensorrt::use_loggers_of(finder);
}

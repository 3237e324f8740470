#include <string>

#include "abi/tensorrt_abi.h"

// What a test needs of libnvinfer: a registry that keeps the names of what is registered.

namespace {

using namespace nvinfer1;

class Registry final : public IPluginRegistry {
 public:
  bool registerCreator(IPluginCreator&, const AsciiChar*) noexcept override { return false; }
  IPluginCreator* const* getPluginCreatorList(int32_t*) const noexcept override { return nullptr; }
  IPluginCreator* getPluginCreator(const AsciiChar*, const AsciiChar*,
                                   const AsciiChar*) noexcept override {
    return nullptr;
  }
  void setErrorRecorder(IErrorRecorder*) noexcept override {}
  IErrorRecorder* getErrorRecorder() const noexcept override { return nullptr; }
  bool deregisterCreator(const IPluginCreator&) noexcept override { return false; }
  bool isParentSearchEnabled() const override { return true; }
  void setParentSearchEnabled(bool) override {}
  PluginLibraryHandle loadLibrary(const AsciiChar*) noexcept override { return nullptr; }
  void deregisterLibrary(PluginLibraryHandle) noexcept override {}
  bool registerCreator(IPluginCreatorInterface& creator, const AsciiChar* space) noexcept override {
    names += std::string(space) +
             "::" + static_cast<IPluginCreatorV3One&>(creator).getPluginName() + "\n";
    return true;
  }
  std::string names;
};

Registry registry;

}  // namespace

#define WB_EXPORTED extern "C" __attribute__((visibility("default")))

WB_EXPORTED IPluginRegistry* getPluginRegistry() { return &registry; }
WB_EXPORTED const char* registered() { return registry.names.c_str(); }

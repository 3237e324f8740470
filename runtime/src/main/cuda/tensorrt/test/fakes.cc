#include "test/fakes.h"

#include <cstring>
#include <utility>

namespace wavebridge::test {

using namespace nvinfer1;

std::string Log::taken() { return std::exchange(text, ""); }

Expression::Expression(std::string shown, int64_t number) : text(std::move(shown)), value(number) {
  IDimensionExpr::mImpl = this;
}

ExpressionBuilder::ExpressionBuilder() { IExprBuilder::mImpl = this; }

const IDimensionExpr* ExpressionBuilder::constant(int64_t value) {
  made.push_back(std::make_unique<Expression>(std::to_string(value), value));
  return made.back().get();
}

const IDimensionExpr* ExpressionBuilder::symbol(const std::string& text) {
  made.push_back(std::make_unique<Expression>(text, -1));
  return made.back().get();
}

const IDimensionExpr* ExpressionBuilder::operation(DimensionOperation operation,
                                                   const IDimensionExpr& first,
                                                   const IDimensionExpr& second) {
  const char* sign = operation == DimensionOperation::kPROD  ? " * "
                     : operation == DimensionOperation::kSUB ? " - "
                                                             : " ? ";
  return symbol(static_cast<const Expression&>(first).text + sign +
                static_cast<const Expression&>(second).text);
}

const IDimensionExpr* ExpressionBuilder::declareSizeTensor(int32_t, const IDimensionExpr&,
                                                           const IDimensionExpr&) {
  return nullptr;
}

NodeFields& NodeFields::with(const std::string& name, std::vector<int32_t> values) {
  whole[name] = std::move(values);
  return *this;
}

NodeFields& NodeFields::with_floats(const std::string& name, std::vector<float> values) {
  floats[name] = std::move(values);
  return *this;
}

NodeFields& NodeFields::without(const std::string& name) {
  whole.erase(name);
  return *this;
}

const PluginFieldCollection* NodeFields::get() {
  views.clear();
  for (const auto& [name, values] : whole) {
    views.push_back({name.c_str(), values.data(), PluginFieldType::kINT32,
                     static_cast<int32_t>(values.size())});
  }
  for (const auto& [name, values] : floats) {
    views.push_back({name.c_str(), values.data(), PluginFieldType::kFLOAT32,
                     static_cast<int32_t>(values.size())});
  }
  collection = {static_cast<int32_t>(views.size()), views.data()};
  return &collection;
}

IPluginCreatorV3One* creator(const std::string& name) {
  int32_t count = 0;
  IPluginCreatorInterface* const* all = getCreators(count);
  for (int32_t i = 0; i < count; ++i) {
    auto* one = static_cast<IPluginCreatorV3One*>(all[i]);
    if (name == one->getPluginName()) return one;
  }
  return nullptr;
}

Dims dims(const std::vector<int64_t>& sizes) {
  Dims made{};
  made.nbDims = static_cast<int32_t>(sizes.size());
  std::memcpy(made.d, sizes.data(), sizes.size() * sizeof(int64_t));
  return made;
}

Made::Made(IPluginV3* given) : plugin(given), core(nullptr), build(nullptr), runtime(nullptr) {
  if (given != nullptr) {
    core =
        static_cast<IPluginV3OneCore*>(given->getCapabilityInterface(PluginCapabilityType::kCORE));
    build = static_cast<IPluginV3OneBuild*>(
        given->getCapabilityInterface(PluginCapabilityType::kBUILD));
    runtime = static_cast<IPluginV3OneRuntime*>(
        given->getCapabilityInterface(PluginCapabilityType::kRUNTIME));
  }
}

}  // namespace wavebridge::test

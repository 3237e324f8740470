#include "plugin/fields.h"

#include <cstring>

#include "plugin/failure.h"

namespace wavebridge::tensorrt {
namespace {

using nvinfer1::PluginField;
using nvinfer1::PluginFieldCollection;
using nvinfer1::PluginFieldType;

constexpr int32_t kMostFields = 1000;

const PluginField* given_field(const PluginFieldCollection& given, const char* name) {
  for (int32_t i = 0; i < given.nbFields; ++i) {
    if (given.fields[i].name != nullptr && std::strcmp(given.fields[i].name, name) == 0) {
      return &given.fields[i];
    }
  }
  return nullptr;
}

bool is_whole(const AttributeSpec& spec) {
  return spec.kind == AttributeKind::kInteger || spec.kind == AttributeKind::kIntegers;
}

bool is_list(const AttributeSpec& spec) {
  return spec.kind == AttributeKind::kIntegers || spec.kind == AttributeKind::kNumbers;
}

template <typename T>
std::vector<T> copy(const PluginField& field) {
  std::vector<T> values(static_cast<size_t>(field.length));
  if (!values.empty()) {
    std::memcpy(values.data(), field.data, values.size() * sizeof(T));
  }
  return values;
}

}  // namespace

PluginFieldType type_of(const AttributeSpec& spec) {
  return is_whole(spec) ? PluginFieldType::kINT32 : PluginFieldType::kFLOAT32;
}

Fields::Fields(const std::vector<AttributeSpec>& specs, const PluginFieldCollection* given)
    : Attributes(specs) {
  if (given == nullptr || given->nbFields < 0 || given->nbFields > kMostFields ||
      (given->nbFields > 0 && given->fields == nullptr)) {
    refuse("expected a collection of fields, found none");
  }
  for (const AttributeSpec& spec : specs) {
    const PluginField* field = given_field(*given, spec.name);
    if (field == nullptr && !spec.optional) {
      refuse(text_of(spec) + ": expected a value, found none");
    }
    Field& own = fields_.emplace_back(Field{&spec, {}, {}});
    if (field == nullptr) continue;
    check(spec, *field);
    if (is_whole(spec)) {
      own.integers = copy<int32_t>(*field);
      if (is_list(spec)) {
        attributes(spec.name);
      } else {
        attribute(spec.name);
      }
    } else {
      own.floats = copy<float>(*field);
    }
  }
  collect();
}

Fields::Fields(const Fields& other) : Attributes(other), fields_(other.fields_) { collect(); }

void Fields::check(const AttributeSpec& spec, const PluginField& field) const {
  const auto expect = [&](const std::string& expected, const std::string& found) {
    refuse(text_of(spec) + ": expected " + expected + ", found " + found);
  };
  if (field.type != type_of(spec)) {
    expect(is_whole(spec) ? "int32" : "float32",
           "type " + std::to_string(static_cast<int32_t>(field.type)));
  }
  if (field.length < 0 || (!is_list(spec) && field.length != 1)) {
    expect(is_list(spec) ? "a list" : "one value", std::to_string(field.length) + " values");
  }
  if (field.length > 0 && field.data == nullptr) expect("values", "none");
}

void Fields::collect() {
  for (const Field& field : fields_) {
    const bool whole = is_whole(*field.spec);
    const size_t length = whole ? field.integers.size() : field.floats.size();
    if (length == 0 && field.spec->optional) {
      continue;
    }
    PluginField view;
    view.name = field.spec->name;
    view.data = whole ? static_cast<const void*>(field.integers.data())
                      : static_cast<const void*>(field.floats.data());
    view.type = type_of(*field.spec);
    view.length = static_cast<int32_t>(length);
    views_.push_back(view);
  }
  collection_ = {static_cast<int32_t>(views_.size()), views_.data()};
}

void Fields::refuse(const std::string& message) const { throw Failure(message); }

std::vector<int64_t> Fields::integers(const AttributeSpec& spec) const {
  const std::vector<int32_t>& found = of(spec).integers;
  return {found.begin(), found.end()};
}

const Fields::Field& Fields::of(const AttributeSpec& spec) const {
  for (const Field& field : fields_) {
    if (field.spec == &spec) return field;
  }
  throw Failure(text_of(spec) + " was not read");
}

}  // namespace wavebridge::tensorrt

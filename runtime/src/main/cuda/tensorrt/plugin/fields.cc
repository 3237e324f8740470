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

[[noreturn]] void refuse(const std::string& name, const std::string& expected,
                         const std::string& found) {
  throw Failure("field '" + name + "': expected " + expected + ", found " + found);
}

void check(const FieldKind& kind, const PluginField& field) {
  if (field.type != kind.type) {
    refuse(kind.name, kind.type == PluginFieldType::kINT32 ? "int32" : "float32",
           "type " + std::to_string(static_cast<int32_t>(field.type)));
  }
  if (field.length < 0 || (!kind.list && field.length != 1)) {
    refuse(kind.name, kind.list ? "a list" : "one value", std::to_string(field.length) + " values");
  }
  if (field.length > 0 && field.data == nullptr) {
    refuse(kind.name, "values", "none");
  }
}

void check_range(const FieldKind& kind, const std::vector<int32_t>& values) {
  for (const int32_t value : values) {
    if (value < kind.lowest || value > kind.highest) {
      refuse(kind.name,
             std::to_string(static_cast<int64_t>(kind.lowest)) + " to " +
                 std::to_string(static_cast<int64_t>(kind.highest)),
             std::to_string(value));
    }
  }
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

Fields::Fields(const std::vector<FieldKind>& kinds, const PluginFieldCollection* given) {
  if (given == nullptr || given->nbFields < 0 || given->nbFields > kMostFields ||
      (given->nbFields > 0 && given->fields == nullptr)) {
    throw Failure("expected a collection of fields, found none");
  }
  for (const FieldKind& kind : kinds) {
    const PluginField* field = given_field(*given, kind.name);
    Field own{kind, {}, {}};
    if (field != nullptr) {
      check(kind, *field);
      if (kind.type == PluginFieldType::kINT32) {
        own.numbers = copy<int32_t>(*field);
        check_range(kind, own.numbers);
      } else {
        own.floats = copy<float>(*field);
      }
    } else if (!kind.optional) {
      refuse(kind.name, "a value", "none");
    }
    fields_.push_back(own);
  }
  collect();
}

Fields::Fields(const Fields& other) : fields_(other.fields_) { collect(); }

void Fields::collect() {
  for (const Field& field : fields_) {
    const bool whole = field.kind.type == PluginFieldType::kINT32;
    const size_t length = whole ? field.numbers.size() : field.floats.size();
    if (length == 0 && field.kind.optional) {
      continue;
    }
    PluginField view;
    view.name = field.kind.name;
    view.data = whole ? static_cast<const void*>(field.numbers.data())
                      : static_cast<const void*>(field.floats.data());
    view.type = field.kind.type;
    view.length = static_cast<int32_t>(length);
    views_.push_back(view);
  }
  collection_ = {static_cast<int32_t>(views_.size()), views_.data()};
}

const Fields::Field& Fields::find(const char* name) const {
  for (const Field& field : fields_) {
    if (std::strcmp(field.kind.name, name) == 0) {
      return field;
    }
  }
  throw Failure(std::string("no field '") + name + "' is known");
}

int32_t Fields::number(const char* name) const { return find(name).numbers.at(0); }

const std::vector<int32_t>& Fields::numbers(const char* name) const { return find(name).numbers; }

const std::vector<float>& Fields::floats(const char* name) const { return find(name).floats; }

}  // namespace wavebridge::tensorrt

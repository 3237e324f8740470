#ifndef WAVEBRIDGE_ATTRIBUTES_H_
#define WAVEBRIDGE_ATTRIBUTES_H_

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "wavebridge/operator_spec.h"

namespace wavebridge {

/// The integer attributes of a node, whoever hands them over, in the ranges that are declared.
class Attributes {
 public:
  virtual ~Attributes() = default;

  /// Whether the operator has an attribute at all.
  bool declares(const char* name) const { return find(name) != nullptr; }

  /// An integer; 0 where it is optional and absent.
  int64_t attribute(const char* name) const {
    const AttributeSpec& spec = declared(name);
    const std::vector<int64_t> found = integers(spec);
    if (found.empty()) {
      if (spec.optional) return 0;
      refuse(text_of(spec) + ": expected an integer, found none");
    }
    check_range(spec, "", found[0]);
    return found[0];
  }

  /// A list of any length; none is an empty list.
  std::vector<int64_t> attributes(const char* name) const {
    const AttributeSpec& spec = declared(name);
    const std::vector<int64_t> found = integers(spec);
    for (size_t i = 0; i < found.size(); i++) {
      check_range(spec, "[" + std::to_string(i) + "]", found[i]);
    }
    return found;
  }

  /// A list of a fixed length.
  std::vector<int64_t> attributes(const char* name, size_t count) const {
    const std::vector<int64_t> found = attributes(name);
    if (found.size() != count) {
      refuse(text_of(declared(name)) + ": expected " + std::to_string(count) + " integers, found " +
             (found.empty() ? "none" : std::to_string(found.size())));
    }
    return found;
  }

  /// Refuses the node.
  [[noreturn]] virtual void refuse(const std::string& message) const = 0;

 protected:
  /// What is declared stays as long as this object.
  explicit Attributes(const std::vector<AttributeSpec>& specs) : specs_(specs) {}
  Attributes(const Attributes&) = default;

  const AttributeSpec& declared(const char* name) const {
    if (const AttributeSpec* spec = find(name)) return *spec;
    throw std::logic_error(std::string("attribute '") + name + "' is not declared");
  }
  /// What messages call it.
  static std::string text_of(const AttributeSpec& spec) {
    return std::string("attribute '") + spec.name + "'";
  }

 private:
  /// The integers of a node's attribute, of which there is one unless it is a list; none where it
  /// is absent.
  virtual std::vector<int64_t> integers(const AttributeSpec& spec) const = 0;

  const AttributeSpec* find(const char* name) const {
    for (const AttributeSpec& spec : specs_) {
      if (std::strcmp(spec.name, name) == 0) return &spec;
    }
    return nullptr;
  }

  void check_range(const AttributeSpec& spec, const std::string& place, int64_t value) const {
    const int64_t lowest = static_cast<int64_t>(spec.lowest);
    const int64_t highest = static_cast<int64_t>(spec.highest);
    if (value >= lowest && value <= highest) return;
    refuse(text_of(spec) + place + ": expected " + std::to_string(lowest) + " to " +
           std::to_string(highest) + ", found " + std::to_string(value));
  }

  const std::vector<AttributeSpec>& specs_;
};

}  // namespace wavebridge

#endif  // WAVEBRIDGE_ATTRIBUTES_H_

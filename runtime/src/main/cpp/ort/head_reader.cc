#include "ort/head_reader.h"

#include <string>
#include <vector>

namespace wavebridge::ort {

Head read_head(const NodeReader& reader) {
  return head_of(
      // Scores are of outputs, whatever is drawn from them, so their operators do not tell all.
      [&](const char* name) { return reader.declares(name) ? reader.attribute(name) : 0; },
      [&](const std::string& one, const std::string& other) {
        reader.refuse("attributes '" + one + "' and '" + other +
                      "': expected one of them, found both");
      });
}

void check_outputs(NodeReader& reader, int64_t outputs, Head& head) {
  const bool classes = head.kind == HeadKind::kClasses;
  if (classes && (outputs < 2 || outputs > kMostClasses)) {
    reader.refuse("output: expected 2 to " + std::to_string(kMostClasses) + " classes, found " +
                  std::to_string(outputs));
  }
  if (!reader.declares("class_values")) return;
  const std::vector<float>& values = reader.numbers("class_values");
  const int64_t valued = classes ? outputs : 0;
  if (!values.empty() && static_cast<int64_t>(values.size()) != valued) {
    reader.refuse("attribute 'class_values': expected one for each of " + std::to_string(valued) +
                  " classes, found " + std::to_string(values.size()));
  }
  head.class_values = values.empty() ? nullptr : values.data();
}

}  // namespace wavebridge::ort

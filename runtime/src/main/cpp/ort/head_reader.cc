#include "ort/head_reader.h"

#include <string>
#include <vector>

namespace wavebridge::ort {

Head read_head(const NodeReader& reader) {
  const int64_t mixtures = reader.attribute("mixtures");
  const bool gaussian = reader.declares("gaussian") && reader.attribute("gaussian") == 1;
  if (gaussian && mixtures > 0) {
    reader.refuse("attributes 'gaussian' and 'mixtures': expected one of them, found both");
  }
  return {
      .mixtures = static_cast<int32_t>(mixtures), .gaussian = gaussian, .class_values = nullptr};
}

void check_outputs(NodeReader& reader, int64_t outputs, Head& head) {
  if (head.mixtures == 0 && (outputs < 2 || outputs > kMostClasses)) {
    reader.refuse("output: expected 2 to " + std::to_string(kMostClasses) + " classes, found " +
                  std::to_string(outputs));
  }
  // Scores are of outputs, whatever is drawn from them.
  if (!reader.declares("class_values")) return;
  const std::vector<float>& values = reader.numbers("class_values");
  const int64_t valued = head.classes() ? outputs : 0;
  if (!values.empty() && static_cast<int64_t>(values.size()) != valued) {
    reader.refuse("attribute 'class_values': expected one for each of " + std::to_string(valued) +
                  " classes, found " + std::to_string(values.size()));
  }
  head.class_values = values.empty() ? nullptr : values.data();
}

}  // namespace wavebridge::ort

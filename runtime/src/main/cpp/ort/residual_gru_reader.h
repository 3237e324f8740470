#ifndef WAVEBRIDGE_ORT_RESIDUAL_GRU_READER_H_
#define WAVEBRIDGE_ORT_RESIDUAL_GRU_READER_H_

#include <string>
#include <vector>

#include "ort/node_reader.h"
#include "wavebridge/residual_gru.h"

namespace wavebridge::ort {

/// Aux values of a frame.
template <typename Matrix>
int64_t aux_size_of(const ResidualGruNetworkOf<Matrix>& network) {
  int64_t size = 0;
  for (const int32_t part : network.aux_sizes) size += part;
  return size;
}

/// Reads the residual GRU network of a node, whose constants begin with the sample weights at input
/// `first_constant`.
template <typename Matrix>
ResidualGruNetworkOf<Matrix> read_residual_gru(NodeReader& reader, size_t first_constant) {
  const int64_t mels = reader.attribute("mels");
  const std::vector<int64_t> aux = reader.attributes("aux_sizes", 4);
  const int64_t mixtures = reader.attribute("mixtures");
  const bool gaussian = reader.declares("gaussian") && reader.attribute("gaussian") == 1;
  if (gaussian && mixtures > 0) {
    reader.refuse("attributes 'gaussian' and 'mixtures': expected one of them, found both");
  }
  reader.start_at(first_constant);
  const std::vector<float>& sample_weights = reader.array("sample_weights", {"R"});
  const int64_t hidden = static_cast<int64_t>(sample_weights.size());
  if (hidden < 1 || hidden > kMostInputs / 3) {
    reader.refuse("sample_weights: expected R of 1 to " + std::to_string(kMostInputs / 3) +
                  ", found " + std::to_string(hidden));
  }
  ResidualGruNetworkOf<Matrix> network{};
  const Dimension columns = {"R", hidden};
  const Dimension gates = {"3R", 3 * hidden};
  network.hidden = static_cast<int32_t>(hidden);
  network.mels = static_cast<int32_t>(mels);
  for (size_t i = 0; i < 4; i++) {
    network.aux_sizes[i] = static_cast<int32_t>(aux[i]);
  }
  network.mixtures = static_cast<int32_t>(mixtures);
  network.gaussian = gaussian;
  network.draws = static_cast<int32_t>(mixtures == 0 ? 1 : mixtures + 1);
  network.sample_weights = sample_weights.data();
  network.mel_weight = reader.weight("mel_weight", columns, {"M", mels});
  network.input_aux = reader.layer("input_aux", "input_bias", columns, {"A1", aux[0]});
  network.gru1_input = reader.layer<Matrix>("gru1_input", "gru1_bias", gates, columns);
  network.gru1_recurrent =
      reader.layer<Matrix>("gru1_recurrent", "gru1_recurrent_bias", gates, columns);
  network.gru2_input = reader.weight<Matrix>("gru2_input", gates, columns);
  network.gru2_aux = reader.layer("gru2_aux", "gru2_bias", gates, {"A2", aux[1]});
  network.gru2_recurrent =
      reader.layer<Matrix>("gru2_recurrent", "gru2_recurrent_bias", gates, columns);
  network.fc1 = reader.weight<Matrix>("fc1", "D1", columns);
  const Dimension rows1 = {"D1", network.fc1.rows};
  network.fc1_aux = reader.layer("fc1_aux", "fc1_bias", rows1, {"A3", aux[2]});
  network.fc2 = reader.weight<Matrix>("fc2", "D2", rows1);
  const Dimension rows2 = {"D2", network.fc2.rows};
  network.fc2_aux = reader.layer("fc2_aux", "fc2_bias", rows2, {"A4", aux[3]});
  const Dimension classes = gaussian        ? Dimension("2", 2)
                            : mixtures == 0 ? Dimension("C")
                                            : Dimension("3 * mixtures", 3 * mixtures);
  network.output = reader.layer<Matrix>("output", "output_bias", classes, rows2);
  const int64_t found = network.output.weight.rows;
  if (mixtures == 0 && (found < 2 || found > kMostClasses)) {
    reader.refuse("output: expected 2 to " + std::to_string(kMostClasses) + " classes, found " +
                  std::to_string(found));
  }
  // Scores are of outputs, whatever is drawn from them.
  if (reader.declares("class_values")) {
    const std::vector<float>& values = reader.numbers("class_values");
    const int64_t valued = mixtures > 0 || gaussian ? 0 : found;
    if (!values.empty() && static_cast<int64_t>(values.size()) != valued) {
      reader.refuse("attribute 'class_values': expected one for each of " + std::to_string(valued) +
                    " classes, found " + std::to_string(values.size()));
    }
    network.class_values = values.empty() ? nullptr : values.data();
  }
  return network;
}

}  // namespace wavebridge::ort

#endif  // WAVEBRIDGE_ORT_RESIDUAL_GRU_READER_H_

package org.wavebridge.graphs.network;

import java.util.List;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.Profile;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * A kind of step network, as graphs and bundles must know it. A registry has one line for each.
 *
 * @param <N> description of such a network
 */
public interface NetworkKind<N extends StepNetwork> {
  /** The class of the descriptions. */
  Class<N> description();

  /** The word for the kind in a bundle. */
  String word();

  /** The name of its operators less {@code Generate}, {@code Score}, {@code SubscaleGenerate}. */
  String operator();

  /** The layers that its operators declare, in order. */
  List<LayerRow> layers();

  /** Whether GPUs have a plugin for the operators that generate; none scores there. */
  boolean hasPlugin();

  /** Every form of its operators in a profile, for all heads and structures of contexts. */
  List<CustomOperator> operators(Profile profile);

  /** The operator that generates. */
  CustomOperator generate(Profile profile, N network);

  /** The operator that scores. */
  CustomOperator score(Profile profile, N network);

  /**
   * The operator that generates by the subscale schedule.
   *
   * @throws IllegalArgumentException if the network makes no sub-tensors
   */
  default CustomOperator subscaleGenerate(Profile profile, N network, Subscale subscale) {
    throw new IllegalArgumentException("no subscale_generate graph for " + network.kind());
  }

  /** The attributes of the operators that generate. */
  List<Attribute> generateAttributes(N network);

  /** The attributes of the operator that scores. */
  List<Attribute> scoreAttributes(N network);

  /** Adds the nodes of one step. */
  StepResult step(ModelBuilder g, N network, StepInputs inputs);

  /** The conditioning of one step. */
  default List<Conditioning> stepConditioning(N network) {
    return network.conditioningTensors();
  }

  /** The axes of the samples of one step: none, or that of the bands. */
  default List<Dim> stepAxes(N network) {
    return List.of();
  }

  /**
   * The first conditioning tensor {@code [N, F, size]} with an axis entry for each vector.
   *
   * @param driver what comes with the samples, {@code [N, T, ..]}
   */
  default Value vectors(Nodes g, N network, Value conditioning, Value driver) {
    return conditioning;
  }

  /** Reads a network back from a bundle. */
  N read(StoredNetwork stored);
}

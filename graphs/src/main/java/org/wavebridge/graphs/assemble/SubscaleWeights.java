package org.wavebridge.graphs.assemble;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.model.WeightMatrix;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.ContextLayers;
import org.wavebridge.graphs.op.PackedWeight;
import org.wavebridge.graphs.op.SubscaleContext;
import org.wavebridge.graphs.op.SubscaleLoop;

/**
 * The inputs and attributes that the graphs of a subscale model add to those of its step network.
 */
final class SubscaleWeights {
  private SubscaleWeights() {}

  static Subscale of(VocoderModel model) {
    return model
        .subscale()
        .orElseThrow(() -> new IllegalArgumentException("the model has no subscale"));
  }

  /** The last inputs of a fused operator: context_input as three, and context_layers. */
  static List<Value> inputs(ModelBuilder g, VocoderModel model) {
    WeightMatrix none =
        WeightMatrix.dense("context_input", model.network().inputSize(), 0, new float[0]);
    WeightMatrix input = of(model).context().map(ContextNetwork::input).orElse(none);
    List<Value> values = new ArrayList<>(PackedWeight.of(input).addTo(g));
    values.add(layers(g, of(model).context().map(ContextNetwork::layers).orElse(List.of())));
    return values;
  }

  /** The flat weights of the context layers. */
  static Value layers(ModelBuilder g, List<ContextLayer> layers) {
    float[] flat = ContextLayers.flat(layers);
    return g.initializer(SubscaleContext.LAYERS, flat, flat.length);
  }

  /** The attributes of a fused operator. */
  static List<Attribute> attributes(VocoderModel model) {
    Subscale subscale = of(model);
    Optional<ContextNetwork> context = subscale.context();
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(Attribute.of(SubscaleLoop.HORIZON, subscale.horizon()));
    attributes.add(
        Attribute.of(
            SubscaleLoop.OWN_PAST, context.map(ContextNetwork::ownPast).orElse(false) ? 1 : 0));
    attributes.add(
        Attribute.of(SubscaleLoop.CONTEXT_CHANNELS, context.map(ContextNetwork::factor).orElse(0)));
    if (context.isPresent()) {
      List<ContextLayer> layers = context.get().layers();
      attributes.addAll(
          List.of(
              Attribute.of(
                  SubscaleLoop.CONTEXT_KERNELS,
                  layers.stream().mapToLong(ContextLayer::kernel).toArray()),
              Attribute.of(
                  SubscaleLoop.CONTEXT_DILATIONS,
                  layers.stream().mapToLong(ContextLayer::dilation).toArray()),
              Attribute.of(
                  SubscaleLoop.CONTEXT_OUTPUTS,
                  layers.stream().mapToLong(ContextLayer::outputs).toArray()),
              Attribute.of(
                  SubscaleLoop.CONTEXT_RELUS,
                  layers.stream().mapToLong(layer -> layer.relu() ? 1 : 0).toArray())));
    }
    return attributes;
  }
}

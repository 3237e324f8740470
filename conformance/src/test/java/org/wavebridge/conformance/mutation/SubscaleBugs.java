package org.wavebridge.conformance.mutation;

import java.util.List;
import java.util.function.UnaryOperator;
import org.wavebridge.graphs.model.ContextLayer;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;

/** Bugs of subscale generation. */
final class SubscaleBugs {
  private SubscaleBugs() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of("context of a subscale sample a position early")
            .model(
                subscale(s -> new Subscale(s.factor(), s.horizon() - 1, s.chunk(), s.context()))),
        Mutant.of("own past left out of a context")
            .model(subscale(context(c -> new ContextNetwork(false, c.layers(), c.input())))),
        Mutant.of("activation of a context layer left out")
            .model(
                subscale(
                    context(
                        c ->
                            new ContextNetwork(
                                c.ownPast(),
                                c.layers().stream().map(SubscaleBugs::withoutRelu).toList(),
                                c.input())))));
  }

  private static UnaryOperator<VocoderModel> subscale(UnaryOperator<Subscale> change) {
    return model -> model.subscale().map(s -> model.with(change.apply(s))).orElse(model);
  }

  private static UnaryOperator<Subscale> context(UnaryOperator<ContextNetwork> change) {
    return s -> new Subscale(s.factor(), s.horizon(), s.chunk(), s.context().map(change));
  }

  private static ContextLayer withoutRelu(ContextLayer layer) {
    return new ContextLayer(layer.weight(), layer.bias(), layer.kernel(), layer.dilation(), false);
  }
}

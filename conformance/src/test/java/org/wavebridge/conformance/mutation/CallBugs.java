package org.wavebridge.conformance.mutation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.ReferenceState;
import org.wavebridge.runtime.spi.Tensor;

/** Bugs of the calls of a graph: what one carries into the next, and which row is whose. */
final class CallBugs {
  private CallBugs() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of("state not carried into a call").session(forgetting("state")),
        Mutant.of("previous value not carried into a call").session(forgetting("previous")),
        Mutant.of("every row takes the first row's state")
            .session(
                (kind, inputs, run) ->
                    inputs.containsKey("state")
                        ? run.apply(firstRow(inputs, "state"))
                        : run.apply(inputs)),
        Mutant.of("every row takes the first row's uniforms").session(sharing("uniforms")),
        Mutant.of("every row takes the first row's temperature").session(sharing("temperature")),
        Mutant.of("conditioning a sample late")
            .network(
                right ->
                    new FaultyNetwork(right) {
                      @Override
                      public double[] score(
                          ReferenceState state,
                          Conditioning conditioning,
                          int t,
                          double given,
                          Context context) {
                        return super.score(state, conditioning, Math.max(0, t - 1), given, context);
                      }

                      @Override
                      public Step draw(
                          ReferenceState state,
                          Conditioning conditioning,
                          int t,
                          double[] uniforms,
                          double temperature,
                          Context context) {
                        return super.draw(
                            state,
                            conditioning,
                            Math.max(0, t - 1),
                            uniforms,
                            temperature,
                            context);
                      }
                    }),
        Mutant.of("drawn value fed back with its sign lost")
            .session(
                (kind, inputs, run) -> {
                  Map<String, Tensor> outputs = new HashMap<>(run.apply(inputs));
                  outputs.computeIfPresent(
                      "next_previous",
                      (name, tensor) -> {
                        float[] values = tensor.values().clone();
                        for (int i = 0; i < values.length; i++) {
                          values[i] = Math.abs(values[i]);
                        }
                        return new Tensor(values, tensor.shape());
                      });
                  return outputs;
                }));
  }

  private static Mutant.SessionBug forgetting(String input) {
    return (kind, inputs, run) -> {
      Map<String, Tensor> forgetful = new HashMap<>(inputs);
      forgetful.computeIfPresent(
          input, (name, tensor) -> new Tensor(new float[tensor.values().length], tensor.shape()));
      return run.apply(forgetful);
    };
  }

  private static Mutant.SessionBug sharing(String input) {
    return (kind, inputs, run) ->
        run.apply(kind == GraphKind.GENERATE ? firstRow(inputs, input) : inputs);
  }

  private static Map<String, Tensor> firstRow(Map<String, Tensor> inputs, String name) {
    Map<String, Tensor> changed = new HashMap<>(inputs);
    changed.computeIfPresent(
        name,
        (key, tensor) -> {
          float[] values = tensor.values().clone();
          int size = values.length / Math.max(1, (int) tensor.shape()[0]);
          for (int i = size; i < values.length; i++) {
            values[i] = values[i % size];
          }
          return new Tensor(values, tensor.shape());
        });
    return changed;
  }
}

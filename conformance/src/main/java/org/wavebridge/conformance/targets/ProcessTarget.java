package org.wavebridge.conformance.targets;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.wavebridge.conformance.measure.NumericProfile;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.onnx.TensorMessage;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Another program that runs graphs, spoken to through its standard input and output in the protocol
 * of {@code docs/conformance.md}. What it writes to standard error is passed on.
 */
public final class ProcessTarget implements ConformanceTarget {
  private static final String HELLO = "wavebridge-conformance 1";
  private static final int PATIENCE_SECONDS = 300;

  private final Process process;
  private final ProcessMessages messages;
  private final NumericProfile profile;
  private final String name;

  private ProcessTarget(Process process, NumericProfile profile, String command) {
    this.process = process;
    this.profile = profile;
    this.messages = new ProcessMessages(process, command, PATIENCE_SECONDS);
    this.name = messages.ask(HELLO).strip();
  }

  /**
   * Starts a program.
   *
   * @param profile what it promises for f32 graphs
   * @throws BackendException if it cannot be started, or does not answer as the protocol says
   */
  public static ProcessTarget start(List<String> command, NumericProfile profile) {
    String line = String.join(" ", command);
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      try {
        return new ProcessTarget(process, profile, line);
      } catch (RuntimeException e) {
        process.destroyForcibly();
        throw e;
      }
    } catch (IOException e) {
      throw new BackendException("'%s' cannot be started: %s".formatted(line, e.getMessage()), e);
    }
  }

  @Override
  public String name() {
    return name.isEmpty() ? "process" : name;
  }

  @Override
  public NumericProfile profile(String precision) {
    if (precision.equals(BundleManifest.F32)) {
      return profile;
    }
    return profile.exact() ? NumericProfile.INT8 : NumericProfile.INT8_OWN_GATES;
  }

  @Override
  public GraphSession open(TestGraph graph) {
    if (graph.meaning() instanceof TestGraph.VocoderPart part && readsWholeNumbers(part)) {
      throw new DeclinedException(
          "graphs of subscale utterances have inputs of whole numbers, which version 1 of the protocol does not carry");
    }
    messages.send("open " + graph.label());
    messages.send(graph.onnx());
    String handle = messages.answer().strip();
    return new GraphSession() {
      @Override
      public Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, long[]> vectors) {
        messages.send("run " + handle + " " + inputs.size());
        inputs.forEach(
            (input, tensor) ->
                messages.send(new TensorMessage(input, tensor.values(), tensor.shape()).toBytes()));
        return outputs(messages.answer().strip());
      }

      @Override
      public void close() {
        messages.ask("close " + handle);
      }
    };
  }

  private static boolean readsWholeNumbers(TestGraph.VocoderPart part) {
    return part.model().subscale().isPresent()
        && switch (part.kind()) {
          case FEATURES, CONDITIONER, SYNTHESIS, DECODE, STREAM_CONDITIONER -> false;
          case STEP, GENERATE, SEEDED_GENERATE, SUBSCALE, CONTEXT, SUBSCALE_GENERATE, SCORE -> true;
        };
  }

  private Map<String, Tensor> outputs(String count) {
    int number;
    try {
      number = Integer.parseInt(count);
    } catch (NumberFormatException e) {
      throw new GraphException(
          "%s: expected the number of outputs, found '%s'".formatted(name(), count), e);
    }
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    for (int i = 0; i < number; i++) {
      TensorMessage output = TensorMessage.of(messages.receive());
      outputs.put(output.name(), new Tensor(output.values(), output.shape()));
    }
    return outputs;
  }

  @Override
  public void close() {
    messages.end();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

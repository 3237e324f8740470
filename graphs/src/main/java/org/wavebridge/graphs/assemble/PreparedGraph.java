package org.wavebridge.graphs.assemble;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.PluginGraph;
import org.wavebridge.graphs.onnx.Port;

/**
 * A graph of a bundle for TensorRT: without function bodies, which otherwise come before our
 * plugins, and with the constants of each plugin joined ({@link PluginGraph}).
 */
public final class PreparedGraph {
  /** Attribute of every plugin: the most rows of a call. */
  static final String MOST_ROWS = "most_rows";

  private static final String PLUGIN_NAMESPACE = "org.wavebridge";

  private final PluginGraph graph;
  private final List<Port> inputs;
  private final List<Port> outputs;
  private final Set<String> leftOut;

  private PreparedGraph(PluginGraph graph) {
    this.graph = graph;
    PluginGraph model = model(1);
    this.inputs = model.inputs();
    this.outputs = model.outputs();
    this.leftOut =
        graph.inputs().stream()
            .map(Port::name)
            .filter(name -> inputs.stream().noneMatch(kept -> kept.name().equals(name)))
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Reads a graph.
   *
   * @throws org.wavebridge.graphs.GraphException if the bytes are no ONNX model
   */
  public static PreparedGraph of(byte[] model) {
    return new PreparedGraph(PluginGraph.parse(model));
  }

  /** Why TensorRT cannot run the graph; empty if it can. */
  public Optional<String> refusal() {
    List<String> unknown = new ArrayList<>(graph.standardOperators());
    unknown.removeAll(GpuOperators.PARSED);
    graph.customOperators().stream()
        .filter(name -> !GpuOperators.PLUGINS.contains(name))
        .forEach(unknown::add);
    if (!unknown.isEmpty()) {
      return Optional.of("TensorRT does not know " + String.join(", ", unknown));
    }
    return Stream.concat(inputs.stream(), outputs.stream())
        .filter(Port::isEmpty)
        .findFirst()
        .map(port -> "'%s' has no elements".formatted(port.name()));
  }

  /** Whether one plugin makes all samples of a call; then the status is the last output. */
  public boolean isLoop() {
    return graph.customOperators().stream().anyMatch(GpuOperators.REPORTING::contains);
  }

  /** Whether an operator of the graph makes all samples of a call, with a plugin or without. */
  public boolean makesSamples() {
    return graph.customOperators().stream().anyMatch(GpuOperators::makesSamples);
  }

  /** The inputs that TensorRT takes. */
  public List<Port> inputs() {
    return inputs;
  }

  /** The outputs, the status among them where there is one. */
  public List<Port> outputs() {
    return outputs;
  }

  /** Inputs of the bundle's graph that have no elements. */
  public Set<String> leftOut() {
    return leftOut;
  }

  /**
   * The model to parse.
   *
   * @param mostRows of a call
   */
  public byte[] toBytes(int mostRows) {
    return model(mostRows).toBytes();
  }

  /**
   * The model to parse for a server of models, which joins and parts calls by rows: it has the
   * status of a call in each of its rows.
   *
   * @param mostRows of a call
   * @param output of the graph, with an axis of rows
   */
  public PluginGraph served(int mostRows, String output) {
    return model(mostRows).statusOfRows(output);
  }

  private PluginGraph model(int mostRows) {
    return graph.prepared(
        List.of(
            Attribute.of("plugin_namespace", PLUGIN_NAMESPACE),
            Attribute.of("plugin_version", "1"),
            Attribute.of(MOST_ROWS, mostRows)),
        GpuOperators.REPORTING);
  }
}

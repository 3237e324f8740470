package org.wavebridge.exporter.triton;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.assemble.PreparedGraph;
import org.wavebridge.graphs.assemble.ServingGraphs;
import org.wavebridge.graphs.assemble.VocoderGraphs;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.PluginGraph;
import org.wavebridge.graphs.onnx.Port;

/**
 * The graph of which TensorRT builds a plan, with our plugins for nodes, and how it is built: a
 * plan holds for one version of TensorRT on one architecture of GPUs, so the machine that serves it
 * builds it.
 */
final class TritonPlan {
  /** Frames and samples at which the builder times what it builds; the plugins idle meanwhile. */
  private static final long TIMED = 64;

  private static final String SCRIPT =
      """
      #!/bin/sh
      # Builds 1/model.plan for this machine's GPU and TensorRT: up to %d rows of %d frames in a call.
      # TRTEXEC names the trtexec of the TensorRT that serves it.
      set -e
      cd "$(dirname "$0")"
      mkdir -p 1
      "${TRTEXEC:-trtexec}" --onnx=model.onnx --saveEngine=1/model.plan.part --skipInference \\
        --dynamicPlugins=%s --noTF32 --maxAuxStreams=0 \\
        --minShapes=%s \\
        --optShapes=%s \\
        --maxShapes=%s
      mv 1/model.plan.part 1/model.plan
      """;

  private static final String COPY =
      """
      #!/bin/sh
      # Takes the plan that plan.sh of the other model has built.
      set -e
      cd "$(dirname "$0")"
      mkdir -p 1
      cp %s/1/model.plan 1/model.plan.part
      mv 1/model.plan.part 1/model.plan
      """;

  private final PluginGraph graph;
  private final int rows;
  private final long frames;
  private final int hop;

  private TritonPlan(PluginGraph graph, int rows, long frames, int hop) {
    this.graph = graph;
    this.rows = rows;
    this.frames = frames;
    this.hop = hop;
  }

  /**
   * The plan of a model.
   *
   * @throws GraphException if its network has no plugin
   */
  static TritonPlan of(VocoderModel model, TritonRepository.Gpu gpu) {
    PreparedGraph prepared =
        PreparedGraph.of(ServingGraphs.plan(model, VocoderGraphs.profile(model)).toBytes());
    prepared
        .refusal()
        .ifPresent(
            why -> {
              throw new GraphException(
                  "Triton on a GPU: expected a network that the plugins make the samples of, found one that they do not: %s; leave --triton-gpu out"
                      .formatted(why));
            });
    int hop = model.features().hop();
    double frames = Math.ceil(gpu.seconds() * model.audio().sampleRate() / hop);
    return new TritonPlan(prepared.served(gpu.rows(), "audio"), gpu.rows(), (long) frames, hop);
  }

  byte[] graph() {
    return graph.toBytes();
  }

  /** What of it a model of the server has as inputs and outputs. */
  enum Part {
    /** All of it. */
    ALL,
    /** Not what the calls of a stream hand on. */
    NEW
  }

  private static final Set<String> HANDED_ON =
      Set.of("previous", "state", "next_previous", "next_state");

  List<TritonTensor> inputs(Part part) {
    return of(graph.inputs(), part);
  }

  List<TritonTensor> outputs(Part part) {
    return of(graph.outputs(), part);
  }

  /** The inputs that the model before it makes. */
  List<TritonTensor> made(Part part) {
    return inputs(part).stream()
        .filter(input -> !input.equals(TritonTensor.temperature()))
        .toList();
  }

  private static List<TritonTensor> of(List<Port> ports, Part part) {
    return ports.stream()
        .filter(port -> part == Part.ALL || !HANDED_ON.contains(port.name()))
        .map(TritonTensor::of)
        .toList();
  }

  /**
   * The commands that build it.
   *
   * @param plugins the library, as the model's folder sees it
   */
  String script(String plugins) {
    return SCRIPT.formatted(
        rows, frames, plugins, shapes(1, 1), shapes(rows, TIMED), shapes(rows, Long.MAX_VALUE));
  }

  /**
   * The commands that take the same plan from another model.
   *
   * @param other its folder, as this one sees it
   */
  static String copyScript(String other) {
    return COPY.formatted(other);
  }

  /** The shapes of all inputs in a call of so many rows, and at most so many frames and samples. */
  private String shapes(int count, long most) {
    List<String> shapes = new ArrayList<>();
    for (Port input : graph.inputs()) {
      String sizes =
          input.shape().stream()
              .map(dim -> String.valueOf(size(dim, count, most)))
              .collect(Collectors.joining("x"));
      shapes.add(input.name() + ":" + sizes);
    }
    return String.join(",", shapes);
  }

  private long size(Dim dim, int count, long most) {
    if (dim.symbol().isEmpty()) {
      return dim.size();
    }
    if (dim.symbol().equals(Dim.N.symbol())) {
      return count;
    }
    long all = dim.symbol().equals(Dim.F.symbol()) ? frames : frames * hop;
    return Math.min(most, all);
  }
}

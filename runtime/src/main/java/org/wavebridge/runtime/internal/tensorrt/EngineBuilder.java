package org.wavebridge.runtime.internal.tensorrt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.global.nvinfer.BuilderFlag;
import org.bytedeco.tensorrt.global.nvinfer.MemoryPoolType;
import org.bytedeco.tensorrt.global.nvinfer.NetworkDefinitionCreationFlag;
import org.bytedeco.tensorrt.global.nvinfer.OptProfileSelector;
import org.bytedeco.tensorrt.global.nvonnxparser;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.bytedeco.tensorrt.nvinfer.IBuilder;
import org.bytedeco.tensorrt.nvinfer.IBuilderConfig;
import org.bytedeco.tensorrt.nvinfer.IHostMemory;
import org.bytedeco.tensorrt.nvinfer.INetworkDefinition;
import org.bytedeco.tensorrt.nvinfer.IOptimizationProfile;
import org.bytedeco.tensorrt.nvinfer.ITimingCache;
import org.bytedeco.tensorrt.nvonnxparser.IParser;
import org.bytedeco.tensorrt.nvonnxparser.IParserError;
import org.wavebridge.graphs.GraphException;
import org.wavebridge.graphs.onnx.Port;

/**
 * Builds the engine of a graph for a range of sizes. f32 stays f32: types are those of the graph,
 * and products are not shortened to TF32.
 */
final class EngineBuilder {
  private static final long WORKSPACE = 1L << 30;
  private static final int STRONGLY_TYPED =
      1 << NetworkDefinitionCreationFlag.kSTRONGLY_TYPED.value;

  private final TensorRtLibrary library;
  private final String label;

  /**
   * A builder.
   *
   * @param label of the graph, for messages
   */
  EngineBuilder(TensorRtLibrary library, String label) {
    this.library = library;
    this.label = label;
  }

  /**
   * A built engine.
   *
   * @param plan the serialised engine
   * @param timings what the builder measured, those it was given among them
   */
  record Built(byte[] plan, byte[] timings) {}

  /**
   * Builds an engine, which takes seconds to minutes.
   *
   * @param model as it is parsed
   * @param inputs of the model
   * @param timings of earlier builds
   * @throws GraphException if TensorRT refuses the graph; the message has its reason
   */
  Built build(byte[] model, List<Port> inputs, SizeRange range, Optional<byte[]> timings) {
    // The parser may refer to the model until the engine is there.
    try (BytePointer bytes = new BytePointer(model);
        NativeObjects made = new NativeObjects()) {
      IBuilder builder = made.own(nvinfer.createInferBuilder(library.log()), "builder");
      INetworkDefinition network =
          made.own(builder.createNetworkV2(STRONGLY_TYPED), "network definition");
      parse(made.own(nvonnxparser.createParser(network, library.log())), bytes, model.length);
      IBuilderConfig config = made.own(builder.createBuilderConfig(), "builder configuration");
      config.clearFlag(BuilderFlag.kTF32);
      config.setMemoryPoolLimit(MemoryPoolType.kWORKSPACE, WORKSPACE);
      // One stream, so that a call can be captured and replayed.
      config.setMaxAuxStreams(0);
      addProfile(builder, config, inputs, range);
      ITimingCache cache = timingCache(made, config, timings);
      IHostMemory plan = made.own(builder.buildSerializedNetwork(network, config), "engine");
      return new Built(bytes(plan), bytes(made.own(cache.serialize(), "timings")));
    } catch (GraphException e) {
      throw new GraphException(label + ": " + e.getMessage(), e);
    }
  }

  private static void parse(IParser parser, BytePointer model, long length) {
    if (parser.parse(model, length)) {
      return;
    }
    List<String> errors = new ArrayList<>();
    for (int i = 0; i < parser.getNbErrors(); i++) {
      IParserError error = parser.getError(i);
      errors.add(
          "node '%s' (%s): %s".formatted(error.nodeName(), error.nodeOperator(), error.desc()));
    }
    throw new GraphException("TensorRT does not parse it: " + String.join("; ", errors));
  }

  private static void addProfile(
      IBuilder builder, IBuilderConfig config, List<Port> inputs, SizeRange range) {
    // The builder keeps the profile and deletes it.
    IOptimizationProfile profile =
        NativeObjects.made(builder.createOptimizationProfile(), "optimisation profile");
    for (Port input : inputs) {
      if (input.shape().stream().anyMatch(dim -> !dim.symbol().isEmpty())) {
        set(profile, input, OptProfileSelector.kMIN, range.of(input, SizeRange.Which.LEAST));
        set(profile, input, OptProfileSelector.kOPT, range.of(input, SizeRange.Which.TIMED));
        set(profile, input, OptProfileSelector.kMAX, range.of(input, SizeRange.Which.MOST));
      }
    }
    NativeObjects.done(profile.isValid(), "the sizes " + range);
    NativeObjects.done(config.addOptimizationProfile(profile) == 0, "the sizes " + range);
  }

  private static void set(
      IOptimizationProfile profile, Port input, OptProfileSelector which, long[] shape) {
    try (Dims64 dims = Shapes.dims(shape)) {
      NativeObjects.done(
          profile.setDimensions(input.name(), which, dims), "the shapes of " + input.name());
    }
  }

  private static ITimingCache timingCache(
      NativeObjects made, IBuilderConfig config, Optional<byte[]> timings) {
    byte[] given = timings.orElse(new byte[0]);
    try (BytePointer bytes = new BytePointer(given)) {
      ITimingCache cache = config.createTimingCache(given.length == 0 ? null : bytes, given.length);
      if (cache == null || cache.isNull()) {
        cache = config.createTimingCache((Pointer) null, 0);
      }
      ITimingCache own = made.own(cache, "timing cache");
      NativeObjects.done(config.setTimingCache(own, false), "its timing cache");
      return own;
    }
  }

  private static byte[] bytes(IHostMemory memory) {
    byte[] bytes = new byte[Math.toIntExact(memory.size())];
    new BytePointer(memory.data()).capacity(bytes.length).get(bytes);
    return bytes;
  }
}

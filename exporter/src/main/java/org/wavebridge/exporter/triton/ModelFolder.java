package org.wavebridge.exporter.triton;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.wavebridge.graphs.assemble.CarriedTensor;
import org.wavebridge.graphs.assemble.ServingGraphs;
import org.wavebridge.graphs.model.UpsampledMels;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.onnx.ElementType;
import org.wavebridge.graphs.onnx.OnnxModel;

/**
 * The folder of a repository, in which each model of one vocoder has a folder of its own.
 *
 * @param library the custom operators, as the server sees them
 */
record ModelFolder(Path folder, String library, VocoderModel model) {
  /** Rows of a call. */
  static final int MOST_ROWS = 32;

  /** Streams that the server keeps at once. */
  static final int MOST_STREAMS = 256;

  private static final String VERSION = "1";

  /** What is given to whole utterances and to their conditioning. */
  List<TritonTensor> features() {
    return List.of(TritonTensor.features(model.features().mels()));
  }

  /** What a request of a stream gives beside its seed and temperature. */
  List<TritonTensor> frames() {
    return List.of(TritonTensor.frames(model.features().mels()));
  }

  /** The configuration of a graph. */
  TritonConfig graph(String of) {
    return TritonConfig.ofGraph(of, MOST_ROWS).library(library);
  }

  /** Writes a model of a graph. */
  void write(TritonConfig config, String of, OnnxModel graph) throws IOException {
    Path version = Files.createDirectories(folder.resolve(of).resolve(VERSION));
    Files.write(version.resolve("model.onnx"), graph.toBytes());
    configure(config, of);
  }

  /** Writes a model that runs others. */
  void ensemble(TritonConfig config, String of) throws IOException {
    // A version of a model is a folder, also where nothing is in it.
    Files.createDirectories(folder.resolve(of).resolve(VERSION));
    configure(config, of);
  }

  /** Writes a configuration. */
  void configure(TritonConfig config, String of) throws IOException {
    Path place = Files.createDirectories(folder.resolve(of));
    Files.write(place.resolve("config.pbtxt"), config.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Writes what a model's streams start with. */
  void start(List<CarriedTensor> carried, String of) throws IOException {
    Path start = Files.createDirectories(folder.resolve(of).resolve("initial_state"));
    for (CarriedTensor tensor : carried) {
      Files.write(start.resolve(tensor.input()), bytes(tensor));
    }
  }

  private static byte[] bytes(CarriedTensor tensor) {
    ByteBuffer bytes =
        ByteBuffer.allocate(tensor.start().length * tensor.type().bytes())
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float value : tensor.start()) {
      if (tensor.type() == ElementType.INT64) {
        bytes.putLong((long) value);
      } else {
        bytes.putFloat(value);
      }
    }
    return bytes.array();
  }

  /** Tells clients what an utterance is. */
  TritonConfig describe(TritonConfig config) {
    return config
        .parameter("sample_rate", "" + model.audio().sampleRate())
        .parameter("samples_per_frame", "" + model.features().hop())
        .parameter("lead_frames", "" + model.utterance().leadFrames())
        .parameter("tail_frames", "" + model.utterance().tailFrames());
  }

  /** Tells clients how a stream is cut. */
  TritonConfig describe(TritonConfig config, ServingGraphs.Stream stream) {
    return describe(config)
        .parameter("context_frames", "" + stream.context())
        .parameter("late_samples", "" + stream.late())
        .parameter("padding", padding());
  }

  /** What a frame of padding holds: a number, or a copy of its neighbour. */
  private String padding() {
    return model.conditioner() instanceof UpsampledMels upsampled
        ? String.format(Locale.ROOT, "%s", upsampled.padValue())
        : "edge";
  }

  /** Lists joined. */
  @SafeVarargs
  static List<TritonTensor> all(List<TritonTensor>... lists) {
    List<TritonTensor> joined = new ArrayList<>();
    for (List<TritonTensor> list : lists) {
      joined.addAll(list);
    }
    return joined;
  }
}

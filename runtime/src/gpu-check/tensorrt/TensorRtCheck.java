import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.GraphKind;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.VocoderStream;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.spi.GraphSession;
import org.wavebridge.runtime.spi.Tensor;

/**
 * The results of a bundle's graphs on TensorRT, against the backend {@code cpu}, and their times.
 * Arguments: the JSON file to write, then pairs of bundle and precision. Exit code 1 if a check
 * failed, 4 if the machine lacks something.
 */
public final class TensorRtCheck {
  private static final int FRAMES = 40;
  private static final int STEPS = 2000;
  private static final double CONDITIONER_TOLERANCE = 1e-3;
  private static final double LOGITS_TOLERANCE = 1e-2;

  private final String name;
  private final BundleManifest manifest;
  private final Vocoder cpu;
  private final Vocoder gpu;
  private final Map<String, Object> results = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  private TensorRtCheck(String name, Vocoder cpu, Vocoder gpu) {
    this.name = name;
    this.manifest = cpu.manifest();
    this.cpu = cpu;
    this.gpu = gpu;
  }

  /** Runs the checks. */
  public static void main(String[] arguments) throws IOException {
    List<String> json = new ArrayList<>();
    boolean failed = false;
    for (int i = 1; i + 1 < arguments.length; i += 2) {
      Path bundle = Path.of(arguments[i]);
      VocoderOptions options = new VocoderOptions("cpu", arguments[i + 1], 2);
      try (Vocoder cpu = Vocoder.open(bundle, options);
          Vocoder gpu = Vocoder.open(bundle, options.withBackend("tensorrt"))) {
        String name = bundle.getFileName() + " " + arguments[i + 1];
        TensorRtCheck check = new TensorRtCheck(name, cpu, gpu);
        check.run();
        json.add(check.json());
        failed |= !check.failures.isEmpty();
      } catch (BackendException e) {
        System.err.println(e.getMessage());
        System.exit(4);
      }
    }
    Files.writeString(Path.of(arguments[0]), "[" + String.join(",\n ", json) + "]\n");
    System.exit(failed ? 1 : 0);
  }

  private void run() {
    Features features = features();
    Map<String, Tensor> conditioning = conditioner(features);
    for (int rows : new int[] {1, 3}) {
      generate(conditioning, rows);
    }
    stream(features);
    if (manifest.subscale().isEmpty() && hasStep()) {
      step(conditioning);
    }
    System.out.printf(Locale.ROOT, "%-28s %s%n", name, failures.isEmpty() ? "ok" : "FAILED");
    results.forEach((key, value) -> System.out.printf(Locale.ROOT, "  %-40s %s%n", key, value));
    failures.forEach(failure -> System.out.println("  FAILED " + failure));
  }

  private boolean hasStep() {
    return manifest.graphs().stream().anyMatch(graph -> graph.kind() == GraphKind.STEP)
        && manifest.conditioning().stream().allMatch(tensor -> tensor.size() > 0);
  }

  private Features features() {
    Random random = new Random(1);
    float[] values = new float[manifest.features().mels() * FRAMES];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return new Features(manifest.features().mels(), FRAMES, values);
  }

  /** The conditioning as the CPU makes it. */
  private Map<String, Tensor> conditioner(Features features) {
    Map<String, Tensor> inputs =
        Map.of("features", new Tensor(features.values(), 1, features.mels(), FRAMES));
    Map<String, Tensor> expected = cpu.graph(GraphKind.CONDITIONER).run(inputs);
    Map<String, Tensor> found = gpu.graph(GraphKind.CONDITIONER).run(inputs);
    expected.forEach(
        (tensor, values) ->
            within("conditioner " + tensor, CONDITIONER_TOLERANCE, values, found.get(tensor)));
    return expected;
  }

  /** Same conditioning, same uniforms: the same bits. */
  private void generate(Map<String, Tensor> conditioning, int rows) {
    if (manifest.subscale().isPresent()) {
      return;
    }
    int samples = 2 * manifest.features().hop();
    Map<String, Tensor> inputs = start(rows);
    for (Conditioning tensor : manifest.conditioning()) {
      int vectors = tensor.rate() == Conditioning.Rate.FRAME ? 2 : samples;
      inputs.put(tensor.name(), first(conditioning.get(tensor.name()), rows, vectors));
    }
    int draws = manifest.network().draws();
    inputs.put("uniforms", new Tensor(uniforms(rows * samples * draws), rows, samples, draws));
    Map<String, Tensor> expected = cpu.graph(GraphKind.GENERATE).run(inputs);
    Map<String, Tensor> found = gpu.graph(GraphKind.GENERATE).run(inputs);
    expected.forEach((tensor, values) -> same(rows + " rows: " + tensor, values, found.get(tensor)));
    GraphSession session = gpu.graph(GraphKind.GENERATE);
    double seconds = median(9, () -> session.run(inputs));
    results.put(
        "generate, " + rows + " rows, samples/s",
        String.format(Locale.ROOT, "%.0f", rows * samples / seconds));
  }

  /** States that stay on the device: the same bits for any chunks. */
  private void stream(Features features) {
    same("stream in chunks", streamed(features, 1000), streamed(features, 3));
  }

  private Tensor streamed(Features features, int chunk) {
    VocoderStream stream = gpu.stream(GenerateOptions.seed(5).withChunkFrames(chunk));
    float[] head = stream.push(features);
    float[] tail = stream.finish();
    float[] all = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, all, head.length, tail.length);
    return new Tensor(all, all.length);
  }

  /** TensorRT's own layers, captured and not. */
  private void step(Map<String, Tensor> conditioning) {
    Map<String, Tensor> inputs = start(1);
    for (Conditioning tensor : manifest.conditioning()) {
      float[] vector = Arrays.copyOf(conditioning.get(tensor.name()).values(), tensor.size());
      inputs.put(tensor.name(), new Tensor(vector, 1, tensor.size()));
    }
    int draws = manifest.network().draws();
    inputs.put("uniforms", new Tensor(uniforms(draws), 1, draws));
    Map<String, Tensor> expected = cpu.graph(GraphKind.STEP).run(inputs);
    GraphSession session = gpu.graph(GraphKind.STEP);
    Map<String, Tensor> found = session.run(inputs);
    within("step logits", LOGITS_TOLERANCE, expected.get("logits"), found.get("logits"));
    for (int i = 0; i < 3; i++) {
      same("step replayed", found.get("logits"), session.run(inputs).get("logits"));
    }
    double seconds = median(STEPS, () -> session.run(inputs));
    boolean captured = !"false".equals(System.getProperty("wavebridge.tensorrt.capture"));
    results.put(
        "step, " + (captured ? "CUDA graph" : "enqueueV3") + ", us",
        String.format(Locale.ROOT, "%.1f", seconds * 1e6));
  }

  private Map<String, Tensor> start(int rows) {
    BundleManifest.Network network = manifest.network();
    int size = network.initialPrevious().size();
    float[] previous = new float[rows * size];
    for (int i = 0; i < previous.length; i++) {
      previous[i] = network.initialPrevious().get(i % size);
    }
    Map<String, Tensor> start = new HashMap<>();
    start.put("previous", new Tensor(previous, rows, size));
    start.put(
        "state", new Tensor(new float[rows * network.stateSize()], rows, network.stateSize()));
    start.put("temperature", Tensor.repeated(0.9f, rows));
    return start;
  }

  /** The first vectors, once for each row. */
  private static Tensor first(Tensor conditioning, int rows, int vectors) {
    int size = (int) conditioning.shape()[2];
    float[] values = new float[rows * vectors * size];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(
          conditioning.values(), 0, values, row * vectors * size, vectors * size);
    }
    return new Tensor(values, rows, vectors, size);
  }

  private static float[] uniforms(int count) {
    Random random = new Random(3);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(1 << 24) * 0x1p-24f;
    }
    return values;
  }

  private static double median(int times, Runnable work) {
    double[] seconds = new double[times];
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      work.run();
      seconds[i] = (System.nanoTime() - start) * 1e-9;
    }
    Arrays.sort(seconds);
    return seconds[times / 2];
  }

  private void same(String what, Tensor expected, Tensor found) {
    if (!Arrays.equals(expected.values(), found.values())) {
      failures.add(what + ": differs at " + Arrays.mismatch(expected.values(), found.values()));
    }
  }

  private void within(String what, double tolerance, Tensor expected, Tensor found) {
    double worst = 0;
    for (int i = 0; i < expected.values().length; i++) {
      double error = Math.abs(expected.values()[i] - found.values()[i]);
      worst = error <= worst ? worst : error;
    }
    results.put(what + ", largest error", String.format(Locale.ROOT, "%.2g", worst));
    if (!(worst <= tolerance) || expected.values().length == 0) {
      failures.add(what + ": error " + worst + " above " + tolerance);
    }
  }

  private String json() {
    StringBuilder json = new StringBuilder("{\"bundle\": \"" + name + "\"");
    results.forEach((key, value) -> json.append(", \"" + key + "\": \"" + value + "\""));
    json.append(", \"failures\": [");
    for (int i = 0; i < failures.size(); i++) {
      json.append((i == 0 ? "\"" : ", \"") + failures.get(i).replace('"', '\'') + "\"");
    }
    return json.append("]}").toString();
  }
}

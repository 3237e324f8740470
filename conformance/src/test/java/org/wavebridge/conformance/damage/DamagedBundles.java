package org.wavebridge.conformance.damage;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.wavebridge.graphs.WaveBridgeException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.Sha256;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.residualgru.ResidualGruNetwork;
import org.wavebridge.graphs.quantize.Quantizer;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.graphs.random.RandomModels.ContextShape;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.Features;

/**
 * Damages tiny bundles and runs them. Arguments: a folder to work in, the first seed, the seed
 * after the last, and {@code damaged}, or {@code mutated}: in structure, always with the right
 * hash, and run on both backends. Prints each seed and its outcome, and ends with 1 after an
 * exception that is not documented.
 */
public final class DamagedBundles {
  /** The outcome of a failure. */
  static final String UNDOCUMENTED = "an exception that is not documented: ";

  /** A damaged model may ask for much, but never for a minute. */
  private static final long PATIENCE = 60_000_000_000L;

  /** A mutated one is not run at all. */
  private static final long MUTATED_PATIENCE = 10_000_000_000L;

  /** The outcome of a bundle that was sent to another file, if that was read. */
  static final String READ_OUTSIDE = "read a file outside";

  private static final String CONDITIONER = "conditioner.onnx";
  private static final String DESCRIPTION = BundleManifest.FILE;

  private final Path folder;
  private final boolean mutated;
  private final List<Map<String, byte[]>> bundles = new ArrayList<>();
  private boolean failed;

  private DamagedBundles(Path folder, boolean mutated) {
    this.folder = folder;
    this.mutated = mutated;
  }

  public static void main(String[] arguments) throws IOException {
    DamagedBundles run = new DamagedBundles(Path.of(arguments[0]), arguments[3].equals("mutated"));
    for (VocoderModel model : models()) {
      run.bundles.add(run.files(model));
    }
    AtomicLong started = new AtomicLong(worked());
    watch(started, run.mutated ? MUTATED_PATIENCE : PATIENCE);
    int end = Integer.parseInt(arguments[2]);
    for (int seed = Integer.parseInt(arguments[1]); seed < end; seed++) {
      started.set(worked());
      System.out.println("seed " + seed);
      System.out.println("seed " + seed + ": " + run.outcome(seed));
    }
    System.exit(run.failed ? 1 : 0);
  }

  private static List<VocoderModel> models() {
    List<VocoderModel> models = new ArrayList<>();
    for (Head head : ResidualGruNetwork.HEADS) {
      models.add(RandomModels.residualGru(12, 3, 2, List.of(4), head));
    }
    models.addAll(others());
    return models;
  }

  private static List<VocoderModel> others() {
    return List.of(
        RandomModels.dualSoftmax(1, 2, 1, 4, 1, new BlockShape(1, 1)),
        RandomModels.dualSoftmax(2, 4, 2, 4, 0.5, new BlockShape(4, 4)),
        RandomModels.dualSoftmax(3, 16, 1, 4, 0.3, new BlockShape(16, 1)),
        RandomModels.dualSoftmax(4, 8, 3, 4, 0, new BlockShape(1, 8)),
        RandomModels.residualGru(5, 2, 1, List.of(4), new Head.Categorical(3)),
        RandomModels.residualGru(6, 5, 4, List.of(2, 2), new Head.Categorical(16)),
        subscale(RandomModels.dualSoftmax(8, 4, 2, 4, 1, new BlockShape(1, 1)), 3, 1, true),
        subscale(
            RandomModels.residualGru(9, 3, 2, List.of(4), new Head.Categorical(3)), 2, 2, false),
        RandomModels.multiBand(13, 8, 2, RandomModels.tree(1), 2, 2, 0.5, new BlockShape(1, 1)),
        RandomModels.multiBand(
            14, 8, 1, CosineModulatedBank.kaiser(3, 2, 9), 2, 1, 1, new BlockShape(1, 1)),
        RandomModels.subBand(
            15,
            3,
            new RandomModels.ConditionerShape(2, 4, 1, List.of(2), 1),
            new Head.Categorical(4),
            CosineModulatedBank.windowed(2, 4, 0.4, 4),
            1,
            new BlockShape(1, 1)),
        RandomModels.dualSoftmax(10, 2, 1, 4, 1, new BlockShape(1, 1))
            .with(new Subscale(4, 0, 1, Optional.empty())));
  }

  private static VocoderModel subscale(
      VocoderModel model, int factor, int horizon, boolean ownPast) {
    List<ContextShape> layers =
        List.of(new ContextShape(3, 2, 2, true), new ContextShape(2, 1, 1, false));
    return RandomModels.subscale(11, model, factor, horizon, ownPast ? 1 : 2, ownPast, layers);
  }

  /**
   * Nanoseconds that the process has computed, which do not pass where others take the machine; a
   * hundredth of the time counts in any case, lest one that waits for ever is not seen.
   */
  private static long worked() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() + System.nanoTime() / 100;
  }

  private static void watch(AtomicLong started, long patience) {
    Thread watch =
        new Thread(
            () -> {
              while (worked() - started.get() < patience) {
                try {
                  Thread.sleep(1000);
                } catch (InterruptedException e) {
                  return;
                }
              }
              System.out.println("does not end");
              Runtime.getRuntime().halt(2);
            });
    watch.setDaemon(true);
    watch.start();
  }

  /** The files of a bundle that generating reads. */
  private Map<String, byte[]> files(VocoderModel model) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (StagedBundle staged =
        StagedBundle.write(
            model,
            Optional.of(Quantizer.quantise(model)),
            new BundleManifest.Source("random", "0"),
            "test",
            folder.resolve("sound"))) {
      String loop = model.subscale().isPresent() ? "subscale_generate" : "generate";
      for (String file : List.of(DESCRIPTION, CONDITIONER, loop + ".onnx", loop + "-int8.onnx")) {
        files.put(file, Files.readAllBytes(staged.directory().resolve(file)));
      }
    }
    return files;
  }

  /** Damages a bundle and runs it: what refused it, or {@code ran}. */
  private String outcome(long seed) throws IOException {
    Random random = new Random(seed);
    Map<String, byte[]> files = new LinkedHashMap<>(bundles.get(random.nextInt(bundles.size())));
    String precision = random.nextBoolean() ? "f32" : "int8";
    boolean lure = mutated && random.nextInt(10) == 0;
    int mels = mutated ? mutate(random, files, precision, lure) : damage(random, files, precision);
    Path bundle = Files.createDirectories(folder.resolve("damaged"));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(bundle.resolve(file.getKey()), file.getValue());
    }
    String outcome = run(bundle, new VocoderOptions("cpu", precision, 1), mels, seed);
    if (mutated && !outcome.startsWith(UNDOCUMENTED)) {
      outcome = run(bundle, new VocoderOptions("stock", precision, 1), mels, seed);
    }
    if (lure && outcome.equals("ran")) {
      failed = true;
      return READ_OUTSIDE;
    }
    return outcome;
  }

  private String run(Path bundle, VocoderOptions options, int mels, long seed) {
    try (Vocoder vocoder = Vocoder.open(bundle, options)) {
      Features features = new Features(mels, 2, new float[2 * mels]);
      vocoder.generate(features, GenerateOptions.seed(seed), Progress.NONE);
      return "ran";
    } catch (WaveBridgeException e) {
      return refusedBy(e.getMessage());
    } catch (RuntimeException | Error e) {
      failed = true;
      e.printStackTrace(System.out);
      return UNDOCUMENTED + e;
    }
  }

  private static int damage(Random random, Map<String, byte[]> files, String precision) {
    int mels = mels(files);
    String file = random.nextInt(5) == 0 ? CONDITIONER : loop(files, precision);
    if (random.nextInt(6) == 0) {
      files.computeIfPresent(DESCRIPTION, (name, bytes) -> new DescriptionDamage(random).of(bytes));
      return mels;
    }
    byte[] sound = files.get(file);
    byte[] damaged = new GraphDamage(random).of(sound);
    files.put(file, damaged);
    if (random.nextInt(10) != 0) {
      restate(files, sound, damaged);
    }
    return mels;
  }

  /**
   * Changes the structure of a graph, its bytes or {@code bundle.json}, and states the new hash.
   */
  private int mutate(Random random, Map<String, byte[]> files, String precision, boolean lure)
      throws IOException {
    int mels = mels(files);
    int what = random.nextInt(10);
    if (!lure && what < 2) {
      files.computeIfPresent(DESCRIPTION, (name, bytes) -> new DescriptionDamage(random).of(bytes));
      return mels;
    }
    String file = random.nextInt(4) == 0 ? CONDITIONER : loop(files, precision);
    byte[] sound = files.get(file);
    Path outside = Files.write(folder.resolve("outside.bin"), new byte[1 << 16]);
    GraphMutation mutation =
        new GraphMutation(
            random, Path.of("").toAbsolutePath().relativize(outside.toAbsolutePath()).toString());
    byte[] changed =
        lure
            ? mutation.lured(sound)
            : what < 3
                ? new GraphDamage(random).flipped(sound)
                : what < 5 ? new GraphDamage(random).of(sound) : mutation.of(sound);
    files.put(file, changed);
    restate(files, sound, changed);
    return mels;
  }

  private static void restate(Map<String, byte[]> files, byte[] sound, byte[] changed) {
    String description = new String(files.get(DESCRIPTION), StandardCharsets.UTF_8);
    files.put(
        DESCRIPTION,
        description.replace(Sha256.of(sound), Sha256.of(changed)).getBytes(StandardCharsets.UTF_8));
  }

  private static String loop(Map<String, byte[]> files, String precision) {
    return files.keySet().stream()
        .filter(
            name -> name.endsWith("generate" + (precision.equals("f32") ? "" : "-int8") + ".onnx"))
        .findFirst()
        .orElseThrow();
  }

  private static int mels(Map<String, byte[]> files) {
    String description = new String(files.get(DESCRIPTION), StandardCharsets.UTF_8);
    return Integer.parseInt(description.replaceAll("(?s).*\"mels\" : (\\d+),.*", "$1"));
  }

  private static String refusedBy(String message) {
    for (String part : List.of("SHA-256", DESCRIPTION, "conditioner", "generate")) {
      if (message.contains(part)) {
        return part;
      }
    }
    return message;
  }
}

package org.wavebridge.compress;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.lpcnet.LpcNetNetwork;
import org.wavebridge.reference.Arithmetic;
import org.wavebridge.reference.Conditioning;
import org.wavebridge.reference.Reference;
import org.wavebridge.reference.SubscaleReference;

/**
 * The inputs of every layer of a step network that is applied in every step, over recordings that
 * are fed to it (teacher forcing). The same recordings give the same moments on every machine.
 *
 * <p>Long recordings are heard in pieces that lie evenly over them. A piece begins with the state
 * at zero; its first and last frames are heard, and do not count.
 */
public final class Calibration {
  /** Steps that are enough for the second moments of a thousand columns. */
  public static final int STEPS = 8000;

  /** Frames of a piece that count, at most. */
  private static final int FRAMES = 16;

  /** Frames at both ends of a piece that do not count. */
  private static final int MARGIN = 2;

  /** What layouts call the rows of logits. */
  private static final String CLASSES = "C";

  private static final String CLASSES_OF_HALF = "256";

  private final Map<String, InputMoments> layers;

  private Calibration(Map<String, InputMoments> layers) {
    this.layers = layers;
  }

  /** Told after each piece how many of all are done. */
  @FunctionalInterface
  public interface Listener {
    /** Takes what is done. */
    void heard(int pieces, int all);
  }

  /**
   * Hears recordings.
   *
   * @param model in f32
   * @param recordings at least one, each of a frame or more
   * @param steps of the network to hear, about, in all recordings together
   */
  public static Calibration of(
      VocoderModel model, List<Recording> recordings, int steps, Listener listener) {
    List<Recording> pieces = new ArrayList<>();
    for (Recording recording : recordings) {
      pieces.addAll(pieces(model, recording, steps / recordings.size()));
    }
    ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      List<Future<Map<String, InputMoments>>> heard =
          pieces.stream().map(piece -> threads.submit(() -> hear(model, piece))).toList();
      Map<String, InputMoments> sum = new LinkedHashMap<>();
      for (int i = 0; i < heard.size(); i++) {
        heard.get(i).get().forEach((name, more) -> sum.merge(name, more, Calibration::added));
        listener.heard(i + 1, heard.size());
      }
      return new Calibration(sum);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("calibration was interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private static InputMoments added(InputMoments sum, InputMoments more) {
    sum.add(more);
    return sum;
  }

  /**
   * The moments of a layer's inputs.
   *
   * @throws IllegalArgumentException if no such layer was heard
   */
  public InputMoments of(String layer) {
    InputMoments found = layers.get(layer);
    if (found == null) {
      throw new IllegalArgumentException(
          "layer '%s': expected one of %s".formatted(layer, layers.keySet()));
    }
    return found;
  }

  /** The layers, in the order in which a step applies them. */
  public Set<String> layers() {
    return layers.keySet();
  }

  /** Cuts a recording into pieces, of which some are left out where there are more than wanted. */
  static List<Recording> pieces(VocoderModel model, Recording recording, int steps) {
    int hop = model.features().hop();
    int stepsOfFrame = Math.max(1, hop / model.network().samplesPerStep());
    int lead = model.utterance().leadFrames();
    int frames =
        Math.min((recording.values().length + hop - 1) / hop, recording.features().length - lead);
    int all = Math.max(1, (frames - 2 * MARGIN + FRAMES - 1) / FRAMES);
    int wanted =
        Math.max(1, Math.min(all, (int) Math.ceil((double) steps / (FRAMES * stepsOfFrame))));
    List<Recording> pieces = new ArrayList<>();
    for (int i = 0; i < wanted; i++) {
      int start = (int) ((2L * i + 1) * all / (2L * wanted)) * FRAMES;
      int end = Math.min(frames, start + FRAMES + 2 * MARGIN);
      pieces.add(
          new Recording(
              Arrays.copyOfRange(
                  recording.features(),
                  start,
                  Math.min(
                      recording.features().length,
                      end + lead + Math.max(1, model.utterance().tailFrames()))),
              recording.speaker(),
              Arrays.copyOfRange(
                  recording.values(),
                  start * hop,
                  Math.min(recording.values().length, end * hop))));
    }
    return pieces;
  }

  private static Map<String, InputMoments> hear(VocoderModel model, Recording piece) {
    StepNetwork network = model.network();
    Set<String> names =
        network.layers().rows().stream()
            .filter(row -> row.rate() == LayerRow.Rate.STEP)
            .map(LayerRow::name)
            .collect(Collectors.toUnmodifiableSet());
    WatchingArithmetic arithmetic = new WatchingArithmetic(names);
    Map<String, InputMoments> moments = new LinkedHashMap<>();
    Map<String, Integer> softmaxes = softmaxes(network);
    int margin = Math.min(MARGIN * model.features().hop(), piece.values().length / 4);
    score(
        model.with(network.with(network.layers())),
        piece,
        arithmetic,
        (t, logits) -> {
          Map<String, float[]> inputs = arithmetic.take();
          if (t >= margin && t < piece.values().length - margin) {
            inputs.forEach(
                (name, x) -> {
                  Integer first = softmaxes.get(name);
                  int classes = first == null ? 0 : network.outputs();
                  InputMoments layer =
                      moments.computeIfAbsent(name, key -> new InputMoments(x.length, classes));
                  if (first == null) {
                    layer.add(x);
                  } else {
                    layer.add(x, logits, first, classes);
                  }
                });
          }
        });
    return moments;
  }

  /** The layers whose outputs are logits of classes, with the place of their first logit. */
  private static Map<String, Integer> softmaxes(StepNetwork network) {
    if (!network.headKind().classes()
        || network.samplesPerStep() > 1
        || network.kind().equals(LpcNetNetwork.KIND)) {
      return Map.of();
    }
    Map<String, Integer> first = new LinkedHashMap<>();
    for (LayerRow row : network.layers().rows()) {
      if (row.rows().equals(CLASSES_OF_HALF) || row.rows().equals(CLASSES)) {
        first.put(row.name(), first.size() * network.outputs());
      }
    }
    if (first.size() != network.headKind().vectors()) {
      throw new IllegalArgumentException(
          "expected %d layers of logits, found %s"
              .formatted(network.headKind().vectors(), first.keySet()));
    }
    return first;
  }

  private static void score(
      VocoderModel model,
      Recording piece,
      Arithmetic arithmetic,
      Reference.LogitsConsumer consumer) {
    Conditioning conditioning = conditioning(model, piece);
    if (model.subscale().isPresent()) {
      new SubscaleReference(model, arithmetic).score(conditioning, piece.values(), consumer);
    } else {
      Reference reference = new Reference(model, arithmetic);
      reference.score(
          reference.network().initialState(), conditioning, 0, piece.values(), consumer);
    }
  }

  /** The conditioning without the frames before that of the first sample. */
  private static Conditioning conditioning(VocoderModel model, Recording piece) {
    Conditioning whole =
        new Reference(model, Arithmetic.CANONICAL_F32)
            .conditioning(piece.features(), Arithmetic.widen(piece.speaker()));
    int lead = model.utterance().leadFrames();
    return new Conditioning(
        whole.hop(),
        from(whole.frames(), lead),
        from(whole.samples(), lead * model.features().hop() / model.network().samplesPerStep()));
  }

  private static double[][] from(double[][] vectors, int first) {
    return vectors.length == 0 ? vectors : Arrays.copyOfRange(vectors, first, vectors.length);
  }
}

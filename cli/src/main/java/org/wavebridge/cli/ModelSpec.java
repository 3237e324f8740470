package org.wavebridge.cli;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.CosineModulatedBank;
import org.wavebridge.graphs.model.ExcitationDraw;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.network.lpcnet.LpcNetNetwork;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.graphs.random.RandomModels.ConditionerShape;
import org.wavebridge.graphs.random.RandomModels.ContextShape;

/**
 * A model of random weights, given in words: {@code
 * dual-softmax:H=1024,density=0.05,block=16x1,rate=24000} or {@code
 * residual-gru:R=512,classes=512,bands=4,density=0.3} or {@code
 * multi-band-gru:H=1024,density=0.0625} or {@code lpcnet:H=384,M=16} or {@code
 * embedding-gru:H=896}; the first two with {@code factor=16,horizon=64,chunk=1} it is a model of
 * subscale generation.
 */
final class ModelSpec {
  private static final int SEED = 1;
  private static final Map<String, String> DUAL =
      withSubscale(
          Map.of("H", "896", "density", "1", "heads", "", "block", "16x1", "rate", "24000"));
  private static final Map<String, String> RESIDUAL =
      withSubscale(
          Map.ofEntries(
              Map.entry("R", "512"),
              Map.entry("classes", "512"),
              Map.entry("mixtures", "0"),
              Map.entry("mels", "80"),
              Map.entry("channels", ""),
              Map.entry("blocks", "1"),
              Map.entry("upsample", "5x5x11"),
              Map.entry("bands", "1"),
              Map.entry("density", "1"),
              Map.entry("block", "16x1")));

  private static final Map<String, String> EMBEDDING =
      Map.of("H", "896", "classes", "1024", "density", "1", "block", "16x1");

  private static final Map<String, String> MULTI_BAND =
      Map.of("H", "1024", "density", "0.0625", "bands", "4", "mixtures", "8", "block", "16x1");

  private static final Map<String, String> LPCNET =
      Map.of(
          "H",
          "384",
          "M",
          "16",
          "condition",
          "128",
          "density",
          "0.1",
          "block",
          "8x4",
          "draw",
          "tree");

  /** Four layers of 64 channels; the context reaches 30 positions back. */
  private static final List<ContextShape> CONTEXT =
      List.of(
          new ContextShape(64, 3, 1, true),
          new ContextShape(64, 3, 2, true),
          new ContextShape(64, 3, 4, true),
          new ContextShape(64, 3, 8, true));

  private final String spec;
  private final Map<String, String> values = new LinkedHashMap<>();

  private ModelSpec(String spec, Map<String, String> defaults) {
    this.spec = spec;
    values.putAll(defaults);
    int colon = spec.indexOf(':');
    for (String part : colon < 0 ? new String[0] : spec.substring(colon + 1).split(",")) {
      String[] pair = part.split("=", 2);
      if (pair.length != 2 || !defaults.containsKey(pair[0])) {
        throw wrong("'%s' is none of %s".formatted(part, new TreeSet<>(defaults.keySet())));
      }
      values.put(pair[0], pair[1]);
    }
  }

  /**
   * Makes the model.
   *
   * @throws IllegalArgumentException if the words make no model; the message says why
   */
  static VocoderModel model(String spec) {
    String kind = spec.replaceAll(":.*", "");
    return switch (kind) {
      case "dual-softmax" -> {
        ModelSpec words = new ModelSpec(spec, DUAL);
        yield words.subscale(words.dual());
      }
      case "residual-gru" -> {
        ModelSpec words = new ModelSpec(spec, RESIDUAL);
        yield words.subscale(words.residual());
      }
      case "multi-band-gru" -> new ModelSpec(spec, MULTI_BAND).multiBand();
      case "lpcnet" -> new ModelSpec(spec, LPCNET).lpcNet();
      case "embedding-gru" -> new ModelSpec(spec, EMBEDDING).embedding();
      default ->
          throw new IllegalArgumentException(
              "--model: expected one of %s, found '%s'"
                  .formatted(
                      new TreeSet<>(
                          Set.of(
                              "dual-softmax",
                              "residual-gru",
                              "multi-band-gru",
                              "embedding-gru",
                              "lpcnet")),
                      kind));
    };
  }

  private static Map<String, String> withSubscale(Map<String, String> network) {
    Map<String, String> all = new HashMap<>(network);
    all.putAll(Map.of("factor", "0", "horizon", "64", "chunk", "1"));
    return all;
  }

  /** The model with subscale generation, if there is a factor. */
  private VocoderModel subscale(VocoderModel model) {
    if (text("factor").equals("0")) {
      return model;
    }
    int horizon = count("horizon");
    int chunk = number("chunk");
    try {
      return RandomModels.subscale(
          SEED, model, number("factor"), horizon, chunk, chunk == 1, CONTEXT);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private VocoderModel dual() {
    double density = share("density");
    double heads = text("heads").isEmpty() ? density : share("heads");
    int hidden = number("H");
    BlockShape block = block();
    if (hidden % 2 != 0 || hidden / 2 % block.height() != 0) {
      throw wrong(
          "H / 2 = %s must be a whole multiple of the block height".formatted(hidden / 2.0));
    }
    return RandomModels.dualSoftmax(SEED, number("rate"), hidden, density, heads, block);
  }

  private VocoderModel residual() {
    int mixtures = Integer.parseInt("0" + text("mixtures"));
    Head head =
        mixtures > 0
            ? new Head.MixtureOfLogistics(mixtures)
            : new Head.Categorical(number("classes"));
    int mels = number("mels");
    int channels = text("channels").isEmpty() ? mels : number("channels");
    ConditionerShape conditioner =
        new ConditionerShape(mels, channels, count("blocks"), factors("upsample"), 2);
    int hidden = number("R");
    int bands = number("bands");
    BlockShape block = block();
    double density = share("density");
    if (density < 1
        && (hidden % block.height() != 0 || bands * head.outputs() % block.height() != 0)) {
      throw wrong(
          "R = %d and %d outputs must be whole multiples of the block height"
              .formatted(hidden, bands * head.outputs()));
    }
    if (bands == 1) {
      return RandomModels.residualGru(SEED, hidden, conditioner, head, density, block);
    }
    if (bands > CosineModulatedBank.MOST_BANDS || !text("factor").equals("0")) {
      throw wrong(
          "bands %d: expected 1 to %d, and without sub-tensors"
              .formatted(bands, CosineModulatedBank.MOST_BANDS));
    }
    return RandomModels.subBand(
        SEED, hidden, conditioner, head, CosineModulatedBank.kaiser(bands, 16, 9), density, block);
  }

  private List<Integer> factors(String key) {
    String text = text(key);
    if (!text.matches("[1-9]\\d{0,2}(x[1-9]\\d{0,2}){0,3}")) {
      throw wrong("%s '%s' is no list of factors such as 5x5x11".formatted(key, text));
    }
    return Arrays.stream(text.split("x")).map(Integer::parseInt).toList();
  }

  private VocoderModel multiBand() {
    int hidden = number("H");
    BlockShape block = block();
    int bands = number("bands");
    if (hidden % 8 != 0 || hidden / 4 % block.height() != 0) {
      throw wrong(
          "H / 4 = %s must be a whole multiple of the block height".formatted(hidden / 4.0));
    }
    if (bands < 2 || bands > CosineModulatedBank.MOST_BANDS) {
      throw wrong("bands %d: expected 2 to %d".formatted(bands, CosineModulatedBank.MOST_BANDS));
    }
    BandSynthesis synthesis =
        Integer.bitCount(bands) == 1
            ? RandomModels.tree(Integer.numberOfTrailingZeros(bands))
            : CosineModulatedBank.kaiser(bands, 16, 9);
    return RandomModels.multiBand(
        SEED, hidden, 160, synthesis, 20, number("mixtures"), share("density"), block);
  }

  private VocoderModel lpcNet() {
    int hidden = number("H");
    BlockShape block = block();
    if (3 * hidden % block.height() != 0) {
      throw wrong("3 H = %d must be a whole multiple of the block height".formatted(3 * hidden));
    }
    boolean tree = text("draw").equals("tree");
    if (!tree && !text("draw").equals("softmax")) {
      throw wrong("draw '%s': expected tree or softmax".formatted(text("draw")));
    }
    if (number("condition") < LpcNetNetwork.ORDER) {
      throw wrong("condition %s: expected 16 or more".formatted(text("condition")));
    }
    return RandomModels.lpcNet(
        SEED,
        hidden,
        number("M"),
        number("condition"),
        share("density"),
        block,
        tree ? ExcitationDraw.TREE : ExcitationDraw.SOFTMAX,
        false);
  }

  private VocoderModel embedding() {
    int hidden = number("H");
    BlockShape block = block();
    if (hidden % 2 != 0 || 3 * hidden % block.height() != 0) {
      throw wrong(
          "H = %d must be even, and 3 H a whole multiple of the block height".formatted(hidden));
    }
    int classes = number("classes");
    if (Integer.bitCount(classes) != 1 || classes < 4 || classes > Head.MOST_OUTPUTS) {
      throw wrong("classes %d: expected a power of two, 4 to 16384".formatted(classes));
    }
    return RandomModels.embeddingGru(SEED, hidden, 80, 200, classes, share("density"), block);
  }

  private BlockShape block() {
    String text = text("block");
    if (!text.matches("[1-9]\\d{0,2}x[1-9]\\d{0,2}")) {
      throw wrong("block '%s' is no shape such as 16x1".formatted(text));
    }
    String[] sides = text.split("x");
    return new BlockShape(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
  }

  private int number(String key) {
    String text = text(key);
    if (!text.matches("[1-9]\\d{0,6}")) {
      throw wrong("%s '%s' is no whole number above 0".formatted(key, text));
    }
    return Integer.parseInt(text);
  }

  private int count(String key) {
    String text = text(key);
    if (!text.matches("\\d{1,5}")) {
      throw wrong("%s '%s' is no whole number of 0 or more".formatted(key, text));
    }
    return Integer.parseInt(text);
  }

  private double share(String key) {
    String text = text(key);
    if (!text.matches("0?\\.\\d+|1(\\.0*)?|0\\.\\d+")) {
      throw wrong("%s '%s' is no number above 0 and up to 1".formatted(key, text));
    }
    return Double.parseDouble(text);
  }

  private String text(String key) {
    return values.getOrDefault(key, "");
  }

  private IllegalArgumentException wrong(String why) {
    return new IllegalArgumentException("--model %s: %s".formatted(spec, why));
  }
}

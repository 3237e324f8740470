package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.contract.Activations;
import org.wavebridge.graphs.model.BlockShape;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** How {@code export} makes a network smaller. */
final class CompressionOptions {
  private static final String NONE = "none";
  private static final String AUTO = "auto";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--calibrate",
      arity = "1..*",
      paramLabel = "FILE",
      parameterConsumer = Pairs.class,
      description = {
        "Utterances to compress the network by, each as features and recording: M.npy A.wav [M.npy A.wav ...].",
        "Without the option audio that the network makes itself is taken. With 'none' int8 weights are rounded to the nearest."
      })
  private List<String> calibrate = List.of();

  @Option(
      names = "--activations",
      paramLabel = "BITS",
      defaultValue = AUTO,
      description = {
        "Bits of the inputs of int8 products: 8, 12, or auto. Default: auto.",
        "auto takes 8, the faster ones, where int8 then costs less than 0.01 bits per sample, else 12."
      })
  private String activations = AUTO;

  @Option(
      names = "--sparsify",
      paramLabel = "DENSITY[,BLOCK][,LAYER=DENSITY...]",
      converter = Sparsity.Reader.class,
      description = {
        "Remove blocks from the large matrices of a step until this share is left of them all, and adjust the others.",
        "Each layer loses as many as it can do without; LAYER=DENSITY says how many one keeps.",
        "BLOCK is 16x1, 8x1, 4x4, 1x4 or auto, which measures the first three. Default: auto."
      })
  private @Nullable Sparsity sparsity;

  @Option(
      names = "--accept-loss",
      description = "Write a sparse network also where it loses more than 0.1 bits per sample.")
  private boolean acceptLoss;

  @Option(
      names = "--report",
      paramLabel = "R.html",
      description =
          "Write a page about the sparse network: bits and speed, also of other densities.")
  private @Nullable Path page;

  /**
   * What {@code --sparsify} asks for.
   *
   * @param density above 0 and below 1
   * @param block empty where shapes are to be tried
   * @param layers densities of layers by name, for those that have one of their own
   */
  record Sparsity(double density, Optional<BlockShape> block, Map<String, Double> layers) {
    /** The shapes that kernels have vectors for. */
    private static final List<BlockShape> SHAPES =
        List.of(
            new BlockShape(16, 1),
            new BlockShape(8, 1),
            new BlockShape(4, 4),
            new BlockShape(1, 4));

    /** Reads {@code DENSITY[,BLOCK][,LAYER=DENSITY...]}. */
    static final class Reader implements ITypeConverter<Sparsity> {
      @Override
      public Sparsity convert(String text) {
        List<String> parts = List.of(text.split(",", -1));
        Map<String, Double> layers = new LinkedHashMap<>();
        int own = parts.size();
        while (own > 1 && parts.get(own - 1).contains("=")) {
          own--;
          String[] layer = parts.get(own).split("=", 2);
          layers.put(layer[0], density(layer[1], text));
        }
        Optional<BlockShape> block = Optional.empty();
        if (own > 2) {
          throw refused(text);
        }
        if (own == 2 && !AUTO.equals(parts.get(1))) {
          block = SHAPES.stream().filter(each -> each.toString().equals(parts.get(1))).findFirst();
          if (block.isEmpty()) {
            throw refused(text);
          }
        }
        return new Sparsity(density(parts.get(0), text), block, layers);
      }

      private static double density(String word, String text) {
        if (!word.matches("0?\\.\\d+")) {
          throw refused(text);
        }
        double density = Double.parseDouble(word);
        if (!(density > 0)) {
          throw new TypeConversionException("expected a density above 0, found " + word);
        }
        return density;
      }

      private static TypeConversionException refused(String text) {
        return new TypeConversionException(
            "expected a density between 0 and 1, one of %s or auto, and densities of layers, such as 0.5,16x1 or 0.5,16x1,fc1=0.8; found '%s'"
                .formatted(SHAPES, text));
      }
    }

    /** The shapes to try. */
    List<BlockShape> shapes() {
      return block.map(List::of).orElse(SHAPES.subList(0, 3));
    }
  }

  /** Takes pairs of files, so that a checkpoint may come after them. */
  static final class Pairs implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> left, ArgSpec option, CommandSpec command) {
      List<String> taken = new ArrayList<>();
      if (!left.isEmpty() && left.peek().equalsIgnoreCase(NONE)) {
        taken.add(left.pop());
      } else {
        while (left.size() > 1 && isFile(left.peek()) && isFile(left.get(left.size() - 2))) {
          taken.add(left.pop());
          taken.add(left.pop());
        }
      }
      if (taken.isEmpty()) {
        throw new ParameterException(
            command.commandLine(),
            "--calibrate: expected features and recordings in turns (M.npy A.wav), or none");
      }
      option.setValue(taken);
    }

    private static boolean isFile(String word) {
      return word.equals("-") || !word.startsWith("-");
    }
  }

  /** Whether int8 weights are rounded to the nearest, without calibration. */
  boolean uncalibrated() {
    return calibrate.size() == 1;
  }

  /** Features and recordings in turns; none where the network makes its own audio. */
  List<Path> recordings() {
    return uncalibrated() ? List.of() : calibrate.stream().map(Path::of).toList();
  }

  /** The sparse network asked for. */
  Optional<Sparsity> sparsity() {
    return Optional.ofNullable(sparsity);
  }

  /** Whether any loss will do. */
  boolean acceptsLoss() {
    return acceptLoss;
  }

  /** Where the page about the sparse network goes. */
  Optional<Path> page() {
    return Optional.ofNullable(page);
  }

  /** The activations asked for; empty where they are chosen by what they cost. */
  Optional<Activations> activations() {
    return activations.equalsIgnoreCase(AUTO)
        ? Optional.empty()
        : Arrays.stream(Activations.values())
            .filter(each -> String.valueOf(each.bits()).equals(activations))
            .findFirst();
  }

  /**
   * Refuses options that have no effect.
   *
   * @param int8 whether int8 graphs are wanted
   */
  void require(boolean int8) {
    if (!activations.equalsIgnoreCase(AUTO) && activations().isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--activations: expected auto, 8 or 12, found '%s'".formatted(activations));
    }
    if (activations().isPresent() && !int8) {
      throw new ParameterException(
          spec.commandLine(), "--activations: is for int8; add --precision f32,int8");
    }
    if (!calibrate.isEmpty() && !int8 && sparsity == null) {
      throw new ParameterException(
          spec.commandLine(),
          "--calibrate: is for int8 and --sparsify; add --precision f32,int8 or --sparsify DENSITY");
    }
    if (sparsity != null && uncalibrated()) {
      throw new ParameterException(
          spec.commandLine(), "--sparsify: needs calibration; leave out --calibrate none");
    }
    if (sparsity == null && (acceptLoss || page != null)) {
      throw new ParameterException(
          spec.commandLine(), "--accept-loss, --report: are for --sparsify DENSITY");
    }
  }
}

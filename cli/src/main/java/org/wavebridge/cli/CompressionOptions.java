package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Stack;
import org.wavebridge.graphs.contract.Activations;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
    if (!calibrate.isEmpty() && !int8) {
      throw new ParameterException(
          spec.commandLine(), "--calibrate: is for int8; add --precision f32,int8");
    }
  }
}

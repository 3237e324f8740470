package org.wavebridge.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How bold draws are: the option of every command that makes samples of features. */
final class TemperatureOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "1",
      description = "Below 1 is more cautious, above 1 bolder. Default: 1.")
  private float temperature = 1;

  /**
   * The temperature, positive and finite.
   *
   * @throws ParameterException if another was given
   */
  float value() {
    if (!(temperature > 0) || Float.isInfinite(temperature)) {
      throw new ParameterException(
          spec.commandLine(), "--temperature: expected a number above 0, found " + temperature);
    }
    return temperature;
  }
}

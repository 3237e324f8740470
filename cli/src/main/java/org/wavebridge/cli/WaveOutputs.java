package org.wavebridge.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.wavebridge.graphs.files.OutputFile;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Where the waveforms of {@code vocode} go: a file, files in a folder, or standard output. */
final class WaveOutputs {
  private static final Set<String> OTHER_SOUND =
      Set.of(
          "aac", "aif", "aifc", "aiff", "amr", "au", "caf", "flac", "m4a", "mka", "mp2", "mp3",
          "mp4", "oga", "ogg", "opus", "raw", "snd", "spx", "webm", "wma", "wv");

  private final CommandSpec spec;
  private final Path bundle;
  private final Path output;

  WaveOutputs(CommandSpec spec, Path bundle, Path output) {
    this.spec = spec;
    this.bundle = bundle;
    this.output = output;
  }

  /** Refuses names that promise another format, and standard output for several waveforms. */
  void requireUsable(boolean several) {
    String name = String.valueOf(output.getFileName());
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    if (!several && OTHER_SOUND.contains(ending) && name.contains(".")) {
      throw misuse(
          "-o: WAV is written, not .%s; pipe it: -o - | ffmpeg -i - %s".formatted(ending, name));
    }
    if (several && InputFiles.isStandard(output)) {
      throw misuse("-o: expected a folder for several inputs, found -, standard output");
    }
  }

  /** The output of each input: of one the output itself, of several files of their names. */
  List<Path> of(List<Path> files, boolean several) {
    if (!several) {
      requireNoInputs(List.of(output), files);
      return List.of(output);
    }
    List<Path> outputs = new ArrayList<>();
    Set<Path> distinct = new HashSet<>();
    for (Path file : files) {
      String name =
          InputFiles.isStandard(file)
              ? "stdin"
              : String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", "");
      Path target = output.resolve(name + ".wav");
      if (!distinct.add(target)) {
        throw misuse("two inputs would both be written to " + target);
      }
      outputs.add(target);
    }
    requireNoInputs(outputs, files);
    try {
      Files.createDirectories(output);
    } catch (IOException e) {
      throw misuse("-o: expected a folder for several inputs, found " + output);
    }
    return outputs;
  }

  private void requireNoInputs(List<Path> outputs, List<Path> files) {
    if (!InputFiles.isStandard(outputs.get(0))) {
      List<Path> inputs = new ArrayList<>(files);
      inputs.add(bundle);
      OutputFile.requireNotInputs(outputs, inputs);
    }
  }

  /** Writes a waveform, whole or not at all where the target is a file. */
  static void write(Path target, Waveform waveform) {
    if (InputFiles.isStandard(target)) {
      StandardOutput.write(out -> WavFile.write(out, waveform));
    } else {
      WavFile.write(target, waveform);
    }
  }

  private ParameterException misuse(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}

package org.wavebridge.conformance.pcm;

import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.VocoderStream;
import org.wavebridge.runtime.WaveformDecoder;
import org.wavebridge.runtime.bench.MachineLimits;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;

/**
 * Makes the utterances of all voices in many ways and prints a line for each: the name in the table
 * of hashes, the hash, and the way; at last the CPU level that ran. A program, since the level of
 * the kernels is the same for a whole process, and since it also runs in an emulator. Arguments:
 * the folder of the bundles, {@code covering}, {@code all} or {@code once}, and the voices if not
 * all.
 */
public final class PcmProgram {
  static final long SEED = 16;
  private static final int ROWS = 16;
  private static final int OURS = 11;

  private final PcmVoice voice;
  private final Vocoder vocoder;
  private final String precision;

  private PcmProgram(PcmVoice voice, Vocoder vocoder, String precision) {
    this.voice = voice;
    this.vocoder = vocoder;
    this.precision = precision;
  }

  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    List<PcmVoice> voices =
        arguments.length == 2
            ? List.of(PcmVoice.values())
            : Arrays.stream(arguments).skip(2).map(PcmVoice::valueOf).toList();
    try {
      for (PcmVoice voice : voices) {
        for (String precision : List.of("f32", "int8")) {
          run(voice, Path.of(arguments[0]), precision, ways(arguments[1]), out);
        }
      }
      out.println("level " + MachineLimits.cpuLevel().orElse("none"));
    } catch (BackendException e) {
      out.println(e.getMessage());
    }
  }

  private static List<PcmWay> ways(String choice) {
    return switch (choice) {
      case "covering" -> PcmWay.COVERING;
      case "once" -> PcmWay.ONCE;
      default -> PcmWay.all();
    };
  }

  private static void run(
      PcmVoice voice, Path bundles, String precision, List<PcmWay> ways, PrintStream out) {
    for (int threads = 1; threads <= 4; threads++) {
      int now = threads;
      List<PcmWay> these = ways.stream().filter(way -> way.threads() == now).toList();
      if (these.isEmpty()) {
        continue;
      }
      VocoderOptions options = new VocoderOptions("cpu", precision, threads);
      try (Vocoder vocoder = Vocoder.open(bundles.resolve(voice.title()), options)) {
        PcmProgram program = new PcmProgram(voice, vocoder, precision);
        for (PcmWay way : these) {
          if (way.kind() != PcmWay.Kind.RECORDING || program.analyses()) {
            out.println(program.line(way));
          }
        }
      }
    }
  }

  private boolean analyses() {
    return vocoder.manifest().features().analysis().isPresent();
  }

  private String line(PcmWay way) {
    String name = voice.title() + "." + precision + "." + way.input();
    return name + " " + hash(make(way)) + " " + way;
  }

  private float[] make(PcmWay way) {
    GenerateOptions options = GenerateOptions.seed(SEED).withChunkFrames(way.chunk());
    return switch (way.kind()) {
      case WHOLE -> vocoder.generate(voice.features(), options, Progress.NONE).samples();
      case SINGLY -> singly(voice.features(), options);
      case ROWS -> vocoder.generateAll(rows(), options, Progress.NONE).get(OURS).samples();
      case RECORDING -> {
        Waveform recording = voice.recording(vocoder.manifest());
        yield vocoder.generate(vocoder.features(recording), options, Progress.NONE).samples();
      }
    };
  }

  /** Frames one by one; only a whole utterance is faded out. */
  private float[] singly(Features features, GenerateOptions options) {
    VocoderStream stream = vocoder.stream(options);
    List<float[]> parts = new ArrayList<>();
    for (int frame = 0; frame < features.frames(); frame++) {
      float[] one = new float[features.mels()];
      for (int m = 0; m < one.length; m++) {
        one[m] = features.values()[m * features.frames() + frame];
      }
      parts.add(stream.push(new Features(one.length, 1, one)));
    }
    parts.add(stream.finish());
    float[] samples = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, samples, at, part.length);
      at += part.length;
    }
    WaveformDecoder.fadeOut(samples, vocoder.manifest());
    return samples;
  }

  /** Sixteen utterances of other lengths and values, ours among them. */
  private List<Features> rows() {
    Features ours = voice.features();
    List<Features> rows = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      int frames = Math.max(6, ours.frames() - row);
      float[] values = ours.values().clone();
      for (int i = 0; i < values.length; i++) {
        values[i] = ours.values()[values.length - 1 - i];
      }
      rows.add(
          row == OURS
              ? ours
              : PcmVoice.part(new Features(ours.mels(), ours.frames(), values), frames));
    }
    return rows;
  }

  /** SHA-256 of the samples as a WAV file has them. */
  static String hash(float[] samples) {
    ByteBuffer pcm = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float sample : samples) {
      pcm.putShort(WavFile.toPcm16(sample));
    }
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(pcm.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}

package org.wavebridge.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.wavebridge.compress.Recording;
import org.wavebridge.compress.SpeechScale;
import org.wavebridge.conformance.cases.MadeUpFeatures;
import org.wavebridge.conformance.targets.FeatureFrames;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.InputException;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.files.FileErrors;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.LogitsConsumer;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Uniforms;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.NpyFile;
import org.wavebridge.runtime.io.Resampler;
import org.wavebridge.runtime.io.SpeakerEmbedding;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.io.Waveform;

/**
 * The audio by which a network is compressed.
 *
 * @param name for people
 * @param heard what calibration hears
 * @param judged what the cost is measured on: the same recordings, or other audio of its own
 */
record CalibrationAudio(String name, List<Utterance> heard, List<Utterance> judged) {
  private static final int SAMPLES_OF_SPEECH = 32_000;
  private static final int SAMPLES_MADE_UP = 8_000;

  /** Features, who speaks, and samples as the network emits them. */
  record Utterance(Features features, Optional<SpeakerEmbedding> speaker, float[] values) {}

  /**
   * Recordings with their features. Where the network takes a speaker, who recorded them is not
   * known; a made-up one stands in.
   *
   * @param files features and recording in turns
   * @param vocoder f32 graphs of the network
   */
  static CalibrationAudio ofFiles(List<Path> files, Vocoder vocoder, Report report) {
    BundleManifest manifest = vocoder.manifest();
    List<Utterance> utterances = new ArrayList<>();
    for (int i = 0; i < files.size(); i += 2) {
      Features features = InputFiles.features(files.get(i), manifest.features().mels());
      float[] values = InputFiles.values(files.get(i + 1), manifest, false, report);
      Utterance utterance = new Utterance(features, speaker(vocoder), values);
      try {
        // Refuses what does not belong together.
        bits(vocoder, utterance);
      } catch (InputException e) {
        throw InputFiles.named(files.get(i), e);
      }
      utterances.add(utterance);
    }
    // What the network says itself visits classes that a few recordings do not.
    List<Features> spoken = utterances.stream().map(Utterance::features).toList();
    List<Utterance> heard = new ArrayList<>(utterances);
    heard.addAll(generated(vocoder, spoken, 11));
    String name = files.size() == 2 ? files.get(1).toString() : files.size() / 2 + " recordings";
    return new CalibrationAudio(name, heard, utterances);
  }

  /**
   * What the network says by itself for the utterance that ships with the demo voice and for
   * made-up features. Where the features of a recording cannot be computed, that utterance is
   * brought to the scale that the network seems to expect, once as it is and once spread, so that
   * features come that a wrong scale would leave out.
   *
   * @param vocoder f32 graphs of the network
   */
  static CalibrationAudio ofItself(VocoderModel model, Vocoder vocoder) {
    List<Features> spoken = new ArrayList<>();
    String name = "its own audio for made-up features, which may be unlike speech";
    Optional<Features> guessed = vocoder.analysesRecordings() ? Optional.empty() : guess(model);
    if (vocoder.analysesRecordings()) {
      spoken.add(speech(vocoder, model));
      name = "its own audio";
    } else if (guessed.isPresent()) {
      spoken.add(guessed.get());
      name = "its own audio for features of speech at a guessed scale";
    }
    int frames = SAMPLES_MADE_UP / model.features().hop() + 3;
    spoken.add(MadeUpFeatures.of(model, frames));
    List<Features> heard = new ArrayList<>(spoken);
    guessed.map(CalibrationAudio::spread).ifPresent(heard::add);
    return new CalibrationAudio(name, generated(vocoder, heard, 11), generated(vocoder, spoken, 1));
  }

  /** Features of speech at the scale that the network's norms tell of. */
  private static Optional<Features> guess(VocoderModel model) {
    double[][] logarithms =
        FeatureFrames.of(
            resource(
                DemoCommand.MEL,
                (name, in) -> Features.of(NpyFile.read(in, name), DemoCommand.MELS)));
    int mels = model.features().mels();
    int frames = Math.min(logarithms.length, SAMPLES_OF_SPEECH / model.features().hop() + 1);
    double[][] heard = Arrays.copyOf(logarithms, frames);
    return SpeechScale.of(model, heard).map(scale -> features(scale.features(heard, mels), mels));
  }

  private static Features features(double[][] frames, int mels) {
    float[] values = new float[mels * frames.length];
    for (int frame = 0; frame < frames.length; frame++) {
      for (int mel = 0; mel < mels; mel++) {
        values[mel * frames.length + frame] = (float) frames[frame][mel];
      }
    }
    return new Features(mels, frames.length, values);
  }

  /** The same twice as far from their mean. */
  private static Features spread(Features features) {
    double mean = 0;
    for (float value : features.values()) {
      mean += value / features.values().length;
    }
    float[] values = new float[features.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (2 * features.values()[i] - mean);
    }
    return new Features(features.mels(), features.frames(), values);
  }

  private static Optional<SpeakerEmbedding> speaker(Vocoder vocoder) {
    return SpeakerEmbedding.madeUp(vocoder.manifest().speakerSize());
  }

  private static List<Utterance> generated(Vocoder vocoder, List<Features> spoken, long seed) {
    Optional<SpeakerEmbedding> speaker = speaker(vocoder);
    GenerateOptions options = GenerateOptions.seed(seed).with(speaker);
    return spoken.stream()
        .map(
            features ->
                new Utterance(
                    features,
                    speaker,
                    vocoder.generateValues(features, new Uniforms(seed), options)))
        .toList();
  }

  private static Features speech(Vocoder vocoder, VocoderModel model) {
    Waveform speech = resource(DemoCommand.RECORDING, WavFile::readChannels).mixed();
    Waveform resampled = Resampler.resample(speech, model.audio().sampleRate());
    float[] samples = resampled.samples();
    float[] cut = Arrays.copyOf(samples, Math.min(samples.length, SAMPLES_OF_SPEECH));
    return vocoder.features(new Waveform(cut, resampled.sampleRate()));
  }

  /** A file of the demo voice. */
  private static <T> T resource(String file, BiFunction<String, InputStream, T> reader) {
    String name = "demo/" + file;
    try (InputStream resource = DemoCommand.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new BackendException("this build does not carry " + name);
      }
      return reader.apply(name, resource);
    } catch (IOException e) {
      throw new BackendException(name + ": cannot be read: " + FileErrors.reason(e), e);
    }
  }

  /** What calibration hears, as it takes it. */
  List<Recording> recordings() {
    return heard.stream()
        .map(
            each ->
                new Recording(
                    FeatureFrames.of(each.features()),
                    each.speaker().map(SpeakerEmbedding::values).orElse(new float[0]),
                    each.values()))
        .toList();
  }

  /** Bits per sample of what the cost is measured on. */
  double bits(Vocoder vocoder) {
    double bits = 0;
    long samples = 0;
    for (Utterance each : judged) {
      bits += bits(vocoder, each) * each.values().length;
      samples += each.values().length;
    }
    return bits / samples;
  }

  private static double bits(Vocoder vocoder, Utterance utterance) {
    return vocoder
        .score(
            utterance.features(),
            utterance.speaker(),
            utterance.values(),
            LogitsConsumer.NONE,
            Progress.NONE)
        .bitsPerSample();
  }
}

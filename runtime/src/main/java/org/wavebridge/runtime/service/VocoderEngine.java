package org.wavebridge.runtime.service;

import java.util.ArrayList;
import java.util.List;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderStream;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.SpeakerEmbedding;

/** Streams of an opened bundle. */
final class VocoderEngine implements Engine {
  /** Frames that {@link VocoderStream#ready} is asked about: more than any stream waits for. */
  private static final int MANY = 1 << 24;

  private final Vocoder vocoder;
  private final Format format;

  VocoderEngine(Vocoder vocoder) {
    this.vocoder = vocoder;
    BundleManifest manifest = vocoder.manifest();
    this.format =
        new Format(
            manifest.features().mels(),
            manifest.features().hop(),
            manifest.audio().sampleRate(),
            vocoder.subscale().isEmpty(),
            vocoder.latency().aheadFrames().isEmpty());
  }

  @Override
  public Format format() {
    return format;
  }

  @Override
  public Voice voice(StreamOptions options) {
    GenerateOptions made =
        GenerateOptions.seed(options.seed())
            .withTemperature(options.temperature())
            .with(options.speaker());
    return new Sequence(
        vocoder.stream(made), new EndFade(vocoder.manifest(), options.fade()), format.mels());
  }

  @Override
  public StreamOptions anyone(long seed) {
    return StreamOptions.seed(seed).with(SpeakerEmbedding.madeUp(vocoder.manifest().speakerSize()));
  }

  @Override
  public List<float[]> advance(List<Voice> voices, int frames) {
    List<VocoderStream> streams = new ArrayList<>();
    for (Voice voice : voices) {
      streams.add(((Sequence) voice).stream);
    }
    List<float[]> made = vocoder.advance(streams, frames);
    List<float[]> faded = new ArrayList<>();
    for (int n = 0; n < made.size(); n++) {
      Sequence voice = (Sequence) voices.get(n);
      boolean last = voice.ended && voice.stream.isDone();
      faded.add(voice.fade.pass(made.get(n), voice.frames, last));
    }
    return faded;
  }

  /** One utterance of the vocoder. */
  private static final class Sequence implements Voice {
    private final VocoderStream stream;
    private final EndFade fade;
    private final int mels;
    private long frames;
    private boolean ended;

    Sequence(VocoderStream stream, EndFade fade, int mels) {
      this.stream = stream;
      this.fade = fade;
      this.mels = mels;
    }

    @Override
    public void add(float[] more) {
      int count = more.length / mels;
      float[] values = new float[more.length];
      for (int frame = 0; frame < count; frame++) {
        for (int mel = 0; mel < mels; mel++) {
          values[mel * count + frame] = more[frame * mels + mel];
        }
      }
      stream.add(new Features(mels, count, values));
      frames += count;
    }

    @Override
    public void end() {
      if (!ended) {
        stream.end();
        ended = true;
      }
    }

    @Override
    public int ready(long more, boolean end) {
      return stream.ready(more, end);
    }

    @Override
    public long needed(int count) {
      int ready = stream.ready(MANY, false);
      return ready == 0 ? Long.MAX_VALUE : Math.max(0, count + fade.frames() + (long) MANY - ready);
    }

    @Override
    public boolean done() {
      return stream.isDone() && fade.held() == 0;
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}

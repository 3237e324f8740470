package org.wavebridge.runtime.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.Head;
import org.wavebridge.graphs.model.Utterance;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.WaveformDecoder;

/** A fade that comes in pieces is that of the whole. */
final class EndFadeTest {
  private static final int HOP = 6;

  private static BundleManifest manifest(int fadeFrames, Utterance utterance) {
    VocoderModel model =
        RandomModels.residualGru(2, 16, 6, List.of(2, 3), new Head.Categorical(64));
    AudioFormat audio = model.audio();
    VocoderModel faded =
        new VocoderModel(
            model.family(),
            new AudioFormat(audio.sampleRate(), audio.bits(), audio.encoding(), 0.9f, fadeFrames),
            model.features(),
            model.conditioner(),
            model.network(),
            Optional.empty(),
            utterance);
    return BundleManifest.of(
        faded, Optional.empty(), "test", List.of(), new BundleManifest.Source("random", "0"));
  }

  private static BundleManifest manifest(int fadeFrames, boolean fadesShort) {
    return manifest(fadeFrames, fadesShort ? Utterance.PLAIN : Utterance.PLAIN.withoutShortFade());
  }

  @ParameterizedTest
  @CsvSource({"0, true", "1, true", "4, true", "4, false", "9, true", "9, false"})
  void piecesGiveWhatTheWholeGives(int fadeFrames, boolean fadesShort) {
    assertPieces(manifest(fadeFrames, fadesShort), fadeFrames * HOP);
  }

  @Test
  void fadesOfSamplesAndBeforeDeEmphasis() {
    assertPieces(manifest(4, Utterance.PLAIN.fadingEmphasised()), 4 * HOP);
    assertPieces(manifest(0, Utterance.PLAIN.withFadeSamples(20)), 20);
    assertPieces(manifest(4, Utterance.PLAIN.withFadeSamples(13).fadingEmphasised()), 13);
  }

  private static void assertPieces(BundleManifest manifest, int length) {
    Random random = new Random(length);
    for (int frames = 1; frames < 30; frames++) {
      float[] whole = new float[frames * HOP];
      for (int i = 0; i < whole.length; i++) {
        whole[i] = random.nextFloat() - 0.5f;
      }
      float[] expected = whole.clone();
      WaveformDecoder.fadeOut(expected, manifest);
      EndFade fade = new EndFade(manifest, true);
      float[] given = {};
      int made = 0;
      int known = 0;
      while (made < whole.length) {
        known = Math.min(frames, known + random.nextInt(6));
        int count =
            Math.min(whole.length - made, random.nextInt(1 + Math.max(0, known * HOP - made)));
        boolean last = made + count == whole.length;
        // One frame of an utterance has no samples.
        float[] piece = fade.pass(Arrays.copyOfRange(whole, made, made + count), known + 1, last);
        made += count;
        given = Arrays.copyOf(given, given.length + piece.length);
        System.arraycopy(piece, 0, given, given.length - piece.length, piece.length);
        assertEquals(made, given.length + fade.held());
        assertTrue(fade.held() <= length, "held " + fade.held());
      }
      assertArrayEquals(expected, given, frames + " frames");
    }
  }

  @Test
  void nothingIsHeldWhereNothingFades() {
    EndFade fade = new EndFade(manifest(4, true), false);
    float[] piece = {1, 2, 3};
    assertArrayEquals(piece, fade.pass(piece, 1, true));
    assertEquals(0, fade.held() + fade.frames());
  }
}

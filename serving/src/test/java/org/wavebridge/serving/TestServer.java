package org.wavebridge.serving;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.bundle.StagedBundle;
import org.wavebridge.graphs.model.AudioFormat;
import org.wavebridge.graphs.model.BlockShape;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.graphs.quantize.Quantizer;
import org.wavebridge.graphs.random.RandomModels;
import org.wavebridge.runtime.GenerateOptions;
import org.wavebridge.runtime.Progress;
import org.wavebridge.runtime.Vocoder;
import org.wavebridge.runtime.VocoderOptions;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.NpyArray;
import org.wavebridge.runtime.io.NpyFile;
import org.wavebridge.runtime.io.WavFile;
import org.wavebridge.runtime.service.ServiceOptions;
import org.wavebridge.serving.ServeOptions.Limits;
import org.wavebridge.serving.engine.ServedModel.Opening;

/** Servers of small random voices, and what the runtime makes without a server. */
final class TestServer {
  static final int MELS = 6;
  static final int HOP = 60;

  /** Frames of the fade at the end of an utterance. */
  static final int FADE = 3;

  private TestServer() {}

  /** Options for a free port of this machine. */
  static ServeOptions options(Path folder) {
    ServiceOptions service =
        ServiceOptions.defaults().withCalls(4, 1).withCache(folder.resolve("cache"));
    return new ServeOptions(
        "127.0.0.1",
        0,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Duration.ofSeconds(20),
        Limits.defaults(),
        new Opening("cpu", List.of(), 1, service),
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }

  /** A voice in f32 and int8, whose utterances end with a fade. */
  static Path bundle(Path target, long seed) {
    VocoderModel plain = RandomModels.dualSoftmax(seed, 32, MELS, HOP, 0.3, new BlockShape(16, 1));
    AudioFormat audio = plain.audio();
    VocoderModel model =
        new VocoderModel(
            plain.family(),
            new AudioFormat(
                audio.sampleRate(), audio.bits(), audio.encoding(), audio.deEmphasis(), FADE),
            plain.features(),
            plain.conditioner(),
            plain.network(),
            plain.subscale(),
            plain.utterance());
    return bundle(target, model);
  }

  /** The bundle of a model, in f32 and int8. */
  static Path bundle(Path target, VocoderModel model) {
    try (StagedBundle staged =
        StagedBundle.write(
            model,
            Optional.of(Quantizer.quantise(model)),
            new BundleManifest.Source("random", "0"),
            "test",
            target)) {
      return staged.publish();
    }
  }

  static Features features(int frames) {
    Random random = new Random(frames);
    float[] values = new float[MELS * frames];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return new Features(MELS, frames, values);
  }

  static byte[] npy(Features features) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      NpyFile.write(out, NpyArray.of(features.values(), features.mels(), features.frames()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** Frame after frame. */
  static byte[] raw(Features features) {
    ByteBuffer data =
        ByteBuffer.allocate(4 * features.values().length).order(ByteOrder.LITTLE_ENDIAN);
    for (int frame = 0; frame < features.frames(); frame++) {
      for (int mel = 0; mel < features.mels(); mel++) {
        data.putFloat(features.at(mel, frame));
      }
    }
    return data.array();
  }

  /** The file that {@code vocode} writes. */
  static byte[] vocode(
      Path bundle, String precision, Features features, long seed, float temperature) {
    return vocode(
        bundle, precision, features, GenerateOptions.seed(seed).withTemperature(temperature));
  }

  static byte[] vocode(Path bundle, String precision, Features features, GenerateOptions options) {
    VocoderOptions opening = new VocoderOptions("cpu", precision, 1, OptionalInt.empty());
    try (Vocoder vocoder = Vocoder.open(bundle, opening)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      WavFile.write(out, vocoder.generate(features, options, Progress.NONE));
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static URI uri(VocoderServer server, String path) {
    return uri(server.port(), path);
  }

  static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** Posts a body; headers are names and values in turn. */
  static HttpResponse<byte[]> post(
      VocoderServer server, String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    return post(server.port(), path, body, headers);
  }

  static HttpResponse<byte[]> post(int port, String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(port, path)).POST(BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofByteArray());
  }

  static HttpResponse<String> get(VocoderServer server, String path)
      throws IOException, InterruptedException {
    return get(server.port(), path);
  }

  /** By HTTP/1.1, as probes and Prometheus ask. */
  static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .build()
        .send(HttpRequest.newBuilder(uri(port, path)).build(), BodyHandlers.ofString());
  }
}

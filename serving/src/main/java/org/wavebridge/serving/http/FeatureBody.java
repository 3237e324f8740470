package org.wavebridge.serving.http;

import com.linecorp.armeria.common.MediaType;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.wavebridge.graphs.InputException;
import org.wavebridge.runtime.io.Features;
import org.wavebridge.runtime.io.NpyFile;
import org.wavebridge.serving.engine.Refusal;
import org.wavebridge.serving.engine.Refusal.Kind;

/** Features in the body of a request: an {@code .npy} file, or float32 frame after frame. */
final class FeatureBody {
  /** Where messages say that the features are. */
  private static final String BODY = "body";

  private FeatureBody() {}

  /** The kinds of body. */
  enum Type {
    /** An {@code .npy} file. */
    NPY,
    /** Frames, {@code [frames, mels]}, float32, little endian. */
    RAW,
    /** Either: the first bytes tell. */
    ANY
  }

  /**
   * What a body is.
   *
   * @throws Refusal if features do not come in this type
   */
  static Type type(@Nullable MediaType type) {
    String name = type == null ? "" : type.nameWithoutParameters();
    return switch (name) {
      case "application/x-npy", "application/npy", "application/vnd.numpy" -> Type.NPY;
      case "audio/x-f32le", "application/x-f32le" -> Type.RAW;
      case "", "application/octet-stream" -> Type.ANY;
      default ->
          throw new Refusal(
              Kind.UNSUPPORTED,
              "Content-Type: expected application/x-npy (a .npy file) or application/octet-stream (float32 frames), found '%s'"
                  .formatted(name.length() <= 80 ? name : name.substring(0, 80)));
    };
  }

  /** Whether bytes begin as an {@code .npy} file does. */
  static boolean isNpy(byte[] start) {
    return start.length > 1 && start[0] == (byte) 0x93 && start[1] == 'N';
  }

  /**
   * The features of a whole body, frame after frame, {@code [frames, mels]}.
   *
   * @throws InputException if they cannot be read, or do not have this number of mels
   */
  static float[] frames(byte[] body, Type type, int mels) {
    if (type == Type.NPY || (type == Type.ANY && isNpy(body))) {
      Features features = Features.of(NpyFile.read(new ByteArrayInputStream(body), BODY), mels);
      float[] frames = new float[features.values().length];
      for (int i = 0; i < frames.length; i++) {
        frames[i] = features.at(i % mels, i / mels);
      }
      return frames;
    }
    if (body.length == 0 || body.length % (4 * mels) != 0) {
      throw new InputException(
          "%s: expected whole frames of %d float32 values (%d bytes each), found %d bytes"
              .formatted(BODY, mels, 4 * mels, body.length));
    }
    return floats(body, body.length);
  }

  /** The first bytes as little-endian floats. */
  static float[] floats(byte[] bytes, int length) {
    float[] values = new float[length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }
}

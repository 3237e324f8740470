package org.wavebridge.graphs.op;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wavebridge.graphs.assemble.OnnxChecker;
import org.wavebridge.graphs.contract.Activations;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.Value;

/**
 * The quantised layer's body in stock ONNX Runtime, bit for bit the product that docs/numerics.md
 * defines.
 */
final class Int8LayerTest {
  @ParameterizedTest
  @CsvSource({
    "1,8,4,true,8",
    "1,128,256,false,8",
    "3,100,48,false,8",
    "2,256,64,true,8",
    "1,1500,32,false,8",
    "1,8,4,true,12",
    "3,100,48,false,12",
    "2,256,64,true,12",
    "1,8000,32,false,12"
  })
  void bodyIsExact(int rows, int inputs, int outputs, boolean bounded, int bits)
      throws OrtException {
    Activations activations = Activations.of(bits);
    int most = activations.largest();
    Random random = new Random(inputs);
    float[] x = new float[rows * inputs];
    for (int i = 0; i < x.length; i++) {
      x[i] = (2 * random.nextFloat() - 1) * (bounded ? 1 : 7);
    }
    byte[] w = new byte[outputs * inputs];
    for (int i = 0; i < w.length; i++) {
      w[i] = (byte) (random.nextInt(255) - 127);
    }
    float[] scales = new float[outputs];
    float[] bias = new float[outputs];
    for (int r = 0; r < outputs; r++) {
      scales[r] = random.nextFloat() / 100;
      bias[r] = random.nextFloat() - 0.5f;
    }
    float[] y =
        run(
            model(inputs, outputs, w, scales, bias, bounded, activations),
            x,
            rows,
            inputs,
            outputs);
    for (int n = 0; n < rows; n++) {
      float largest = bounded ? 1 : largest(x, n * inputs, inputs);
      for (int r = 0; r < outputs; r++) {
        int sum = 0;
        for (int k = 0; k < inputs; k++) {
          sum += w[r * inputs + k] * (int) Math.rint(x[n * inputs + k] * (most / largest));
        }
        float expected = (float) sum * (scales[r] * (largest / most)) + bias[r];
        assertEquals(expected, y[n * outputs + r], "row " + n + " output " + r);
      }
    }
  }

  private static float largest(float[] x, int from, int count) {
    float largest = 0;
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, Math.abs(x[i]));
    }
    return largest;
  }

  private static byte[] model(
      int inputs,
      int outputs,
      byte[] w,
      float[] scales,
      float[] bias,
      boolean bounded,
      Activations activations) {
    ModelBuilder g = new ModelBuilder("layer", "an int8 layer");
    Value x = g.input("x", Dim.N, Dim.of(inputs));
    Int8Layer layer =
        new Int8Layer(
            g.initializer("w", w, outputs, inputs),
            g.initializer("scales", scales, outputs),
            g.initializer("bias", bias, outputs),
            bounded,
            activations);
    g.output("y", layer.of(g, x), Dim.N, Dim.of(outputs));
    byte[] model = g.build().toBytes();
    OnnxChecker.check(model);
    return model;
  }

  private static float[] run(byte[] model, float[] x, int rows, int inputs, int outputs)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(model);
        OnnxTensor input =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), new long[] {rows, inputs});
        OrtSession.Result result = session.run(Map.of("x", input))) {
      float[] y = new float[rows * outputs];
      ((OnnxTensor) result.get(0)).getFloatBuffer().get(y);
      return y;
    }
  }
}

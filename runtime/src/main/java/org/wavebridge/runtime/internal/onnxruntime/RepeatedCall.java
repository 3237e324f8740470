package org.wavebridge.runtime.internal.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.wavebridge.runtime.spi.Tensor;

/**
 * Tensors of a call that is made again and again with the same shapes: making them anew takes
 * longer than a small graph does. The shapes of the outputs follow from those of the inputs. For
 * one call at a time.
 */
final class RepeatedCall implements AutoCloseable {
  private final Places inputs;
  private final Places outputs;

  private RepeatedCall(Places inputs, Places outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /**
   * The tensors of a call.
   *
   * @param made what a call with such inputs gave
   */
  static RepeatedCall of(
      OrtEnvironment environment, Map<String, Tensor> given, Map<String, Tensor> made)
      throws OrtException {
    Places inputs = Places.of(environment, given);
    try {
      return new RepeatedCall(inputs, Places.of(environment, made));
    } catch (OrtException | RuntimeException | Error e) {
      inputs.close();
      throw e;
    }
  }

  /** Whether inputs have the shapes of this call. */
  boolean fits(Map<String, Tensor> given) {
    return given.size() == inputs.places.size()
        && given.entrySet().stream()
            .allMatch(
                each -> {
                  Place place = inputs.places.get(each.getKey());
                  return place != null && Arrays.equals(each.getValue().shape(), place.shape());
                });
  }

  /** Runs the session on inputs that fit. */
  Map<String, Tensor> run(OrtSession session, Map<String, Tensor> given) throws OrtException {
    inputs.places.forEach(
        (name, place) -> {
          Tensor tensor = given.get(name);
          if (tensor != null) {
            place.buffer().put(0, tensor.values());
          }
        });
    session.run(inputs.tensors, Set.of(), outputs.tensors).close();
    Map<String, Tensor> made = new LinkedHashMap<>();
    outputs.places.forEach(
        (name, place) -> {
          float[] values = new float[place.buffer().capacity()];
          place.buffer().get(0, values);
          made.put(name, new Tensor(values, place.shape()));
        });
    return made;
  }

  @Override
  public void close() {
    inputs.close();
    outputs.close();
  }

  /** Memory of a tensor that ONNX Runtime reads or writes directly. */
  private record Place(FloatBuffer buffer, long[] shape) {}

  /** Tensors by name, and where they are. */
  private record Places(Map<String, OnnxTensor> tensors, Map<String, Place> places) {
    static Places of(OrtEnvironment environment, Map<String, Tensor> values) throws OrtException {
      Places all = new Places(new LinkedHashMap<>(), new LinkedHashMap<>());
      try {
        for (Map.Entry<String, Tensor> each : values.entrySet()) {
          Tensor tensor = each.getValue();
          FloatBuffer buffer =
              ByteBuffer.allocateDirect(Float.BYTES * tensor.values().length)
                  .order(ByteOrder.nativeOrder())
                  .asFloatBuffer();
          all.tensors.put(
              each.getKey(), OnnxTensor.createTensor(environment, buffer, tensor.shape()));
          all.places.put(each.getKey(), new Place(buffer, tensor.shape()));
        }
        return all;
      } catch (OrtException | RuntimeException | Error e) {
        all.close();
        throw e;
      }
    }

    void close() {
      tensors.values().forEach(OnnxTensor::close);
    }
  }
}

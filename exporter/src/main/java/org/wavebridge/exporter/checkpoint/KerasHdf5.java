package org.wavebridge.exporter.checkpoint;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.bundle.Sha256;

/**
 * The weights that Keras saves in HDF5: {@code model_weights/LAYER/../NAME:0}, or the same from the
 * root on, become tensors {@code LAYER/NAME}. The names of layers, also of those without weights,
 * are in the metadata under {@code layers}.
 */
final class KerasHdf5 {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  private static final String WEIGHTS = "model_weights";
  private static final List<String> OTHERS = List.of("optimizer_weights");

  /** Truth values, which are an enumeration there. */
  private static final List<String> TRUTHS = List.of("FALSE", "TRUE");

  private static final int DEEPEST = 16;

  private final Path file;
  private final Spending spending;
  private final FlatArrays arrays;

  private KerasHdf5(Path file, Spending spending) {
    this.file = file;
    this.spending = spending;
    this.arrays = new FlatArrays(file, spending);
  }

  static boolean matches(byte[] head) {
    return head.length >= SIGNATURE.length
        && Arrays.equals(Arrays.copyOf(head, SIGNATURE.length), SIGNATURE);
  }

  static Checkpoint read(Path file, byte[] bytes, Spending spending) {
    return new KerasHdf5(file, spending).read(bytes);
  }

  private Checkpoint read(byte[] bytes) {
    List<String> layers = new ArrayList<>();
    try (HdfFile hdf = HdfFile.fromBytes(bytes)) {
      Group weights = hdf.getChild(WEIGHTS) instanceof Group group ? group : hdf;
      for (Node layer : weights) {
        if (!OTHERS.contains(layer.getName())) {
          layers.add(layer.getName());
          add(layer.getName(), layer, 0);
        }
      }
    }
    return arrays.checkpoint(
        "HDF5 file of Keras", Sha256.of(bytes), Map.of("layers", List.copyOf(layers)));
  }

  private void add(String layer, Node node, int depth) {
    if (depth > DEEPEST) {
      throw new CheckpointException(
          "%s: group '%s': nested deeper than %d".formatted(file, node.getPath(), DEEPEST));
    }
    if (node instanceof Group group) {
      for (Node child : group) {
        add(layer, child, depth + 1);
      }
    } else if (node instanceof Dataset dataset) {
      add(layer, dataset);
    }
  }

  private void add(String layer, Dataset dataset) {
    String last = dataset.getName().replaceFirst(":\\d+$", "");
    String name = layer + "/" + last;
    if (arrays.has(name)) {
      throw new CheckpointException(
          "%s: expected one array '%s', found another at %s"
              .formatted(file, name, dataset.getPath()));
    }
    long[] shape = Arrays.stream(dataset.getDimensions()).asLongStream().toArray();
    long size = LongStream.of(shape).reduce(1, Math::multiplyExact);
    spending.store(Double.BYTES * size, name);
    Object values = size == 0 ? new float[0] : dataset.getDataFlat();
    if (values instanceof float[] floats) {
      ByteBuffer bytes = buffer(Float.BYTES * floats.length);
      bytes.asFloatBuffer().put(floats);
      arrays.put(name, ElementType.F32, bytes, shape);
    } else if (values instanceof double[] doubles) {
      ByteBuffer bytes = buffer(Double.BYTES * doubles.length);
      bytes.asDoubleBuffer().put(doubles);
      arrays.put(name, ElementType.F64, bytes, shape);
    } else if (values instanceof int[] integers) {
      ByteBuffer bytes = buffer(Integer.BYTES * integers.length);
      bytes.asIntBuffer().put(integers);
      arrays.put(name, ElementType.I32, bytes, shape);
    } else if (values instanceof byte[] single) {
      arrays.put(name, ElementType.I8, ByteBuffer.wrap(single), shape);
    } else if (values instanceof String[] truths && TRUTHS.containsAll(List.of(truths))) {
      ByteBuffer bytes = buffer(truths.length);
      for (String truth : truths) {
        bytes.put((byte) TRUTHS.indexOf(truth));
      }
      arrays.put(name, ElementType.BOOL, bytes.flip(), shape);
    } else {
      throw new CheckpointException(
          "%s: array '%s': expected numbers, found %s"
              .formatted(file, name, values.getClass().getSimpleName()));
    }
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}

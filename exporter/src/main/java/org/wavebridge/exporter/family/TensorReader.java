package org.wavebridge.exporter.family;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.wavebridge.exporter.checkpoint.Checkpoint;
import org.wavebridge.exporter.checkpoint.CheckpointTensor;
import org.wavebridge.graphs.CheckpointException;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.WeightMatrix;

/** A checkpoint's tensors by name, each checked for presence, shape and finite values. */
final class TensorReader {
  /** Any size. */
  static final long ANY = -1;

  /** Most missing and unexpected tensors that a message names. */
  private static final int NAMED = 8;

  private final Checkpoint checkpoint;
  private final UnaryOperator<String> names;

  TensorReader(Checkpoint checkpoint) {
    this(checkpoint, UnaryOperator.identity());
  }

  private TensorReader(Checkpoint checkpoint, UnaryOperator<String> names) {
    this.checkpoint = checkpoint;
    this.names = names;
  }

  /**
   * A reader of these tensors under other names.
   *
   * @param own from the name asked for to the checkpoint's
   */
  TensorReader named(UnaryOperator<String> own) {
    return new TensorReader(checkpoint, own);
  }

  Checkpoint checkpoint() {
    return checkpoint;
  }

  /**
   * Refuses a checkpoint that lacks tensors or has others.
   *
   * @param expected every tensor of the family
   * @param allowed names that may be there and are not used
   */
  void requireNames(String family, List<String> expected, Set<String> allowed) {
    Set<String> missing = new TreeSet<>(expected);
    missing.removeAll(checkpoint.tensors().keySet());
    Set<String> extra = new TreeSet<>(checkpoint.tensors().keySet());
    extra.removeAll(expected);
    extra.removeAll(allowed);
    if (!missing.isEmpty() || !extra.isEmpty()) {
      throw new CheckpointException(
          "%s: does not fit family '%s': missing tensors %s, unexpected tensors %s; see 'wavebridge inspect' for what fits"
              .formatted(
                  checkpoint.file(),
                  family,
                  FamilyMatch.few(missing, NAMED),
                  FamilyMatch.few(extra, NAMED)));
    }
  }

  /**
   * The shape of a tensor, of as many axes as given sizes; each size as expected unless {@link
   * #ANY}.
   */
  long[] shape(String name, long... expected) {
    long[] shape = tensor(name).shape();
    boolean fits = shape.length == expected.length;
    for (int axis = 0; fits && axis < shape.length; axis++) {
      fits = shape[axis] > 0 && (expected[axis] == ANY || expected[axis] == shape[axis]);
    }
    if (!fits) {
      throw new CheckpointException(
          "%s: tensor '%s': expected shape %s, found %s"
              .formatted(
                  checkpoint.file(),
                  names.apply(name),
                  Arrays.toString(expected).replace("-1", "any"),
                  Arrays.toString(shape)));
    }
    return shape;
  }

  /** The values of a tensor of a shape, all finite. */
  float[] floats(String name, long... expected) {
    shape(name, expected);
    if (!tensor(name).type().isFloat()) {
      throw new CheckpointException(
          "%s: tensor '%s': expected floating-point elements, found %s; is this a quantised model?"
              .formatted(checkpoint.file(), names.apply(name), tensor(name).type()));
    }
    float[] values = tensor(name).toFloats();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new CheckpointException(
            "%s: tensor '%s': element %d is %s; the checkpoint is damaged or its training diverged"
                .formatted(checkpoint.file(), names.apply(name), i, values[i]));
      }
    }
    return values;
  }

  /** How many axes a tensor has. */
  int axes(String name) {
    return tensor(name).shape().length;
  }

  /** Whether a tensor has floating-point elements. */
  boolean isFloat(String name) {
    return tensor(name).type().isFloat();
  }

  /** The numbers of a tensor of a shape, of any type. */
  double[] numbers(String name, long... expected) {
    shape(name, expected);
    return tensor(name).toDoubles();
  }

  /** A dense matrix. */
  WeightMatrix matrix(String tensor, String weight, int rows, int columns) {
    return WeightMatrix.dense(weight, rows, columns, floats(tensor, rows, columns));
  }

  /** A layer {@code tensor.weight}, {@code tensor.bias}. */
  Affine layer(String tensor, String weight, int rows, int columns) {
    return new Affine(
        matrix(tensor + ".weight", weight, rows, columns), floats(tensor + ".bias", rows));
  }

  /** Columns {@code from .. to} of a row-major matrix. */
  static WeightMatrix columns(String weight, float[] values, int rows, int from, int to) {
    int all = values.length / rows;
    float[] part = new float[rows * (to - from)];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(values, row * all + from, part, row * (to - from), to - from);
    }
    return WeightMatrix.dense(weight, rows, to - from, part);
  }

  CheckpointException refused(String message) {
    return new CheckpointException(checkpoint.file() + ": " + message);
  }

  private CheckpointTensor tensor(String name) {
    CheckpointTensor tensor = checkpoint.tensors().get(names.apply(name));
    if (tensor == null) {
      throw refused("no tensor '" + names.apply(name) + "'");
    }
    return tensor;
  }
}

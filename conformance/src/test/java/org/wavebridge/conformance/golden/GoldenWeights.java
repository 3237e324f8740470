package org.wavebridge.conformance.golden;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.AuxAffine;
import org.wavebridge.graphs.model.Convolution;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * The tensors of a golden checkpoint one after the other. In these files every tensor is a storage
 * of its own and the storages are numbered in the order of the state dictionary; so they can be
 * read without unpickling, and without the exporter, which is to be checked against them.
 */
final class GoldenWeights implements AutoCloseable {
  private final ZipFile zip;
  private final String folder;
  private int next;

  GoldenWeights(Path checkpoint, String folder) throws IOException {
    this.zip = new ZipFile(checkpoint.toFile());
    this.folder = folder;
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }

  /** Passes over a tensor. */
  void skip() {
    next++;
  }

  /** The next tensor, of a known number of values. */
  float[] values(int count) {
    String name = folder + "/data/" + next++;
    ZipEntry entry = zip.getEntry(name);
    if (entry == null || entry.getSize() != 4L * count) {
      throw new AssertionError(name + ": expected " + count + " values, found " + entry);
    }
    try (InputStream in = zip.getInputStream(entry)) {
      float[] values = new float[count];
      ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      return values;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  WeightMatrix matrix(String name, int rows, int columns) {
    return WeightMatrix.dense(name, rows, columns, values(rows * columns));
  }

  /** A weight and its bias, next to each other. */
  Affine affine(String name, int rows, int columns) {
    return new Affine(matrix(name, rows, columns), values(rows));
  }

  /** A weight and its bias, whose last columns take a slice of the aux conditioning. */
  AuxAffine auxAffine(String name, int rows, int columns, int slice) {
    return split(affine(name, rows, columns + slice), columns);
  }

  /** A convolution with a bias of its own. */
  Convolution convolution(String name, int outputs, int inputs, int width) {
    return new Convolution(
        name, outputs, inputs, width, values(outputs * inputs * width), values(outputs));
  }

  /** Cuts the columns of a layer in two. */
  static AuxAffine split(Affine layer, int columns) {
    WeightMatrix weight = layer.weight();
    return new AuxAffine(
        columns(weight, 0, columns), columns(weight, columns, weight.columns()), layer.bias());
  }

  /** The columns {@code from} to {@code to} of a matrix. */
  static WeightMatrix columns(WeightMatrix matrix, int from, int to) {
    float[] values = new float[matrix.rows() * (to - from)];
    for (int row = 0; row < matrix.rows(); row++) {
      System.arraycopy(
          matrix.values(), row * matrix.columns() + from, values, row * (to - from), to - from);
    }
    return WeightMatrix.dense(matrix.name(), matrix.rows(), to - from, values);
  }

  /**
   * A convolution without bias followed by batch normalisation: y = (w x - mean) / sqrt(variance +
   * 1e-5) * gain + shift. Reads the next four tensors, and passes over the counter after them.
   */
  Convolution normalised(String name, int outputs, int inputs, int width, float[] weight) {
    float[] gain = values(outputs);
    float[] shift = values(outputs);
    float[] mean = values(outputs);
    float[] variance = values(outputs);
    skip();
    float[] absorbed = new float[weight.length];
    float[] bias = new float[outputs];
    for (int o = 0; o < outputs; o++) {
      double factor = gain[o] / Math.sqrt(variance[o] + 1e-5);
      bias[o] = (float) (shift[o] - mean[o] * factor);
      for (int i = o * inputs * width; i < (o + 1) * inputs * width; i++) {
        absorbed[i] = (float) (weight[i] * factor);
      }
    }
    return new Convolution(name, outputs, inputs, width, absorbed, bias);
  }
}

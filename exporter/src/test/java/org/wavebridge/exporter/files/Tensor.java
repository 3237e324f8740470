package org.wavebridge.exporter.files;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A tensor to be pickled: a view of a storage.
 *
 * @param type of the storage, as PyTorch names it: {@code Float}, {@code Half}
 * @param key of the storage
 * @param elements of the storage
 * @param location such as {@code cpu}
 * @param view legacy view metadata: key, first element, elements
 * @param offset of the first element
 * @param shape sizes; numbers that fit no int are written as long
 * @param strides in elements
 */
public record Tensor(
    String type,
    String key,
    Object elements,
    String location,
    Optional<List<Object>> view,
    Object offset,
    List<Object> shape,
    List<Object> strides) {

  /** A contiguous tensor that is a storage of its own. */
  public static Tensor of(String type, String key, long... shape) {
    long elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    List<Object> strides = new ArrayList<>();
    long stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides.add(stride);
      stride *= shape[axis];
    }
    Collections.reverse(strides);
    return new Tensor(
        type, key, elements, "cpu", Optional.empty(), 0, boxed(shape), List.copyOf(strides));
  }

  /** A view of the same storage. */
  public Tensor view(long offset, long[] shape, long... strides) {
    return new Tensor(type, key, elements, location, view, offset, boxed(shape), boxed(strides));
  }

  /** This tensor with another number of elements in the storage. */
  public Tensor ofStorage(long size) {
    return new Tensor(type, key, size, location, view, offset, shape, strides);
  }

  /** This tensor where the storage was on another device. */
  public Tensor at(String device) {
    return new Tensor(type, key, elements, device, view, offset, shape, strides);
  }

  /** This tensor through legacy view metadata. */
  public Tensor through(String viewKey, long first, long size) {
    return new Tensor(
        type,
        key,
        elements,
        "cuda:0",
        Optional.of(List.of(viewKey, first, size)),
        offset,
        shape,
        strides);
  }

  private static List<Object> boxed(long... values) {
    return Arrays.stream(values).<Object>mapToObj(value -> value).toList();
  }
}

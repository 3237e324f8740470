package org.wavebridge.exporter.checkpoint;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A flat run of elements that tensors are views of; its bytes may be filled in after the tensors
 * are known.
 */
final class Storage {
  final ElementType type;
  final String key;
  final long elements;
  private final @Nullable Storage root;
  private final long start;
  private @Nullable ByteBuffer data;

  Storage(ElementType type, String key, long elements) {
    this(type, key, elements, null, 0);
  }

  /** A part of another storage. */
  Storage(ElementType type, String key, long elements, @Nullable Storage root, long start) {
    this.type = type;
    this.key = key;
    this.elements = elements;
    this.root = root;
    this.start = start;
  }

  /** The storage it is a part of, or itself. */
  Storage root() {
    return root == null ? this : root.root();
  }

  void fill(ByteBuffer bytes) {
    data = bytes;
  }

  /** The bytes of the storage it is a part of, or its own; null while not filled. */
  @Nullable ByteBuffer data() {
    return root == null ? data : root.data();
  }

  /** Where this storage starts in {@link #data}, in elements. */
  long start() {
    return root == null ? start : Math.addExact(root.start(), start);
  }
}

package org.wavebridge.exporter.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Optional;

/** Compares models with every array in them, to the bit. */
public final class SameModel {
  private SameModel() {}

  /** Fails at the first part that differs, naming it. */
  public static void assertSame(String where, Object expected, Object found) {
    assertEquals(expected.getClass(), found.getClass(), where);
    if (expected instanceof float[] values) {
      assertArrayEquals(values, (float[]) found, where);
    } else if (expected instanceof List<?> list) {
      List<?> other = (List<?>) found;
      assertEquals(list.size(), other.size(), where);
      for (int i = 0; i < list.size(); i++) {
        assertSame(where + "[" + i + "]", list.get(i), other.get(i));
      }
    } else if (expected instanceof Optional<?> optional && optional.isPresent()) {
      assertSame(where, optional.get(), ((Optional<?>) found).orElseThrow());
    } else if (expected instanceof Record) {
      for (RecordComponent component : expected.getClass().getRecordComponents()) {
        assertSame(
            where + "." + component.getName(), value(component, expected), value(component, found));
      }
    } else {
      assertEquals(expected, found, where);
    }
  }

  private static Object value(RecordComponent component, Object of) {
    try {
      return component.getAccessor().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a record without its accessor", e);
    }
  }
}

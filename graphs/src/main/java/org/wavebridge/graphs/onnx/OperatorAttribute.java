package org.wavebridge.graphs.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.List;

/**
 * An attribute of an operator, as it is declared: the one place of its range.
 *
 * @param name of the attribute
 * @param type of its value or values
 * @param lowest value that it may have; with {@link Type#NUMBER_BETWEEN} the first that it may not
 * @param highest value that it may have; likewise
 * @param optional whether a node may lack it
 * @param meaning for the reader of docs/operators.md
 */
public record OperatorAttribute(
    String name, Type type, double lowest, double highest, boolean optional, String meaning) {
  /** The kinds of values that an attribute may have. */
  public enum Type {
    /** One whole number. */
    INTEGER,
    /** Whole numbers. */
    INTEGERS,
    /** One float. */
    NUMBER,
    /** One float that is neither the lowest nor the highest. */
    NUMBER_BETWEEN,
    /** Finite floats. */
    NUMBERS
  }

  /** One whole number. */
  public static OperatorAttribute integer(String name, long lowest, long highest, String meaning) {
    return new OperatorAttribute(name, Type.INTEGER, lowest, highest, false, meaning);
  }

  /** Whole numbers. */
  public static OperatorAttribute integers(String name, long lowest, long highest, String meaning) {
    return new OperatorAttribute(name, Type.INTEGERS, lowest, highest, false, meaning);
  }

  /** One float. */
  public static OperatorAttribute number(
      String name, double lowest, double highest, String meaning) {
    return new OperatorAttribute(name, Type.NUMBER, lowest, highest, false, meaning);
  }

  /** One float between two others. */
  public static OperatorAttribute between(String name, double above, double below, String meaning) {
    return new OperatorAttribute(name, Type.NUMBER_BETWEEN, above, below, false, meaning);
  }

  /** Finite floats. */
  public static OperatorAttribute numbers(String name, String meaning) {
    return new OperatorAttribute(
        name, Type.NUMBERS, -Float.MAX_VALUE, Float.MAX_VALUE, false, meaning);
  }

  /** The same for an attribute that a node may lack. */
  public OperatorAttribute orAbsent() {
    return new OperatorAttribute(name, type, lowest, highest, true, meaning);
  }

  /**
   * Checks what a node gives.
   *
   * @throws IllegalArgumentException if it has another type or lies outside
   */
  void check(String operator, AttributeProto given) {
    AttributeProto.AttributeType expected =
        switch (type) {
          case INTEGER -> AttributeProto.AttributeType.INT;
          case INTEGERS -> AttributeProto.AttributeType.INTS;
          case NUMBER, NUMBER_BETWEEN -> AttributeProto.AttributeType.FLOAT;
          case NUMBERS -> AttributeProto.AttributeType.FLOATS;
        };
    if (given.getType() != expected) {
      throw new IllegalArgumentException(
          "%s: attribute '%s': expected %s, given %s"
              .formatted(operator, name, expected, given.getType()));
    }
    for (double value : values(given)) {
      boolean inside =
          type == Type.NUMBER_BETWEEN
              ? value > lowest && value < highest
              : value >= lowest && value <= highest;
      if (!inside) {
        throw new IllegalArgumentException(
            "%s: attribute '%s': expected %s, given %s"
                .formatted(operator, name, range(), text(value)));
      }
    }
  }

  private List<Double> values(AttributeProto given) {
    return switch (type) {
      case INTEGER -> List.of((double) given.getI());
      case INTEGERS -> given.getIntsList().stream().map(Long::doubleValue).toList();
      case NUMBER, NUMBER_BETWEEN -> List.of((double) given.getF());
      case NUMBERS -> given.getFloatsList().stream().map(Float::doubleValue).toList();
    };
  }

  /** Its range in words. */
  public String range() {
    return switch (type) {
      case INTEGER, INTEGERS -> "%,d to %,d".formatted((long) lowest, (long) highest);
      case NUMBERS -> "finite";
      case NUMBER ->
          infinite() ? "any" : finite() ? "finite" : text(lowest) + " to " + text(highest);
      case NUMBER_BETWEEN -> "above " + text(lowest) + ", below " + text(highest);
    };
  }

  private boolean infinite() {
    return Double.isInfinite(lowest) && Double.isInfinite(highest);
  }

  private boolean finite() {
    return lowest == -Float.MAX_VALUE && highest == Float.MAX_VALUE;
  }

  private static String text(double value) {
    if (value == Float.MIN_NORMAL) {
      return "the smallest normal number";
    }
    if (value == Float.MAX_VALUE) {
      return "the largest finite number";
    }
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}

package org.wavebridge.graphs.assemble;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.onnx.Attribute;
import org.wavebridge.graphs.onnx.CustomOperator;
import org.wavebridge.graphs.onnx.Dim;
import org.wavebridge.graphs.onnx.ModelBuilder;
import org.wavebridge.graphs.onnx.OperatorAttribute;
import org.wavebridge.graphs.onnx.OperatorTensor;
import org.wavebridge.graphs.onnx.Value;
import org.wavebridge.graphs.op.InterpolateFrames;

/**
 * The tables that are made of the declarations of operators: that of the native code and those of
 * docs/operators.md. {@code -Dwavebridge.write=true} writes them anew instead of comparing.
 */
final class OperatorTablesTest {
  private static final Path NATIVE =
      Path.of("../runtime/src/main/cpp/include/wavebridge/operators.inc");
  private static final Path DOCS = Path.of("../docs/operators.md");
  private static final Pattern TABLES =
      Pattern.compile("<!-- declared: (\\w+) -->\n.*?<!-- end -->\n", Pattern.DOTALL);

  private static final Pattern PLACES =
      Pattern.compile("<!-- places -->\n.*?<!-- end -->\n", Pattern.DOTALL);

  /**
   * An operator whose forms differ in their attributes.
   *
   * @param form the first of them
   * @param attributes of all
   */
  private record Declared(CustomOperator form, Map<String, OperatorAttribute> attributes) {}

  private static Map<String, Declared> declared() {
    Map<String, Declared> all = new LinkedHashMap<>();
    for (CustomOperator form : Operators.ALL) {
      Declared declared =
          all.computeIfAbsent(form.name(), name -> new Declared(form, new LinkedHashMap<>()));
      assertEquals(declared.form().inputs(), form.inputs(), form.name());
      assertEquals(declared.form().outputs(), form.outputs(), form.name());
      form.attributes().forEach(each -> declared.attributes().putIfAbsent(each.name(), each));
    }
    return all;
  }

  @Test
  void nativeTable() throws IOException {
    StringBuilder text =
        new StringBuilder(
            """
            // clang-format off
            // Every operator as graphs declares it: its inputs, the number of its outputs, and the ranges of its
            // attributes. Made and compared by OperatorTablesTest; not edited by hand.
            """);
    for (Declared operator : declared().values()) {
      text.append(
          "{\"%s\",\n {%s},\n %d,\n {%s}},\n"
              .formatted(
                  operator.form().name(),
                  operator.form().inputs().stream()
                      .map(
                          input ->
                              "{\"%s\", TensorKind::%s}"
                                  .formatted(input.name(), enumerator(input.kind())))
                      .collect(Collectors.joining(",\n  ")),
                  operator.form().outputs().size(),
                  operator.attributes().values().stream()
                      .map(OperatorTablesTest::row)
                      .collect(Collectors.joining(",\n  "))));
    }
    compare(NATIVE, text.toString());
  }

  private static String row(OperatorAttribute attribute) {
    return "{\"%s\", AttributeKind::%s, %s, %s, %s}"
        .formatted(
            attribute.name(),
            enumerator(attribute.type()),
            literal(attribute.lowest()),
            literal(attribute.highest()),
            attribute.optional());
  }

  private static String literal(double value) {
    if (Double.isInfinite(value)) {
      return value < 0 ? "-INFINITY" : "INFINITY";
    }
    return value == Math.rint(value) && Math.abs(value) < 1L << 53
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /** {@code INT8_WEIGHT} as {@code kInt8Weight}. */
  private static String enumerator(Enum<?> constant) {
    StringBuilder name = new StringBuilder("k");
    for (String word : constant.name().split("_")) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
    }
    return name.toString();
  }

  @Test
  void tablesOfTheDocs() throws IOException {
    Map<String, Declared> declared = declared();
    String text = Files.readString(DOCS);
    Matcher tables = TABLES.matcher(text);
    List<String> found = new ArrayList<>();
    StringBuilder made = new StringBuilder();
    while (tables.find()) {
      String name = tables.group(1);
      found.add(name);
      tables.appendReplacement(
          made,
          Matcher.quoteReplacement(
              "<!-- declared: %s -->\n%s<!-- end -->\n"
                  .formatted(name, tables(declared.get(name)))));
    }
    tables.appendTail(made);
    Matcher places = PLACES.matcher(made);
    assertTrue(places.find(), "a table of places");
    String where = "<!-- places -->\n%s<!-- end -->\n".formatted(places(declared.keySet()));
    made.replace(places.start(), places.end(), where);
    assertEquals(
        declared.keySet().stream().sorted().toList(), found.stream().sorted().toList(), "tables");
    compare(DOCS, made.toString());
  }

  /** Where each operator runs: a kernel for CPUs, a plugin for GPUs, or the function body. */
  private static String places(Set<String> names) {
    StringBuilder text = new StringBuilder("| operator | CPU | GPU |\n|---|---|---|\n");
    for (String name : names) {
      String gpu = Operators.WITH_PLUGIN.contains(name) ? "plugin" : "";
      text.append("| %s | kernel | %s |\n".formatted(name, gpu));
    }
    return text.toString();
  }

  private static String tables(Declared operator) {
    StringBuilder text = new StringBuilder("| # | input | shape | kind |\n|---|---|---|---|\n");
    int at = 0;
    for (OperatorTensor input : operator.form().inputs()) {
      int last = at + input.names().size() - 1;
      text.append(
          "| %s | %s | %s | %s |\n"
              .formatted(
                  last == at ? at : at + "-" + last, input.name(), input.shape(), kind(input)));
      at = last + 1;
    }
    text.append(
        operator.form().outputs().stream()
            .map(output -> "%s `%s`".formatted(output.name(), output.shape()))
            .collect(Collectors.joining(", ", "\nOutputs: ", ".\n")));
    text.append("\n| attribute | value | range | meaning |\n|---|---|---|---|\n");
    for (OperatorAttribute each : operator.attributes().values()) {
      text.append(
          "| %s | %s | %s | %s |\n"
              .formatted(each.name(), value(each), each.range(), each.meaning()));
    }
    return text.toString();
  }

  private static String kind(OperatorTensor input) {
    return switch (input.kind()) {
      case VALUES -> "f32";
      case INTEGERS -> "int64";
      case CONSTANT -> "f32, constant";
      case WEIGHT -> "weight";
      case INT8_WEIGHT -> "int8 weight";
    };
  }

  private static String value(OperatorAttribute attribute) {
    String value =
        switch (attribute.type()) {
          case INTEGER -> "int";
          case INTEGERS -> "ints";
          case NUMBER, NUMBER_BETWEEN -> "float";
          case NUMBERS -> "floats";
        };
    return attribute.optional() ? value + ", optional" : value;
  }

  private static void compare(Path file, String made) throws IOException {
    if (Boolean.getBoolean("wavebridge.write")) {
      Files.writeString(file, made);
    }
    assertEquals(
        made,
        Files.readString(file),
        () ->
            file + " is not what the declarations say; write it anew with -Dwavebridge.write=true");
  }

  @Test
  void aNodeThatIsNotAsDeclaredIsRefused() {
    ModelBuilder g = new ModelBuilder("wrong", "");
    List<Value> x = List.of(g.input("x", Dim.N, Dim.F, Dim.of(3)));
    Attribute hop = Attribute.of(InterpolateFrames.HOP, 5);
    Attribute cut = Attribute.of(InterpolateFrames.CUT, 0);
    refused("InterpolateFrames takes 1 inputs, given 0", g, List.of(), hop, cut);
    refused("InterpolateFrames: missing attributes [cut], unknown ones []", g, x, hop);
    refused(
        "InterpolateFrames: missing attributes [], unknown ones [factor]",
        g,
        x,
        hop,
        cut,
        Attribute.of("factor", 2));
    refused(
        "InterpolateFrames: attribute 'hop': expected 1 to 65,536, given 0",
        g,
        x,
        Attribute.of(InterpolateFrames.HOP, 0),
        cut);
    refused(
        "InterpolateFrames: attribute 'hop': expected INT, given FLOAT",
        g,
        x,
        Attribute.of(InterpolateFrames.HOP, 5f),
        cut);
  }

  private static void refused(
      String message, ModelBuilder g, List<Value> inputs, Attribute... attributes) {
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class,
                () -> g.node(InterpolateFrames.OPERATOR, inputs, attributes))
            .getMessage());
  }
}

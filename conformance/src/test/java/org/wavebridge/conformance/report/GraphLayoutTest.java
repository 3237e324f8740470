package org.wavebridge.conformance.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Boxes and lines of random graphs. */
final class GraphLayoutTest {
  @RepeatedTest(20)
  void linesLeadDownwardsAndBoxesStandApart(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    GraphLayout layout = new GraphLayout();
    List<GraphLayout.Item> boxes = new ArrayList<>();
    Map<GraphLayout.Item, List<GraphLayout.Item>> lines = new LinkedHashMap<>();
    for (int i = 0; i < 30; i++) {
      GraphLayout.Item box = layout.box(20 + random.nextInt(100));
      for (int j = 0; i > 0 && j < random.nextInt(3); j++) {
        lines.computeIfAbsent(boxes.get(random.nextInt(i)), made -> new ArrayList<>()).add(box);
      }
      boxes.add(box);
    }
    Map<GraphLayout.Item, Map<GraphLayout.Item, List<GraphLayout.Item>>> ways = layout.place(lines);
    lines.forEach(
        (source, targets) ->
            targets.forEach(
                target -> {
                  List<GraphLayout.Item> way = ways.get(source).get(target);
                  assertEquals(source, way.get(0));
                  assertEquals(target, way.get(way.size() - 1));
                  for (int i = 1; i < way.size(); i++) {
                    assertEquals(way.get(i - 1).layer() + 1, way.get(i).layer());
                  }
                }));
    for (List<GraphLayout.Item> layer : layout.layers()) {
      for (int i = 0; i < layer.size(); i++) {
        GraphLayout.Item item = layer.get(i);
        assertTrue(item.centre() - item.width() / 2 >= -1e-6, "left of the picture");
        assertTrue(item.centre() + item.width() / 2 <= layout.width() + 1e-6, "right of it");
        if (i > 0) {
          GraphLayout.Item before = layer.get(i - 1);
          double gap = item.centre() - before.centre() - (item.width() + before.width()) / 2;
          assertTrue(gap > 7.9, "boxes " + gap + " apart");
        }
      }
    }
  }

  /** Four pairs in the order that crosses most, and a chain beside them. */
  @Test
  void linesThatNeedNotCrossDoNot() {
    GraphLayout layout = new GraphLayout();
    List<GraphLayout.Item> upper = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      upper.add(layout.box(40));
    }
    Map<GraphLayout.Item, List<GraphLayout.Item>> lines = new LinkedHashMap<>();
    for (int i = 3; i >= 0; i--) {
      lines.put(upper.get(i), List.of(layout.box(40)));
    }
    layout.place(lines);
    assertEquals(0, layout.crossings());
    for (GraphLayout.Item lower : layout.layers().get(1)) {
      assertEquals(lower.above().get(0).centre(), lower.centre(), 1, "straight below");
    }
  }
}

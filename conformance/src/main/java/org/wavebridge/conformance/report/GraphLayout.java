package org.wavebridge.conformance.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Places boxes in layers, so that every line leads downwards: a box is one layer below the lowest
 * that it depends on. A line through further layers has a place in each. Within a layer, boxes are
 * ordered by what they are joined to, which keeps most lines from crossing, and then stand as near
 * above and below their neighbours as their widths allow.
 */
final class GraphLayout {
  private static final int SWEEPS = 12;
  private static final double GAP = 16;
  private static final double LINE_GAP = 8;

  private final List<Item> items = new ArrayList<>();
  private final List<List<Item>> layers = new ArrayList<>();

  /** A box, or a place where a line passes a layer. */
  static final class Item {
    private final double width;
    private final boolean line;
    private final List<Item> above = new ArrayList<>();
    private final List<Item> below = new ArrayList<>();
    private int layer;
    private double centre;

    private Item(double width, boolean line) {
      this.width = width;
      this.line = line;
    }

    double width() {
      return width;
    }

    int layer() {
      return layer;
    }

    double centre() {
      return centre;
    }

    /** What it is joined to in the layer above. */
    List<Item> above() {
      return above;
    }

    /** Whether it is a place of a line. */
    boolean line() {
      return line;
    }
  }

  /** Adds a box of a width. */
  Item box(double width) {
    Item item = new Item(width, false);
    items.add(item);
    return item;
  }

  /** The layers, from the uppermost. */
  List<List<Item>> layers() {
    return layers;
  }

  /** From the left edge of the leftmost box, at 0, to the right edge of the rightmost. */
  double width() {
    return items.stream().mapToDouble(item -> item.centre + item.width / 2).max().orElse(0);
  }

  /**
   * Places all boxes.
   *
   * @param lines from boxes to those that depend on them; boxes were added in an order in which
   *     none depends on a later one
   * @return for each line the places from its first box to each of the others, the last included
   */
  Map<Item, Map<Item, List<Item>>> place(Map<Item, List<Item>> lines) {
    Map<Item, Integer> layer = new HashMap<>();
    items.forEach(item -> layer.put(item, 0));
    for (Item item : List.copyOf(items)) {
      for (Item target : lines.getOrDefault(item, List.of())) {
        layer.merge(target, layer.getOrDefault(item, 0) + 1, Math::max);
      }
    }
    lines.forEach((source, targets) -> lower(source, targets, layer));
    List.copyOf(items).forEach(item -> put(item, layer.getOrDefault(item, 0)));
    Map<Item, Map<Item, List<Item>>> ways = new LinkedHashMap<>();
    lines.forEach((source, targets) -> ways.put(source, ways(source, targets)));
    order();
    spread();
    return ways;
  }

  /** What depends on nothing stands directly above the first that needs it. */
  private static void lower(Item source, List<Item> targets, Map<Item, Integer> layer) {
    if (layer.getOrDefault(source, 0) == 0) {
      targets.stream()
          .mapToInt(target -> layer.getOrDefault(target, 1))
          .min()
          .ifPresent(first -> layer.put(source, Math.max(0, first - 1)));
    }
  }

  private void put(Item item, int layer) {
    while (layers.size() <= layer) {
      layers.add(new ArrayList<>());
    }
    item.layer = layer;
    layers.get(layer).add(item);
  }

  /** Lines from one box share their places as far down as they go. */
  private Map<Item, List<Item>> ways(Item source, List<Item> targets) {
    List<Item> way = new ArrayList<>(List.of(source));
    Map<Item, List<Item>> ways = new LinkedHashMap<>();
    for (Item target :
        targets.stream().sorted(Comparator.comparingInt(Item::layer)).distinct().toList()) {
      while (source.layer + way.size() < target.layer) {
        Item next = new Item(0, true);
        put(next, source.layer + way.size());
        items.add(next);
        join(way.get(way.size() - 1), next);
        way.add(next);
      }
      List<Item> own = new ArrayList<>(way.subList(0, target.layer - source.layer));
      join(own.get(own.size() - 1), target);
      own.add(target);
      ways.put(target, own);
    }
    return ways;
  }

  private static void join(Item upper, Item lower) {
    upper.below.add(lower);
    lower.above.add(upper);
  }

  /** Orders each layer by the mean place of what its boxes are joined to, down and up again. */
  private void order() {
    List<List<Item>> best = copy();
    long fewest = crossings();
    for (int sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
      boolean down = sweep % 2 == 0;
      for (int i = 1; i < layers.size(); i++) {
        List<Item> layer = layers.get(down ? i : layers.size() - 1 - i);
        Map<Item, Integer> places = new HashMap<>();
        for (List<Item> each : layers) {
          each.forEach(item -> places.put(item, each.indexOf(item)));
        }
        Map<Item, Double> wanted = new HashMap<>();
        for (Item item : layer) {
          double own = places.getOrDefault(item, 0);
          wanted.put(
              item,
              (down ? item.above : item.below)
                  .stream().mapToInt(other -> places.getOrDefault(other, 0)).average().orElse(own));
        }
        layer.sort(Comparator.comparingDouble(item -> wanted.getOrDefault(item, 0.0)));
      }
      long found = crossings();
      if (found < fewest) {
        fewest = found;
        best = copy();
      }
    }
    for (int i = 0; i < best.size(); i++) {
      layers.set(i, best.get(i));
    }
  }

  private List<List<Item>> copy() {
    List<List<Item>> copy = new ArrayList<>();
    layers.forEach(layer -> copy.add(new ArrayList<>(layer)));
    return copy;
  }

  /** Pairs of lines between two layers that cross. */
  long crossings() {
    long count = 0;
    for (int i = 1; i < layers.size(); i++) {
      List<Item> upper = layers.get(i - 1);
      List<int[]> lines = new ArrayList<>();
      for (int at = 0; at < layers.get(i).size(); at++) {
        for (Item above : layers.get(i).get(at).above) {
          lines.add(new int[] {upper.indexOf(above), at});
        }
      }
      for (int a = 0; a < lines.size(); a++) {
        for (int b = 0; b < a; b++) {
          int[] x = lines.get(a);
          int[] y = lines.get(b);
          count += (x[0] - y[0]) * (x[1] - y[1]) < 0 ? 1 : 0;
        }
      }
    }
    return count;
  }

  /** Moves the boxes of each layer to their neighbours, without changing their order. */
  private void spread() {
    layers.forEach(GraphLayout::pack);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      boolean down = sweep % 2 == 0;
      for (int i = 1; i < layers.size(); i++) {
        move(layers.get(down ? i : layers.size() - 1 - i), down);
      }
    }
    double left = items.stream().mapToDouble(item -> item.centre - item.width / 2).min().orElse(0);
    items.forEach(item -> item.centre -= left);
  }

  private static void pack(List<Item> layer) {
    for (int i = 1; i < layer.size(); i++) {
      layer.get(i).centre = layer.get(i - 1).centre + apart(layer.get(i - 1), layer.get(i));
    }
  }

  private static double apart(Item left, Item right) {
    return (left.width + right.width) / 2 + (left.line && right.line ? LINE_GAP : GAP);
  }

  /**
   * The places nearest to those wanted, in least squares, at which boxes keep their order and
   * distance: what is left of each place when the distances before it are taken off must not fall,
   * so neighbours that would fall share their mean.
   */
  private static void move(List<Item> layer, boolean down) {
    double[] offset = new double[layer.size()];
    List<double[]> groups = new ArrayList<>();
    for (int i = 0; i < layer.size(); i++) {
      Item item = layer.get(i);
      offset[i] = i == 0 ? 0 : offset[i - 1] + apart(layer.get(i - 1), item);
      double wanted =
          (down ? item.above : item.below)
              .stream().mapToDouble(other -> other.centre).average().orElse(item.centre);
      double[] group = {wanted - offset[i], 1};
      while (!groups.isEmpty() && groups.get(groups.size() - 1)[0] > group[0]) {
        double[] before = groups.remove(groups.size() - 1);
        double count = before[1] + group[1];
        group = new double[] {(before[0] * before[1] + group[0] * group[1]) / count, count};
      }
      groups.add(group);
    }
    int at = 0;
    for (double[] group : groups) {
      for (int i = 0; i < group[1]; i++, at++) {
        layer.get(at).centre = group[0] + offset[at];
      }
    }
  }
}

package org.wavebridge.graphs.op;

import static org.wavebridge.graphs.onnx.StandardOps.*;

import java.util.Arrays;
import java.util.List;
import org.wavebridge.graphs.model.ContextNetwork;
import org.wavebridge.graphs.model.Subscale;
import org.wavebridge.graphs.onnx.Nodes;
import org.wavebridge.graphs.onnx.Value;

/**
 * The samples of an utterance that the context network of each row reads, in standard operators:
 * which samples belong to each channel ({@link ContextNetwork}), and the mask over those that are
 * not there.
 */
public final class SubscaleContext {
  /** Input: the flat weights of the layers. */
  public static final String LAYERS = "context_layers";

  /** A sample index that stays below 0 whatever is added to it. */
  private static final long NOWHERE = -(1L << 50);

  /** Times by which a channel that is always 0 is delayed. */
  private static final long NEVER = 1L << 40;

  private final ContextNetwork network;
  private final int horizon;

  /** The context network of a subscale model. */
  public SubscaleContext(Subscale subscale) {
    this.network = subscale.context().orElseThrow();
    this.horizon = subscale.horizon();
  }

  /**
   * The samples that the contexts of {@code count} positions of every row read, as if each row were
   * at position {@code -delay}; below 0 where there is none.
   *
   * @param factor rows B, int64 scalar
   * @param delay of each row, int64 {@code [B, 1, 1]}
   * @param count int64 scalar
   * @return int64 {@code [B, C, count + reach]}; for rows that are p positions further, {@code B p}
   *     is to be added
   */
  public Value samples(Nodes g, Value factor, Value delay, Value count) {
    long[] late = new long[network.factor()];
    Arrays.setAll(late, channel -> channel == 0 ? (network.ownPast() ? horizon + 1L : NEVER) : 0);
    Value channel = reshape(g, range(g, scalar(g, late.length)), 1, -1, 1);
    Value row = sub(g, reshape(g, range(g, factor), -1, 1, 1), channel);
    Value oldest = scalar(g, (long) horizon - network.reach());
    Value tap = reshape(g, range(g, add(g, count, scalar(g, network.reach()))), 1, 1, -1);
    Value time = sub(g, sub(g, add(g, tap, oldest), delay), reshape(g, longs(g, late), 1, -1, 1));
    Value sample = add(g, mul(g, time, factor), row);
    Value missing = g.node("Less", List.of(row, scalar(g, 0)));
    return g.node("Where", List.of(missing, scalar(g, NOWHERE), sample));
  }

  /**
   * The input of the first layer: the samples that are there, else 0.
   *
   * @param samples as {@link #samples}, int64 {@code [B, C, T + reach]}
   * @param audio the values of a window, and 0 after its last one: {@code [A + 1]} or longer
   * @param window where it lies
   * @return {@code [B, C, T + reach]}
   */
  public Value channels(Nodes g, Value samples, Value audio, Window window) {
    Value known =
        g.node(
            "And",
            List.of(
                g.node("GreaterOrEqual", List.of(samples, scalar(g, 0))),
                g.node("Less", List.of(samples, window.end()))));
    Value at = sub(g, samples, window.first());
    return gather(g, audio, g.node("Where", List.of(known, at, window.size())), 0);
  }

  /**
   * The part of an utterance whose samples are at hand; what lies after it is after the utterance.
   *
   * @param first its first sample, int64 scalar
   * @param size how many samples, int64 scalar
   * @param end first + size
   */
  public record Window(Value first, Value size, Value end) {
    /** A window from its first sample and its size. */
    public static Window of(Nodes g, Value first, Value size) {
      return new Window(first, size, add(g, first, size));
    }
  }
}

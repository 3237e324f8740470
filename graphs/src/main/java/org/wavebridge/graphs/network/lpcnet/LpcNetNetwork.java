package org.wavebridge.graphs.network.lpcnet;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.wavebridge.graphs.contract.Conditioning;
import org.wavebridge.graphs.contract.HeadKind;
import org.wavebridge.graphs.model.Affine;
import org.wavebridge.graphs.model.Conditioner;
import org.wavebridge.graphs.model.ExcitationDraw;
import org.wavebridge.graphs.model.Layers;
import org.wavebridge.graphs.model.LpcNetConditioner;
import org.wavebridge.graphs.model.StepNetwork;
import org.wavebridge.graphs.model.WeightMatrix;

/**
 * The sample-rate network of LPCNet (Valin and Skoglund 2019). It draws the excitation of a linear
 * prediction, so a sample is what the last 16 samples predict plus what was drawn.
 *
 * <pre>
 * p  = -sum_j a_j s_(t-1-j)                      a: of the frame, j = 0..15
 * i  = conditioning + T_s[U(s_(t-1))] + T_p[U(p)] + T_e[e_(t-1)]
 * h' = GRU(i, R h + b + diagonal h, h)           gates r, z, n; the diagonal of each gate apart
 * g' = GRU(second + S h', Q g + c, g)            second: of the frame
 * l_k = f_(2k) tanh(d_(2k)) + f_(2k+1) tanh(d_(2k+1)),  d = D g' + d_0
 * e_t drawn from l;  s_t = p + V(e_t)
 * </pre>
 *
 * <p>U is the class of a value and V the value of a class, both mu-law ({@link MuLawClasses}). The
 * values fed back are the last 16 samples, the newest first, and the class of the last excitation.
 * A vector of conditioning has the 3H inputs of the first GRU's gates, the 3M of the second's, the
 * 16 coefficients a, and a number by which logits are multiplied before a draw.
 *
 * @param sample {@code [3H, 768]}: T_s, T_p and T_e, a column for each class
 * @param diagonal {@code [3H]}: what each unit of the state adds to its own gates
 * @param recurrent R {@code [3H, H]} and b, inside the reset product
 * @param secondInput S {@code [3M, H]}
 * @param secondRecurrent Q {@code [3M, M]} and c, inside the reset product
 * @param dualDense D {@code [512, M]} and d_0; rows 2k and 2k + 1 are those of output k
 * @param factor f, {@code [512]}
 * @param draw how an excitation is drawn
 */
public record LpcNetNetwork(
    WeightMatrix sample,
    float[] diagonal,
    Affine recurrent,
    WeightMatrix secondInput,
    Affine secondRecurrent,
    Affine dualDense,
    float[] factor,
    ExcitationDraw draw)
    implements StepNetwork {
  /** The word for the network in a bundle. */
  public static final String KIND = "lpcnet";

  /** Classes of a mu-law value. */
  public static final int CLASSES = 256;

  /** Coefficients of the prediction. */
  public static final int ORDER = 16;

  /** Checks the sizes. */
  public LpcNetNetwork {
    int hidden = recurrent.weight().columns();
    int second = secondRecurrent.weight().columns();
    sample.requireShape(3 * hidden, 3 * CLASSES);
    recurrent.weight().requireShape(3 * hidden, hidden);
    secondInput.requireShape(3 * second, hidden);
    secondRecurrent.weight().requireShape(3 * second, second);
    dualDense.weight().requireShape(2 * CLASSES, second);
    require("diagonal", diagonal, 3 * hidden);
    require("factor", factor, 2 * CLASSES);
  }

  private static void require(String name, float[] values, int count) {
    if (values.length != count) {
      throw new IllegalArgumentException(
          "%s: expected %d values, found %d".formatted(name, count, values.length));
    }
  }

  /** Size of the first state, H. */
  public int hidden() {
    return recurrent.weight().columns();
  }

  /** Size of the second state, M. */
  public int second() {
    return secondRecurrent.weight().columns();
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public HeadKind headKind() {
    return draw.head();
  }

  @Override
  public int outputs() {
    return CLASSES;
  }

  @Override
  public Layers layers() {
    return Layers.of(sample)
        .add(LpcNetLayout.RECURRENT, recurrent)
        .add(LpcNetLayout.SECOND_INPUT, secondInput)
        .add(LpcNetLayout.SECOND_RECURRENT, secondRecurrent)
        .add(LpcNetLayout.DUAL_DENSE, dualDense);
  }

  @Override
  public LpcNetNetwork with(Layers layers) {
    return of(layers, diagonal, factor, draw);
  }

  /** A network from its layers and the rest. */
  static LpcNetNetwork of(Layers layers, float[] diagonal, float[] factor, ExcitationDraw draw) {
    return new LpcNetNetwork(
        layers.sample(),
        diagonal,
        layers.affine(LpcNetLayout.RECURRENT),
        layers.weight(LpcNetLayout.SECOND_INPUT),
        layers.affine(LpcNetLayout.SECOND_RECURRENT),
        layers.affine(LpcNetLayout.DUAL_DENSE),
        factor,
        draw);
  }

  @Override
  public List<WeightMatrix> matrices() {
    return Stream.concat(Stream.of(sample), layers().matrices().stream()).toList();
  }

  @Override
  public List<Conditioning> conditioningTensors() {
    return List.of(
        new Conditioning("conditioning", Conditioning.Rate.FRAME, inputSize() + ORDER + 1));
  }

  @Override
  public Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    sizes.put("hidden", hidden());
    sizes.put("second", second());
    sizes.put("order", ORDER);
    return sizes;
  }

  @Override
  public void check(Conditioner conditioner, int hop, boolean subscale) {
    if (subscale
        || !(conditioner instanceof LpcNetConditioner of)
        || of.gates().weight().rows() != inputSize()) {
      throw new IllegalArgumentException(
          "an LPCNet makes no sub-tensors, and takes its own conditioner with %d gates"
              .formatted(inputSize()));
    }
  }

  @Override
  public int stateSize() {
    return hidden() + second();
  }

  @Override
  public int inputSize() {
    return 3 * hidden() + 3 * second();
  }

  /** Silence: 16 samples of 0, and the class of 0. */
  @Override
  public float[] initialPrevious() {
    float[] previous = new float[ORDER + 1];
    previous[ORDER] = CLASSES / 2;
    return previous;
  }
}

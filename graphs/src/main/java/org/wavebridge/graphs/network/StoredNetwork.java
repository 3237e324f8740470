package org.wavebridge.graphs.network;

import java.util.List;
import org.wavebridge.graphs.contract.HeadKind;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.model.BandSynthesis;
import org.wavebridge.graphs.model.Layers;
import org.wavebridge.graphs.onnx.Letters;

/** A network as a bundle keeps it: the constants of its operator, and its description. */
public interface StoredNetwork {
  /**
   * The layers of the operator.
   *
   * @param sample layers with only the weights of the values fed back
   * @param rows the declared layers
   * @param known the letters that no bias tells
   * @throws org.wavebridge.graphs.GraphException if a constant is missing or has another size
   */
  Layers layers(Layers sample, List<LayerRow> rows, Letters known);

  /** The weights of the values fed back. */
  float[] sample();

  /** An attribute of the operator. */
  int integer(String attribute);

  /** An attribute of the operator. */
  long[] integers(String attribute);

  /** An attribute of the operator. */
  float real(String attribute);

  /** An attribute of the operator. */
  float[] reals(String attribute);

  /** The head. */
  HeadKind head();

  /** Classes of each softmax, or outputs of the head for one sample. */
  int outputs();

  /** Whether classes stand for amplitudes. */
  boolean amplitudes();

  /** The previous values before the first sample. */
  float[] initialPrevious();

  /** Values of the first conditioning tensor for a frame. */
  int conditioningSize();

  /** How bands become a waveform, of a network that has some. */
  BandSynthesis synthesis();
}

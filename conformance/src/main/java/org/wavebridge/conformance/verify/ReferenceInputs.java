package org.wavebridge.conformance.verify;

import java.util.Map;
import org.wavebridge.conformance.reference.Conditioning;
import org.wavebridge.graphs.build.Conditioning.Rate;
import org.wavebridge.graphs.model.MultiBandGruNetwork;
import org.wavebridge.graphs.model.VocoderModel;
import org.wavebridge.runtime.spi.Tensor;

/** A backend's tensors as the reference takes them. */
public final class ReferenceInputs {
  private ReferenceInputs() {}

  /** The conditioning of one row, from the conditioner's outputs. */
  public static Conditioning of(VocoderModel model, Map<String, Tensor> outputs) {
    double[][] frames = new double[0][];
    double[][] samples = new double[0][];
    for (var tensor : org.wavebridge.graphs.build.Conditioning.of(model)) {
      Tensor found = outputs.get(tensor.name());
      if (found == null) {
        throw new IllegalArgumentException("no conditioning '" + tensor.name() + "'");
      }
      double[][] rows = rows(found, vectorSize(model, tensor.size()));
      if (tensor.rate() == Rate.FRAME || tensor.name().equals("aux")) {
        frames = rows;
      } else {
        samples = rows;
      }
    }
    return new Conditioning(model.samplesPerVector(), frames, samples);
  }

  /** A frame of a multi-band network has several vectors. */
  static int vectorSize(VocoderModel model, int size) {
    return model.network() instanceof MultiBandGruNetwork network ? network.inputSize() : size;
  }

  private static double[][] rows(Tensor tensor, int size) {
    double[][] rows = new double[size == 0 ? 0 : tensor.values().length / size][size];
    for (int i = 0; i < tensor.values().length; i++) {
      rows[i / size][i % size] = tensor.values()[i];
    }
    return rows;
  }
}

package org.wavebridge.graphs.network.multibandgru;

import java.util.List;
import org.wavebridge.graphs.contract.LayerRow;
import org.wavebridge.graphs.contract.LayerRow.Int8;

/** The layers of a multi-band GRU network, as its operators declare them. */
final class MultiBandGruLayout {
  static final LayerRow RECURRENT = LayerRow.of("recurrent", "3H", "H", Int8.BOUNDED).withBias();
  static final LayerRow PROJECTION = LayerRow.of("projection", "D", "H", Int8.BOUNDED).withBias();
  static final LayerRow OUTPUT = LayerRow.of("band_output", "B * 3K", "D", Int8.NOT).withBias();

  /** All of them, in the order of the operators' inputs. */
  static final List<LayerRow> LAYERS = List.of(RECURRENT, PROJECTION, OUTPUT);

  /** The shape of the weights of the values fed back. */
  static final String SAMPLE = "[3H, B]";

  private MultiBandGruLayout() {}
}

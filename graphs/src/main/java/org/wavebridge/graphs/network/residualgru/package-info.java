/**
 * The residual GRU network of fatchord/WaveRNN. Start with its description, the record named
 * Network.
 */
@NullMarked
package org.wavebridge.graphs.network.residualgru;

import org.jspecify.annotations.NullMarked;

/**
 * The dual-softmax WaveRNN (Kalchbrenner et al. 2018). Start with its description, the record named
 * Network.
 */
@NullMarked
package org.wavebridge.graphs.network.dualsoftmax;

import org.jspecify.annotations.NullMarked;

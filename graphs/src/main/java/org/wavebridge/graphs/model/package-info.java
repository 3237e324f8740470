/**
 * The description of a vocoder as plain data: records only, no ONNX and no input or output. Reading
 * a checkpoint ends here; building graphs and evaluating the reference start here. Start with
 * {@link org.wavebridge.graphs.model.VocoderModel}.
 */
@NullMarked
package org.wavebridge.graphs.model;

import org.jspecify.annotations.NullMarked;

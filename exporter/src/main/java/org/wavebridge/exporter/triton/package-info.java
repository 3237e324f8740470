/**
 * A model repository for the Triton inference server, whose ONNX Runtime backend runs the graphs
 * with our operators. Each folder below the repository is a model. Start with {@link
 * org.wavebridge.exporter.triton.TritonRepository}.
 */
@NullMarked
package org.wavebridge.exporter.triton;

import org.jspecify.annotations.NullMarked;

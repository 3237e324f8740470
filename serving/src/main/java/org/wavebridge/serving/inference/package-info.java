/**
 * The Open Inference Protocol, version 2: REST with Triton's binary tensors, and gRPC. Both become
 * an {@link org.wavebridge.serving.inference.InferenceCall}.
 */
@NullMarked
package org.wavebridge.serving.inference;

import org.jspecify.annotations.NullMarked;

/**
 * The backend {@code tensorrt}: graphs on an NVIDIA GPU, the custom operators as plugins
 * (runtime/src/main/cuda). Nothing outside the module imports this; the only package that sees
 * TensorRT, and it sees CUDA only by {@link org.wavebridge.runtime.internal.tensorrt.CudaDriver}
 * and the plugin library. Start with {@link
 * org.wavebridge.runtime.internal.tensorrt.TensorRtBackendProvider}.
 */
@NullMarked
package org.wavebridge.runtime.internal.tensorrt;

import org.jspecify.annotations.NullMarked;

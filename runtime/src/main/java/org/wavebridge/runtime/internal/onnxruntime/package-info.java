/**
 * The backends {@code cpu} (ONNX Runtime with our custom operators) and {@code stock} (without
 * them). Nothing outside the module imports this; the only package that sees ONNX Runtime. Start
 * with {@link org.wavebridge.runtime.internal.onnxruntime.OnnxRuntimeBackend}.
 */
@NullMarked
package org.wavebridge.runtime.internal.onnxruntime;

import org.jspecify.annotations.NullMarked;

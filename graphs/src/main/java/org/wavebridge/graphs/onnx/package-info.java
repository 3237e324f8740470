/**
 * Builds ONNX models out of named values and nodes; the only package that sees the protobuf
 * classes. Knows the standard operators of one opset and how an operator becomes a model-local
 * function, but no network. Start with {@link org.wavebridge.graphs.onnx.ModelBuilder}.
 */
@NullMarked
package org.wavebridge.graphs.onnx;

import org.jspecify.annotations.NullMarked;

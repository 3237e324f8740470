/**
 * The values that a model computes, written to be read next to the equations. The networks are
 * written once and run in two arithmetics: double precision, which says what the mathematics is,
 * and the canonical f32 profile of {@code docs/numerics.md}, which every CPU backend reproduces bit
 * for bit. Nothing here runs ONNX. Start with {@link org.wavebridge.reference.Reference} and {@link
 * org.wavebridge.reference.Arithmetic}.
 */
@NullMarked
package org.wavebridge.reference;

import org.jspecify.annotations.NullMarked;

/**
 * Turns f32 weights into int8 ones with a scale for each row. Which weights those are is the int8
 * profile's matter, not decided here. Start with {@link org.wavebridge.graphs.quantize.Quantizer}.
 */
@NullMarked
package org.wavebridge.graphs.quantize;

import org.jspecify.annotations.NullMarked;

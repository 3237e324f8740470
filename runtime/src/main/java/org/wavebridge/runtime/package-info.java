/**
 * The public API that runs bundles: open a vocoder, generate, stream, score. Nothing here knows
 * which engine executes the graphs. Start with {@code Vocoder}.
 */
@NullMarked
package org.wavebridge.runtime;

import org.jspecify.annotations.NullMarked;

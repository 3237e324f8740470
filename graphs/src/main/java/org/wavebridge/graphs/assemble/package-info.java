/**
 * The graphs of a bundle, one file each, built from a {@link
 * org.wavebridge.graphs.model.VocoderModel}. Start with {@link
 * org.wavebridge.graphs.assemble.VocoderGraphs}.
 */
@NullMarked
package org.wavebridge.graphs.assemble;

import org.jspecify.annotations.NullMarked;

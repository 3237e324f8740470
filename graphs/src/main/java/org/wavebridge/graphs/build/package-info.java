/**
 * The graphs of a bundle, one file each, built from a {@link
 * org.wavebridge.graphs.model.VocoderModel}. Start with {@link
 * org.wavebridge.graphs.build.VocoderGraphs}.
 */
@NullMarked
package org.wavebridge.graphs.build;

import org.jspecify.annotations.NullMarked;

/**
 * The bundle: a folder (or a zip of it) with {@code bundle.json} and the graphs, nothing else.
 * Format versions 1 to 3: see {@link org.wavebridge.graphs.bundle.BundleManifest} for every field;
 * a reader accepts older versions and names a newer one. Start with {@link
 * org.wavebridge.graphs.bundle.Bundle}.
 */
@NullMarked
package org.wavebridge.graphs.bundle;

import org.jspecify.annotations.NullMarked;

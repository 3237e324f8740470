/**
 * Finds in which blocks a matrix is sparse. Values are never changed. Start with {@link
 * org.wavebridge.exporter.sparsity.BlockShapes}.
 */
@NullMarked
package org.wavebridge.exporter.sparsity;

import org.jspecify.annotations.NullMarked;

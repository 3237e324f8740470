/**
 * Reads checkpoint files: names to arrays, and whatever else the file says as plain values. Knows
 * containers (PyTorch zip and legacy, safetensors, folders of raw arrays) but no family. A pickle
 * is read with a closed list of constructors and never evaluated. Start with {@link
 * org.wavebridge.exporter.checkpoint.CheckpointReader}.
 */
@NullMarked
package org.wavebridge.exporter.checkpoint;

import org.jspecify.annotations.NullMarked;

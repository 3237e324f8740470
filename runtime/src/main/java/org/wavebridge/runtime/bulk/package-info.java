/**
 * Many utterances that nobody waits for: rows with keys, made in lockstep batches, each with a seed
 * that its key gives. The command's {@code bulk} and the module {@code spark} share it, so they
 * make the same bytes. Start reading at {@link org.wavebridge.runtime.bulk.BulkVocoder}.
 */
@NullMarked
package org.wavebridge.runtime.bulk;

import org.jspecify.annotations.NullMarked;

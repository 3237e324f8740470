/**
 * The GRU network over embedded classes of bshall/UniversalVocoding. Start with its description,
 * the record named Network.
 */
@NullMarked
package org.wavebridge.graphs.network.embeddinggru;

import org.jspecify.annotations.NullMarked;

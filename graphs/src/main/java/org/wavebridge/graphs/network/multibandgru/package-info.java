/** The multi-band GRU of Google's Lyra. Start with its description, the record named Network. */
@NullMarked
package org.wavebridge.graphs.network.multibandgru;

import org.jspecify.annotations.NullMarked;

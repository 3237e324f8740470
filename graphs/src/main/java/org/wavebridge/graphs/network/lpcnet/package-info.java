/**
 * The sample-rate network of LPCNet (Valin and Skoglund 2019). Start with its description, the
 * record named Network.
 */
@NullMarked
package org.wavebridge.graphs.network.lpcnet;

import org.jspecify.annotations.NullMarked;

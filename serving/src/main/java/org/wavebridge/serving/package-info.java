/** The server. Start with {@link org.wavebridge.serving.VocoderServer}. */
@NullMarked
package org.wavebridge.serving;

import org.jspecify.annotations.NullMarked;

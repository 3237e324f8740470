/**
 * Many live streams on one vocoder: frames in, samples out, asynchronously. Streams are rows of
 * common calls of the graphs and join and leave between calls; what a stream gives depends on its
 * frames, seed and temperature alone. Start with {@link
 * org.wavebridge.runtime.service.VocoderService}.
 */
@NullMarked
package org.wavebridge.runtime.service;

import org.jspecify.annotations.NullMarked;

/**
 * What every protocol shares: the models that are served, how a stream is asked for, and how its
 * sound is handed on. Nothing here knows a protocol. Start with {@link
 * org.wavebridge.serving.engine.ModelRepository}.
 */
@NullMarked
package org.wavebridge.serving.engine;

import org.jspecify.annotations.NullMarked;

/**
 * The interface that a backend implements: open a graph, run it on named float tensors. Backends
 * register a {@link org.wavebridge.runtime.spi.BackendProvider} as a service; nothing here depends
 * on any engine. Start with {@link org.wavebridge.runtime.spi.Backend}.
 */
@NullMarked
package org.wavebridge.runtime.spi;

import org.jspecify.annotations.NullMarked;

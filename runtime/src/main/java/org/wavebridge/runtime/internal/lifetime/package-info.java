/**
 * When native resources are freed: never under a running call, once, and also when their owner was
 * dropped. The one place where such resources are counted. Start with {@link
 * org.wavebridge.runtime.internal.lifetime.GuardedBackend}.
 */
@NullMarked
package org.wavebridge.runtime.internal.lifetime;

import org.jspecify.annotations.NullMarked;

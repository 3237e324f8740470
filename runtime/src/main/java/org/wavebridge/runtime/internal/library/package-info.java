/**
 * Native libraries that travel in the jar, as files that can be loaded. Knows no backend. Start
 * with {@link org.wavebridge.runtime.internal.library.NativeLibrary}.
 */
@NullMarked
package org.wavebridge.runtime.internal.library;

import org.jspecify.annotations.NullMarked;

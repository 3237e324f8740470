/**
 * Checks what a backend computes against the reference of module {@code reference}. Knows every
 * other module but the command line. Start with package {@code suite}.
 */
@NullMarked
package org.wavebridge.conformance;

import org.jspecify.annotations.NullMarked;

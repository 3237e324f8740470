/**
 * Checks what a backend computes against a reference. Knows every other module but the command
 * line. Start with the reference package.
 */
@NullMarked
package org.wavebridge.conformance;

import org.jspecify.annotations.NullMarked;

/**
 * Plans and runs the suite: which cases on which subjects, and what came of each. Prints nothing.
 * Start with {@link org.wavebridge.conformance.suite.Conformance}.
 */
@NullMarked
package org.wavebridge.conformance.suite;

import org.jspecify.annotations.NullMarked;

/**
 * The suite as JUnit tests, for the build of whoever writes a backend. The only package that needs
 * JUnit. Start with {@link org.wavebridge.conformance.junit.ConformanceSuite}.
 */
@NullMarked
package org.wavebridge.conformance.junit;

import org.jspecify.annotations.NullMarked;

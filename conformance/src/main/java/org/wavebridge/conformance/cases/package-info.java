/**
 * The cases of the suite: one class a case, whose comment says what it catches, run on a {@link
 * org.wavebridge.conformance.cases.Subject} in a {@link org.wavebridge.conformance.cases.Trial}.
 * Everything is made from code with fixed seeds. A new case is a class and a line in {@link
 * org.wavebridge.conformance.cases.Cases}.
 */
@NullMarked
package org.wavebridge.conformance.cases;

import org.jspecify.annotations.NullMarked;

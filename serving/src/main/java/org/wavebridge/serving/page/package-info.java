/** The page at {@code /}, and what it asks the server for. */
@NullMarked
package org.wavebridge.serving.page;

import org.jspecify.annotations.NullMarked;

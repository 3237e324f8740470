/**
 * The server's own way over HTTP: utterances by POST and by WebSocket, and the form of errors.
 * Start with {@link org.wavebridge.serving.http.VocodeHandler}.
 */
@NullMarked
package org.wavebridge.serving.http;

import org.jspecify.annotations.NullMarked;

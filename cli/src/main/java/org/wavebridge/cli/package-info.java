/**
 * The {@code wavebridge} command: thin, every command is a few calls into the modules. The only
 * place that prints to standard output. Start with {@code Main}.
 */
@NullMarked
package org.wavebridge.cli;

import org.jspecify.annotations.NullMarked;

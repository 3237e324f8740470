/**
 * Every file and folder that WaveBridge writes goes through here, so that nothing of the user's is
 * lost and nothing unfinished stays: {@link org.wavebridge.graphs.files.OutputFile} writes files,
 * {@link org.wavebridge.graphs.files.Unfinished} holds what is not yet in its place, and {@link
 * org.wavebridge.graphs.files.FileErrors} says in words why a file could not be used. {@link
 * org.wavebridge.graphs.files.Limits} is how much a file may take.
 */
@NullMarked
package org.wavebridge.graphs.files;

import org.jspecify.annotations.NullMarked;

/**
 * Files that go into and come out of a vocoder: NumPy arrays ({@code .npy}, {@code .npz}), features
 * and sound. Whatever a file holds, the only exception that leaves this package for its contents is
 * {@link org.wavebridge.graphs.InputException}, and files are written whole or not at all. Start
 * with {@link org.wavebridge.runtime.io.Features} and {@link org.wavebridge.runtime.io.WavFile}.
 */
@NullMarked
package org.wavebridge.runtime.io;

import org.jspecify.annotations.NullMarked;

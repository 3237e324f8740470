package org.wavebridge.conformance.targets;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.wavebridge.graphs.BackendException;
import org.wavebridge.graphs.GraphException;

/**
 * Messages of the protocol: a length of four bytes, little-endian, then as many bytes. A program
 * that is silent for too long is ended, so that a read never waits for ever.
 */
final class ProcessMessages {
  private static final int LARGEST = 1 << 30;

  private final Process process;
  private final String command;
  private final int patienceSeconds;
  private final OutputStream out;
  private final DataInputStream in;

  ProcessMessages(Process process, String command, int patienceSeconds) {
    this.process = process;
    this.command = command;
    this.patienceSeconds = patienceSeconds;
    this.out = new BufferedOutputStream(process.getOutputStream());
    this.in = new DataInputStream(process.getInputStream());
  }

  void send(String text) {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  void send(byte[] message) {
    try {
      out.write(
          new byte[] {
            (byte) message.length,
            (byte) (message.length >> 8),
            (byte) (message.length >> 16),
            (byte) (message.length >> 24)
          });
      out.write(message);
    } catch (IOException e) {
      throw gone(e);
    }
  }

  String ask(String text) {
    send(text);
    return answer();
  }

  /**
   * The rest of the answer after {@code ok}.
   *
   * @throws DeclinedException if the program declines
   * @throws GraphException if it reports an error
   */
  String answer() {
    String text = new String(receive(), StandardCharsets.UTF_8);
    int space = text.indexOf(' ');
    String word = space < 0 ? text : text.substring(0, space);
    String rest = space < 0 ? "" : text.substring(space + 1);
    return switch (word) {
      case "ok" -> rest;
      case "declined" -> throw new DeclinedException(rest);
      case "error" -> throw new GraphException("'%s': %s".formatted(command, rest));
      default ->
          throw new BackendException(
              "'%s': expected an answer that begins with ok, declined or error, found '%s'; does it write other things to standard output?"
                  .formatted(command, text.length() > 60 ? text.substring(0, 60) : text));
    };
  }

  byte[] receive() {
    try {
      out.flush();
      CompletableFuture<byte[]> message = CompletableFuture.supplyAsync(this::read);
      return message.get(patienceSeconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      process.destroyForcibly();
      throw new BackendException(
          "'%s' did not answer within %d s and was ended".formatted(command, patienceSeconds), e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BackendException broken) {
        throw broken;
      }
      throw new BackendException("'%s': %s".formatted(command, e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendException("interrupted while waiting for '" + command + "'", e);
    } catch (IOException e) {
      throw gone(e);
    }
  }

  private byte[] read() {
    try {
      int length = Integer.reverseBytes(in.readInt());
      if (length < 0 || length > LARGEST) {
        throw new BackendException(
            "'%s': expected a message of at most %d bytes, found a length of %d; does it write other things to standard output?"
                .formatted(command, LARGEST, Integer.toUnsignedLong(length)));
      }
      byte[] message = in.readNBytes(length);
      if (message.length < length) {
        throw new EOFException();
      }
      return message;
    } catch (IOException e) {
      throw gone(e);
    }
  }

  void end() {
    try {
      out.close();
    } catch (IOException e) {
      // It has ended already, which is what was wanted.
    }
  }

  private BackendException gone(IOException e) {
    return new BackendException(
        "'%s' ended before it answered; see what it wrote to standard error".formatted(command), e);
  }
}

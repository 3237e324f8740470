package org.wavebridge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.wavebridge.graphs.BackendException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Whatever a command throws ends in one line and the exit code of its kind. */
final class ErrorsTest {
  /** A command that fails. */
  @Command(name = "fail")
  static final class Failing implements Runnable {
    private final Throwable error;

    Failing(Throwable error) {
      this.error = error;
    }

    @Override
    public void run() {
      throw sneaky(error);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E sneaky(Throwable error) throws E {
      throw (E) error;
    }
  }

  private static Ran failing(Throwable error, String... options) {
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.addSubcommand(new Failing(error));
    line.setErr(new PrintWriter(err, true));
    String[] arguments = new String[options.length + 1];
    System.arraycopy(options, 0, arguments, 0, options.length);
    arguments[options.length] = "fail";
    return new Ran(line.execute(arguments), "", err.toString());
  }

  @Test
  void memoryThatRunsOutIsSomethingMissing() {
    Ran ran = failing(new OutOfMemoryError("Java heap space"));
    assertEquals(4, ran.code());
    assertTrue(
        ran.message()
            .matches(
                "wavebridge: out of memory: Java heap space; Java may use \\d+ MiB .*-Xmx\\d+m.*"),
        ran.err());
    ran = failing(new IllegalStateException("measuring failed", new OutOfMemoryError("Metaspace")));
    assertEquals(4, ran.code());
    assertTrue(ran.message().contains("out of memory: Metaspace"), ran.err());
    ran = failing(new OutOfMemoryError("unable to create native thread"));
    assertTrue(ran.message().contains("ulimit -u"), ran.err());
  }

  @Test
  void otherErrorsAreUnexpectedFailures() {
    for (Throwable error :
        new Throwable[] {
          new StackOverflowError(), new AssertionError("x"), new NoClassDefFoundError("a/B")
        }) {
      Ran ran = failing(error);
      assertEquals(1, ran.code());
      assertTrue(
          ran.message().equals("wavebridge: unexpected failure: " + error + "; see --debug"),
          ran.err());
    }
  }

  @Test
  void anErrorOfAnotherThreadIsTheErrorItself() {
    Ran ran = failing(new ExecutionException(new BackendException("no library")));
    assertEquals(4, ran.code());
    assertEquals("wavebridge: no library", ran.message());
  }

  @Test
  void stackTracesComeOnRequest() {
    assertFalse(failing(new StackOverflowError()).err().contains("\tat "));
    assertTrue(failing(new StackOverflowError(), "--debug").err().contains("\tat "));
  }

  /** In a process of its own, whose heap is too small for the checkpoint's weights. */
  @Test
  void aHeapThatIsTooSmallIsSaidInOneLine() throws Exception {
    Process process =
        new ProcessBuilder(
                Forked.java().toString(),
                "-Xmx11m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "demo",
                "-o",
                "/nowhere/demo.wav")
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(4, process.waitFor(), said);
    assertTrue(said.contains("wavebridge: out of memory: "), said);
    assertFalse(said.contains("\tat "), said);
  }
}

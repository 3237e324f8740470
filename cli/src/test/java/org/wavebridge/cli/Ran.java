package org.wavebridge.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/**
 * The outcome of a command line.
 *
 * @param code exit code
 * @param out standard output
 * @param err standard error
 */
record Ran(int code, String out, String err) {
  /** Runs a command line in this process. */
  static Ran of(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    String[] texts = new String[arguments.length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = String.valueOf(arguments[i]);
    }
    return new Ran(line.execute(texts), out.toString(), err.toString());
  }

  /** The one line on standard error. */
  String message() {
    String[] lines = err.strip().split("\n");
    if (lines.length != 1) {
      throw new AssertionError("expected one line, found: " + err);
    }
    return lines[0];
  }
}

package org.wavebridge.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.wavebridge.graphs.PlainText;
import org.wavebridge.runtime.InterruptedVocodingException;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code wavebridge} command. */
@Command(
    name = "wavebridge",
    description = "Takes trained WaveRNN-family vocoders to production.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      DemoCommand.class,
      ExportCommand.class,
      InspectCommand.class,
      VocodeCommand.class,
      BulkCommand.class,
      ScoreCommand.class,
      BenchCommand.class,
      ConformCommand.class,
      ServeCommand.class,
      HelpCommand.class,
      GenerateCompletion.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:a check failed",
      "2:wrong usage",
      "3:bad input file",
      "4:something missing on this machine"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  wavebridge demo",
      "  wavebridge export voice.pt -o voice",
      "  wavebridge vocode voice --mel hello.npy -o hello.wav",
      "  wavebridge serve voice",
      "  wavebridge help vocode",
      "  source <(wavebridge generate-completion)"
    })
public final class Main implements Runnable {
  private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";
  private static final String LOG_FILE = "org.slf4j.simpleLogger.logFile";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of an error.")
  private boolean debug;

  private boolean verbose;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Log what is done, such as which backend was chosen and why.")
  void verbose(boolean verbose) {
    this.verbose = verbose;
    if (verbose) {
      System.setProperty(LOG_LEVEL, "info");
    }
  }

  /** Whether the user wants to read more than the result. */
  boolean isVerbose() {
    return verbose;
  }

  /** Runs the command line and exits. */
  public static void main(String[] arguments) {
    if (System.getProperty(LOG_LEVEL) == null) {
      System.setProperty(LOG_LEVEL, "warn");
    }
    // jHDF's jar has a file of settings that would send the log to standard output.
    if (System.getProperty(LOG_FILE) == null) {
      System.setProperty(LOG_FILE, "System.err");
    }
    System.exit(new Main().run(arguments));
  }

  /** Runs the command line; whatever is thrown on the way ends in one line and an exit code. */
  private int run(String[] arguments) {
    CommandLine line = commandLine(this);
    try {
      return line.execute(arguments);
    } catch (Throwable e) {
      return failed(e, line);
    }
  }

  /** The command line, ready to parse. */
  static CommandLine commandLine() {
    return commandLine(new Main());
  }

  private static CommandLine commandLine(Main main) {
    return new CommandLine(main)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setExecutionStrategy(main::execute)
        .setExecutionExceptionHandler((error, line, parsed) -> main.failed(error, line))
        .setParameterExceptionHandler((error, arguments) -> misused(error));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected a command");
  }

  /** Runs a command; the handler of exceptions sees none of the JVM's errors. */
  private int execute(ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (Error e) {
      return failed(e, parsed.commandSpec().commandLine());
    }
  }

  private int failed(Throwable thrown, CommandLine line) {
    Throwable error = ExitCode.reason(thrown);
    if (error instanceof ParameterException misuse) {
      return misused(misuse);
    }
    if (error instanceof StandardOutput.ClosedException) {
      return ExitCode.CHECK_FAILED;
    }
    String message = error.getMessage() == null ? error.toString() : error.getMessage();
    if (error instanceof OutOfMemoryError) {
      message = Machine.outOfMemory(message);
    } else if (ExitCode.of(error) == ExitCode.CHECK_FAILED
        && !(error instanceof CheckFailedException)
        && !(error instanceof InterruptedVocodingException)) {
      message = "unexpected failure: " + error + "; see --debug";
    }
    line.getErr().println("wavebridge: " + PlainText.line(message));
    if (debug) {
      StringWriter trace = new StringWriter();
      thrown.printStackTrace(new PrintWriter(trace));
      trace.toString().lines().map(PlainText::of).forEach(line.getErr()::println);
    }
    return ExitCode.of(error);
  }

  private static int misused(ParameterException error) {
    CommandLine line = error.getCommandLine();
    line.getErr()
        .println(
            "wavebridge: %s; see '%s --help'"
                .formatted(
                    PlainText.line(String.valueOf(error.getMessage())),
                    line.getCommandSpec().qualifiedName()));
    return ExitCode.WRONG_USAGE;
  }
}

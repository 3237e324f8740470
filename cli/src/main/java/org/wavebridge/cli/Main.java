package org.wavebridge.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.wavebridge.graphs.PlainText;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
      ScoreCommand.class,
      BenchCommand.class,
      ConformCommand.class,
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
      "  wavebridge help vocode",
      "  source <(wavebridge generate-completion)"
    })
public final class Main implements Runnable {
  private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

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
    System.exit(commandLine().execute(arguments));
  }

  /** The command line, ready to parse. */
  static CommandLine commandLine() {
    Main main = new Main();
    return new CommandLine(main)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setExecutionExceptionHandler((error, line, parsed) -> main.failed(error, line))
        .setParameterExceptionHandler((error, arguments) -> misused(error));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected a command");
  }

  private int failed(Exception error, CommandLine line) {
    if (error instanceof ParameterException misuse) {
      return misused(misuse);
    }
    if (error instanceof StandardOutput.ClosedException) {
      return ExitCode.CHECK_FAILED;
    }
    String message = error.getMessage() == null ? error.toString() : error.getMessage();
    if (ExitCode.of(error) == ExitCode.CHECK_FAILED && !(error instanceof CheckFailedException)) {
      message = "unexpected failure: " + error + "; see --debug";
    }
    line.getErr().println("wavebridge: " + PlainText.line(message));
    if (debug) {
      StringWriter trace = new StringWriter();
      error.printStackTrace(new PrintWriter(trace));
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

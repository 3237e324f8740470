package org.wavebridge.cli;

import org.wavebridge.runtime.InterruptedVocodingException;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
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

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Log what is done, such as which backend was chosen and why.")
  void verbose(boolean verbose) {
    if (verbose) {
      System.setProperty(LOG_LEVEL, "info");
    }
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
    String message = error.getMessage() == null ? error.toString() : error.getMessage();
    if (ExitCode.of(error) == ExitCode.CHECK_FAILED
        && !(error instanceof CheckFailedException)
        && !(error instanceof InterruptedVocodingException)) {
      message = "unexpected failure: " + error + "; see --debug";
    }
    line.getErr().println("wavebridge: " + message.replaceAll("\\s*[\\r\\n]+\\s*", " "));
    if (debug) {
      error.printStackTrace(line.getErr());
    }
    return ExitCode.of(error);
  }

  private static int misused(ParameterException error) {
    CommandLine line = error.getCommandLine();
    line.getErr()
        .println(
            "wavebridge: %s; see '%s --help'"
                .formatted(
                    String.valueOf(error.getMessage()).replaceAll("\\s*[\\r\\n]+\\s*", " "),
                    line.getCommandSpec().qualifiedName()));
    return ExitCode.WRONG_USAGE;
  }
}

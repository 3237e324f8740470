package org.wavebridge.cli;

import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.wavebridge.graphs.PlainText;
import org.wavebridge.runtime.Progress;
import picocli.CommandLine.Model.CommandSpec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Where a command's words go: data to standard output, messages and progress to standard error. */
final class Report {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final CommandSpec spec;

  Report(CommandSpec spec) {
    this.spec = spec;
  }

  /** A line of data. */
  void data(String format, Object... values) {
    spec.commandLine().getOut().println(PlainText.of(String.format(Locale.ROOT, format, values)));
    spec.commandLine().getOut().flush();
  }

  /** An object as JSON. */
  void json(Object value) {
    JSON.writeValueAsString(value).lines().forEach(line -> data("%s", line));
  }

  /** A message. */
  void message(String format, Object... values) {
    spec.commandLine().getErr().println(PlainText.of(String.format(Locale.ROOT, format, values)));
    spec.commandLine().getErr().flush();
  }

  /** Whether {@code --verbose} was given. */
  boolean verbose() {
    return spec.root().userObject() instanceof Main main && main.isVerbose();
  }

  /** A message that only {@code --verbose} shows. */
  void detail(String format, Object... values) {
    if (verbose()) {
      message(format, values);
    }
  }

  /**
   * Shows progress of long work in a bar, if standard error is a terminal; the launcher says
   * whether it is.
   */
  <R> R withProgress(String task, Work<R> work) {
    if (!Boolean.getBoolean("wavebridge.terminal")) {
      return work.run(Progress.NONE);
    }
    try (ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(200)
            .clearDisplayOnFinish()
            .build()) {
      return work.run(
          (done, total) -> {
            bar.maxHint(total);
            bar.stepTo(done);
          });
    }
  }

  /** Long work that reports progress. */
  @FunctionalInterface
  interface Work<R> {
    R run(Progress progress);
  }
}

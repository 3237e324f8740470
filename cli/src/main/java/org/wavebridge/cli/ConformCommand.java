package org.wavebridge.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.wavebridge.conformance.cases.Subject;
import org.wavebridge.conformance.measure.NumericProfile;
import org.wavebridge.conformance.report.ReportFolder;
import org.wavebridge.conformance.suite.CaseResult;
import org.wavebridge.conformance.suite.CaseResult.Status;
import org.wavebridge.conformance.suite.Conformance;
import org.wavebridge.conformance.suite.TargetResult;
import org.wavebridge.conformance.targets.ConformanceTarget;
import org.wavebridge.conformance.targets.Targets;
import org.wavebridge.graphs.bundle.BundleManifest;
import org.wavebridge.graphs.files.OutputFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wavebridge conform}. */
@Command(
    name = "conform",
    description = {
      "Runs the conformance suite: what a backend computes on a bundle, on networks of every kind and on single operators,"
          + " against the double-precision and the canonical reference."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  wavebridge conform voice --quick",
      "  wavebridge conform voice --backend cpu --vs stock --report report",
      "  wavebridge conform voice --case generate/chunks/bundle/f32",
      "  wavebridge conform voice --backend process:./my-adapter --case operator"
    })
final class ConformCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "BUNDLE", description = "A bundle made by 'wavebridge export'.")
  private Path bundle = Path.of("");

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "What is tested: auto, cpu, stock, tensorrt, reference (double precision), reference-f32 (canonical), or process:COMMAND, a program that speaks"
              + " the protocol of docs/conformance.md. Default: ${DEFAULT-VALUE}.")
  private String backend = "auto";

  @Option(
      names = "--vs",
      paramLabel = "NAME",
      description = "A second backend, shown side by side.")
  private @Nullable String versus;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description =
          "Write report.json, junit.xml and report.html to this folder; an older report there is replaced.")
  private @Nullable Path report;

  @Option(names = "--quick", description = "Short sequences, and no long runs.")
  private boolean quick;

  @Option(
      names = "--case",
      paramLabel = "CASE",
      description =
          "Only the cases with this name, or whose names begin with it: generate, generate/chunks, generate/chunks/bundle/f32.")
  private @Nullable String only;

  @Option(
      names = "--precision",
      paramLabel = "P",
      description = "Only this precision: f32 or int8. Default: all that there are.")
  private @Nullable String precision;

  @Option(
      names = "--profile",
      paramLabel = "PROFILE",
      defaultValue = "f32",
      description =
          "What a process promises for f32 graphs: f32, f32-canonical or f16. Default: ${DEFAULT-VALUE}.")
  private String profile = "f32";

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads a graph may use. Default: ${DEFAULT-VALUE}.")
  private int threads = 1;

  @Override
  public void run() {
    if (threads < 1) {
      throw misuse("--threads: expected at least 1, found " + threads);
    }
    InputFiles.requireBundle(bundle);
    NumericProfile promised = promised();
    if (report != null) {
      for (String name : ReportFolder.FILES) {
        OutputFile.requireNotInput(report.resolve(name), List.of(bundle));
      }
    }
    Report out = new Report(spec);
    Conformance plan = plan();
    List<TargetResult> results = new ArrayList<>();
    for (String name : versus == null ? List.of(backend) : List.of(backend, versus)) {
      try (ConformanceTarget target = Targets.of(name, threads, promised)) {
        results.add(run(out, plan, target));
      }
    }
    if (report != null) {
      ReportFolder.write(report, bundle.toString(), Version.producer(), results);
      out.message("%s: written; open %s", report, report.resolve(ReportFolder.HTML));
    }
    for (int i = 0; i < results.size(); i++) {
      requirePassed(results.get(i), i == 0 ? backend : String.valueOf(versus));
    }
  }

  private Conformance plan() {
    Conformance plan = Conformance.of(List.of(Subject.ofBundle(bundle)), quick);
    if (precision != null) {
      precision = precision.toLowerCase(Locale.ROOT);
      if (!precision.equals(BundleManifest.F32) && !precision.equals(BundleManifest.INT8)) {
        throw misuse("--precision: expected f32 or int8, found '" + precision + "'");
      }
      plan = plan.in(precision);
    }
    if (only != null) {
      List<String> names = plan.planned().stream().map(Conformance.Planned::name).toList();
      plan = plan.only(only);
      if (plan.planned().isEmpty()) {
        throw misuse(
            "--case: expected a case or the beginning of one, such as %s; found '%s'"
                .formatted(names.get(names.size() - 1), only));
      }
    }
    return plan;
  }

  private TargetResult run(Report out, Conformance plan, ConformanceTarget target) {
    int all = plan.planned().size();
    TargetResult result =
        out.withProgress(
            "conform " + target.name(),
            progress -> {
              int[] done = {0};
              return plan.run(target, each -> progress.at(++done[0], all));
            });
    Map<String, Integer> skipped = new LinkedHashMap<>();
    for (CaseResult each : result.cases()) {
      if (each.failed()) {
        out.data("FAIL %s %s: %s", target.name(), each.name(), each.failure());
      } else if (each.status() == Status.SKIPPED) {
        skipped.merge(each.message(), 1, Integer::sum);
      }
    }
    skipped.forEach(
        (reason, count) -> out.data("skip %s %d cases: %s", target.name(), count, reason));
    out.data(
        "%s: %d passed, %d failed, %d skipped in %.1f s",
        target.name(),
        result.count(Status.PASSED),
        result.count(Status.FAILED),
        result.count(Status.SKIPPED),
        result.seconds());
    return result;
  }

  private void requirePassed(TargetResult result, String name) {
    if (result.passed()) {
      return;
    }
    CaseResult first =
        result
            .firstFailure()
            .orElseThrow(
                () ->
                    new CheckFailedException(
                        "%s: every case was skipped, so nothing is proved".formatted(name)));
    throw new CheckFailedException(
        "%s fails %s: %s; to run it alone: wavebridge conform %s --backend '%s'%s --case %s"
            .formatted(
                result.target(),
                first.name(),
                first.failure(),
                bundle,
                name,
                quick ? " --quick" : "",
                first.name()));
  }

  private NumericProfile promised() {
    for (NumericProfile each :
        List.of(NumericProfile.F32, NumericProfile.F32_CANONICAL, NumericProfile.F16)) {
      if (each.label().equalsIgnoreCase(profile)) {
        return each;
      }
    }
    throw misuse("--profile: expected f32, f32-canonical or f16, found '" + profile + "'");
  }

  private ParameterException misuse(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}

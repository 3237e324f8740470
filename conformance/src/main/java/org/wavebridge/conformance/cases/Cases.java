package org.wavebridge.conformance.cases;

import java.util.List;

/** The registry of cases, in the order in which they run: what is smallest first. */
public final class Cases {
  private static final List<ConformanceCase> PRODUCTS =
      List.of(
          new ProductShapes(),
          new ProductEmptyBlocks(),
          new ProductPadding(),
          new ProductNotFinite());

  private static final List<ConformanceCase> FUSED_OPERATORS =
      List.of(
          new NetworkShapes(),
          new ExtremeGates(),
          new OneHotDistribution(),
          new FlatDistribution(),
          new UniformEdges(),
          new NotFinite(),
          new EmptyCall(),
          new Int8Ties(),
          new DrawFit());

  private static final List<ConformanceCase> GRAPHS =
      List.of(
          new FeatureValues(),
          new ConditionerValues(),
          new StepSamples(),
          new StepRows(),
          new ScoreGrowth(),
          new ScoreChunks(),
          new GenerateFromState(),
          new GenerateFree(),
          new GenerateTemperature(),
          new GenerateChunks(),
          new GenerateRows(),
          new SynthesisValues());

  private static final List<ConformanceCase> LONG = List.of(new LongRun(), new BundleMinute());

  private static final List<ConformanceCase> SUBSCALE =
      List.of(
          new ContextValues(),
          new SubscaleSteps(),
          new SubscaleScore(),
          new SubscaleGenerate(),
          new SubscaleStretches());

  /** Every case. Those of further graphs go between those of the graphs and the long ones. */
  public static final List<ConformanceCase> ALL =
      List.of(PRODUCTS, FUSED_OPERATORS, GRAPHS, SUBSCALE, LONG).stream()
          .flatMap(List::stream)
          .toList();

  /** The cases that {@code export} makes of a bundle before it appears. */
  public static final List<ConformanceCase> OF_AN_EXPORT =
      List.of(
          new FeatureValues(),
          new ConditionerValues(),
          new ScoreGrowth(),
          new StepSamples(),
          new GenerateFree(),
          new ContextValues(),
          new SubscaleSteps(),
          new SubscaleScore(),
          new SubscaleGenerate());

  private Cases() {}

  /** A network of each kind, and ones of subscale generation, for the cases that run on any. */
  public static List<Subject> networks() {
    return SyntheticModels.networks();
  }
}

package org.wavebridge.conformance.cases;

/**
 * A whole folded utterance in one call of {@code subscale_generate}, at two temperatures. Catches a
 * wrong lag between rows, samples at the wrong places, a wrong end of the rows.
 */
final class SubscaleGenerate implements ConformanceCase {
  @Override
  public String name() {
    return "subscale_generate/free";
  }

  @Override
  public String catches() {
    return "a wrong lag between rows, samples at the wrong places, a wrong end of the rows";
  }

  @Override
  public Folding folding() {
    return Folding.FOLDED;
  }

  @Override
  public void run(Trial trial) {
    FoldedUtterance utterance = new FoldedUtterance(trial, trial.size(301, 2001), 83);
    for (float temperature : new float[] {1, 0.7f}) {
      float[] audio = utterance.graphs().generate(utterance.uniforms(), temperature);
      utterance.judgeAudio("temperature " + temperature, audio, temperature);
    }
  }
}

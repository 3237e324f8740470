package org.wavebridge.conformance.cases;

/**
 * A whole subscale utterance in one call of {@code subscale_generate}, at two temperatures. Catches
 * a wrong lag between rows, samples at the wrong places, a wrong end of the rows.
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
  public SampleOrder sampleOrder() {
    return SampleOrder.SUBSCALE;
  }

  @Override
  public void run(Trial trial) {
    SubscaleUtterance utterance = new SubscaleUtterance(trial, trial.size(301, 2001), 83);
    for (float temperature : new float[] {1, 0.7f}) {
      float[] audio = utterance.graphs().generate(utterance.uniforms(), temperature);
      utterance.judgeAudio("temperature " + temperature, audio, temperature);
    }
  }
}
